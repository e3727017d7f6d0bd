/// Functions that exporters write, in lower case as well.
const FUNCTIONS: &[&str] = &["sqrt", "exp", "log", "sin", "cos", "tan", "ceiling", "floor", "oo"];

/// What makes a formula more than names, numbers and arithmetic; `None` where
/// it is no more.
pub(super) fn danger(formula: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_alphanumeric() || " _+-*/%^().,<>=!&|~\t".contains(c);
    if !formula.chars().all(plain) {
        return Some("has what arithmetic has not");
    }
    if formula.contains("__") {
        return Some("names what Python keeps to itself");
    }
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut place = 0;
    while let Some(found) = formula[place..].find(|c: char| c.is_alphabetic() || c == '_') {
        let begin = place + found;
        let rest = &formula[begin..];
        let end = begin + rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        let name = &formula[begin..end];
        place = end;
        let before = formula[..begin].trim_end();
        // The exponent of a number is none: 1.e5 has no name behind a dot.
        let is_exponent = name.strip_prefix(['e', 'E']);
        let is_exponent =
            is_exponent.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()));
        if before.ends_with('.') && !is_exponent {
            return Some("reaches into an object");
        }
        let is_called = formula[end..].trim_start().starts_with('(');
        let is_function = name.starts_with(|c: char| c.is_ascii_uppercase())
            || FUNCTIONS.contains(&name)
            || matches!(name, "and" | "or" | "not" | "if" | "else");
        if is_called && !is_function || name == "lambda" || name == "import" {
            return Some("calls a function of Python");
        }
    }
    None
}
