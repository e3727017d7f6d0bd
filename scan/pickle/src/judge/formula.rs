//! Formulas of statistical models, which are evaluated as Python.

/// Functions of Python that no formula has a use for.
static FOREIGN: &[&str] = &[
    "breakpoint",
    "compile",
    "delattr",
    "dir",
    "eval",
    "exec",
    "exit",
    "getattr",
    "globals",
    "help",
    "input",
    "locals",
    "memoryview",
    "object",
    "open",
    "quit",
    "setattr",
    "super",
    "type",
    "vars",
];

/// What the functions of formulas are found in.
static MODULES: &[&str] = &[
    "bs", "df", "math", "np", "numpy", "patsy", "pd", "scipy", "sm", "smf", "sp", "special",
    "stats",
];

/// Attributes of those that are no functions of formulas.
static OUTSIDE: &[&str] = &[
    "f2py",
    "fromfile",
    "io",
    "load",
    "loads",
    "loadtxt",
    "open",
    "os",
    "query",
    "read_csv",
    "read_pickle",
    "save",
    "sys",
    "testing",
    "to_pickle",
    "tofile",
];

/// Whether a formula has terms, operators and functions of numbers alone.
pub(super) fn is_simple(formula: &str) -> bool {
    let mut rest = formula;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => quoted(rest, first),
            _ if first.is_alphabetic() || first == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.'));
                let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
                if !is_plain(name, after.trim_start().starts_with('(')) {
                    return false;
                }
                name.len()
            }
            // What is called or asked for an attribute is no name.
            '(' if matches!(before, ')' | ']' | '}' | '"') => return false,
            '.' if matches!(before, ')' | ']' | '}' | '"') => return false,
            ';' | '\\' | '`' | '@' | '#' => return false,
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() {
            before = if first == '\'' { '"' } else { first };
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    true
}

/// Bytes of a string in quotes.
fn quoted(text: &str, quote: char) -> usize {
    let inner = text.get(1..).unwrap_or_default();
    inner.find(quote).map_or(text.len(), |end| end + 2)
}

fn is_plain(name: &str, is_called: bool) -> bool {
    let mut words = name.split('.');
    let first = words.next().unwrap_or_default();
    if name.split('.').any(|word| word.starts_with("__")) || matches!(first, "lambda" | "import") {
        return false;
    }
    match name.contains('.') {
        false => !is_called || !FOREIGN.contains(&first),
        true => {
            (!is_called || MODULES.contains(&first)) && words.all(|word| !OUTSIDE.contains(&word))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_simple;

    #[test]
    fn formulas_are_told_from_programs() {
        for formula in [
            "y ~ x1 + x2 + x1:x2",
            "np.log(Lottery) ~ Literacy * C(Region, Treatment(reference='E')) - 1",
            "Q(\"weight (kg)\") ~ bs(age, df=4, degree=3) + I(x**2) + (1|g)",
            "endog ~ 0 + scale(a) + df.column + 1.5e3",
            "y ~ np.power(x, 2)\n + center(z)",
        ] {
            assert!(is_simple(formula), "{formula}");
        }
        for formula in [
            "__import__('os').system('echo inert') ~ 1",
            "y ~ exec('print(1)')",
            "y ~ ().__class__",
            "y ~ x + np.f2py.os.system('x')",
            "y ~ eval (x)",
            "y ~ (lambda: 0)()",
            "y ~ a['b']('c')",
            "y ~ 'x'.format(y)",
            "y ~ os.system('x')",
        ] {
            assert!(!is_simple(formula), "{formula}");
        }
    }
}
