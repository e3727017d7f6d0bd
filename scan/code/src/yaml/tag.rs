//! Tags of YAML, by what loaders build where they stand.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};
use saphyr_parser::Tag;

use crate::{config, rules};

pub(super) fn is_eval(tag: &Tag) -> bool {
    tag.suffix.ends_with("python/object/apply:eval") || tag.suffix == "object/apply:eval"
}

/// Whether a line evaluates numbers only, as configurations of detectors do:
/// `["[int(x * 0.1 * 512) for x in range(5, 21)]"]`.
pub(super) fn computes(source: &str, at: u64) -> bool {
    // Places count characters.
    let place = usize::try_from(at).ok().filter(|_| source.is_ascii());
    let Some(rest) = place.and_then(|at| source.get(at..)) else { return false };
    let line = rest.lines().next().unwrap_or_default();
    let Some(open) = line.find('[') else { return false };
    let expression = &line[open..];
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    (expression.contains("int(") || expression.contains("range(") || expression.contains(" * "))
        && expression.trim_end().ends_with(']')
        && expression.matches(['[', '(']).count() == expression.matches([']', ')']).count()
        && !expression.contains(['\\', '{', '&', '!'])
        && words.filter(|word| !word.is_empty()).all(|word| {
            matches!(
                word,
                "int"
                    | "float"
                    | "round"
                    | "x"
                    | "i"
                    | "for"
                    | "in"
                    | "range"
                    | "len"
                    | "sum"
                    | "max"
                    | "min"
            ) || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        })
}

/// Judges a tag, however it is spelled.
pub(super) fn judge(tag: &str, text: &str, at: u64, part: &Part<'_>, scan: &mut Scan<'_>) {
    let tag = percent(tag);
    let name = tag.trim_start_matches('!').trim_start_matches("tag:yaml.org,2002:");
    let level = if let Some(rest) = name.strip_prefix("python/") {
        match python(rest, text) {
            Some(level) => level,
            None => return,
        }
    } else if let Some(level) = hyper(name) {
        level
    } else if name.starts_with("ruby/")
        || name.starts_with("ruby:")
        || name.starts_with("java")
        || name.starts_with("com.sun.")
        || name.starts_with("org.springframework")
        || name.starts_with("org.apache.")
        || name.starts_with("php/")
        || name.starts_with("js/function")
        || name.starts_with("perl/")
    {
        Level::High
    } else {
        return;
    };
    let message = format!("The tag \"{}\" has a loader build an object", cut(&tag));
    scan.find(part, rules::YAML_TAG.found(message).at(at).level(level));
}

/// The tags of HyperPyYAML and of others that name what they build so.
fn hyper(name: &str) -> Option<Level> {
    let (kind, path) = name.split_once(':')?;
    let path = path.trim_start_matches([':', ' ']);
    match kind {
        "apply" | "new" | "name" | "module" | "applyref" | "obj" | "func" | "call" | "import"
        | "pyobj" | "partial" | "singleton" | "factory" | "pyclass" => {
            let is_module = matches!(kind, "module" | "import");
            let certain = matches!(kind, "apply" | "new" | "name" | "module");
            let strong = config::strong(path)
                || is_module && matches!(path, "os" | "subprocess" | "pty" | "builtins" | "ctypes");
            match config::danger(path) {
                Some(level) if certain && config::is_standard(path) => Some(level),
                _ if strong => Some(Level::Critical),
                _ => None,
            }
        }
        "include" => (path.starts_with('/') || path.contains("..")).then_some(Level::Medium),
        "pkl" => Some(Level::Medium),
        _ => None,
    }
}

/// The tags of PyYAML.
fn python(rest: &str, text: &str) -> Option<Level> {
    let (kind, name) = rest.split_once(':').unwrap_or((rest, text));
    let name = if name.is_empty() { text } else { name };
    match kind {
        "none" | "bool" | "str" | "unicode" | "bytes" | "int" | "long" | "float" | "complex"
        | "list" | "tuple" | "dict" => None,
        "object/apply" | "object/new" => {
            let elsewhere = kind == "object/new"
                && name.contains('.')
                && !config::is_standard(name)
                && config::danger(name).is_none();
            Some(if known(name) || elsewhere { Level::Medium } else { Level::Critical })
        }
        // A class or function is found, not called; sites name theirs so.
        "name" => Some(match config::danger(name) {
            Some(level) => level,
            None if name.starts_with("material.")
                || name.starts_with("materialx.")
                || name.starts_with("pymdownx.") =>
            {
                Level::Note
            }
            None => Level::Medium,
        }),
        "module" => Some(Level::High),
        "object" => Some(match config::danger(name) {
            Some(level) => level,
            None => Level::Medium,
        }),
        _ => Some(Level::High),
    }
}

/// Constructors of plain values that configurations are seen to use.
fn known(name: &str) -> bool {
    matches!(
        name,
        "collections.OrderedDict"
            | "collections.defaultdict"
            | "numpy.core.multiarray.scalar"
            | "numpy._core.multiarray.scalar"
            | "numpy.dtype"
            | "numpy.core.multiarray._reconstruct"
            | "numpy._core.multiarray._reconstruct"
            | "datetime.datetime"
            | "datetime.date"
            | "pathlib.PosixPath"
            | "pathlib._local.PosixPath"
            | "pathlib.WindowsPath"
            | "builtins.set"
            | "builtins.tuple"
            | "builtins.frozenset"
            | "builtins.slice"
            | "uuid.UUID"
            | "decimal.Decimal"
            | "pathlib.Path"
            | "datetime.timedelta"
            | "pymdownx.slugs.slugify"
            // What it is given is named by a tag of its own.
            | "functools.partial"
    )
}

/// A tag without `%xx`.
fn percent(tag: &str) -> String {
    let mut made = Vec::new();
    let mut bytes = tag.as_bytes().iter().copied();
    while let Some(byte) = bytes.next() {
        let rest: Vec<u8> = bytes.clone().take(2).collect();
        let digits =
            rest.get(..2).filter(|_| byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(plain) => {
                made.push(plain);
                bytes.nth(1);
            }
            None => made.push(byte),
        }
    }
    String::from_utf8_lossy(&made).into_owned()
}
