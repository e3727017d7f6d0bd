//! Names that are imported and called by whoever instantiates a configuration.

use nix_ai_model_scan_names::{Family, Home, Tier, home, tier};
use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::Path;
use super::ordinary::is_ordinary;
use crate::rules;

/// How bad it is to call what has this dotted name; `None` where it is not
/// known to be bad.
pub(crate) fn danger(path: &str) -> Option<Level> {
    let path = path.trim().replace(':', ".");
    if is_ordinary(&path) {
        return None;
    }
    let (module, name) = path.rsplit_once('.').unwrap_or(("builtins", &path));
    match tier(module, name) {
        Tier::Dangerous(Family::Disturbance | Family::Files | Family::Network) => Some(Level::High),
        Tier::Dangerous(_) => Some(Level::Critical),
        _ if crate::python::runs(&path) => Some(Level::Critical),
        _ => None,
    }
}

/// Functions that fetch an object by the name that they are given.
pub(super) fn finds_by_name(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    let hydra = path.starts_with("hydra.") || path.starts_with("hydra_zen.");
    hydra
        && matches!(
            last,
            "get_method" | "get_class" | "get_object" | "get_static_method" | "get_obj" | "_locate"
        )
}

/// Functions that load what they are told to, by a library that checks it
/// unless it is told not to.
pub(super) fn loads(path: &str) -> bool {
    path.ends_with(".from_pretrained")
        && [
            "transformers.",
            "diffusers.",
            "peft.",
            "sentence_transformers.",
            "optimum.",
            "modelscope.",
        ]
        .iter()
        .any(|root| path.starts_with(root))
        || matches!(path, "datasets.load_dataset" | "datasets.load.load_dataset" | "evaluate.load")
        || path.starts_with("datasets.") && path.ends_with(".load_from_disk")
        || matches!(
            path,
            "datasets.load_from_disk"
                | "transformers.pipeline"
                | "transformers.pipelines.pipeline"
                | "sentence_transformers.SentenceTransformer"
                | "sentence_transformers.CrossEncoder"
                | "vllm.LLM"
        )
}

/// Whether a function runs code of the repository that it is given.
pub(super) fn loads_repository(path: &str) -> bool {
    matches!(path, "torch.hub.load")
}

/// Functions that unpickle unless they are told not to.
pub(super) fn unpickles(path: &str) -> bool {
    matches!(path, "torch.load" | "torch.serialization.load")
}

/// Functions that unpickle where they are told to.
pub(super) fn may_unpickle(path: &str) -> bool {
    matches!(path, "numpy.load" | "np.load")
}

/// Whether a text is a dotted name.
pub(super) fn names_code(text: &str) -> bool {
    text.len() < 300
        && text.contains(['.', ':'])
        && text.split(['.', ':']).all(|part| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}

/// Whether a key holds nothing but the name of what is called.
pub(super) fn is_target(key: &str) -> bool {
    matches!(
        key,
        "_target_"
            | "_component_"
            | "__component__"
            | "class_path"
            | "_class_path_"
            | "_zen_target"
            | "py/function"
            | "py/reduce"
            | "py/repr"
            | "py/object"
            | "py/type"
            | "py/newobj"
    )
}

/// Judges a leaf that may name a target besides.
pub(super) fn judge(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let key = path.key();
    // Other things are called so, too: only what is bad is told.
    if (matches!(
        key,
        "target"
            | "callable"
            | "factory"
            | "func"
            | "function"
            | "entrypoint"
            | "entry_point"
            | "()"
            | "class"
            | "type"
            | "module"
            | "_type_"
            | "cls"
            | "init_fn"
            | "__target__"
            | "obj"
            | "_obj_"
            | "class_name"
            | "handler"
            | "callback"
            | "callbacks"
            | "hook"
            | "hooks"
            | "activation"
            | "loader"
            | "implementation"
            | "worker_process_setup_hook"
            | "python_callable"
            | "module_path"
            | "run_func"
    ) || ["_fn", "_func", "_function", "_cls", "_class", "_callback", "_handler", "_hook"]
        .iter()
        .any(|end| key.ends_with(end))
        || names_components(path)
        || may_name(path) && !super::is_rows(part.name()))
        && names_code(text)
        && strong(text.replace(':', ".").as_str())
    {
        tell(key, text, Level::Critical, part, scan);
    }
    if text.contains("${") {
        resolvers(text, part, scan);
    }
}

/// Whether a key may have any framework import what it names: all but those of
/// lists of names, of rules about names and of texts.
pub(super) fn may_name(path: &Path) -> bool {
    const OTHERS: &[&str] = &[
        "name", "symbol", "title", "label", "token", "rule", "deny", "denied", "block", "forbid",
        "ban", "allow", "safe", "ignore", "exclude", "skip", "mock", "api", "ref", "link", "url",
        "value", "source", "snippet", "code", "sink", "vocab", "category", "term", "caption",
    ];
    let Some(super::Step::Key(key)) = path.steps.last() else { return false };
    let lower = key.to_ascii_lowercase();
    lower != "id"
        && lower != "path"
        && !matches!(path.steps.first(), Some(super::Step::Item(_)))
        && !lower.bytes().all(|byte| byte.is_ascii_digit())
        && !super::tool::is_prose(key)
        && !OTHERS.iter().any(|word| lower.contains(word))
}

/// Whether what the leaf names is imported, whatever its key is.
fn names_components(path: &Path) -> bool {
    const LISTS: &[&str] = &[
        "init_parameters",
        "custom_filters",
        "filters",
        "plugins",
        "custom_imports",
        "callables",
        "functions",
        "components",
        "pipeline",
        "policies",
        "extensions",
        "resolvers",
        "middleware",
        "callback_list",
    ];
    path.steps.iter().filter_map(|step| step.key()).any(|key| LISTS.contains(&key))
}

/// Only what runs code: other names of danger are too common as words.
pub(crate) fn strong(text: &str) -> bool {
    if is_ordinary(text) {
        return false;
    }
    let (module, name) = text.rsplit_once('.').unwrap_or(("", text));
    let dangerous =
        matches!(tier(module, name), Tier::Dangerous(Family::Execution | Family::Process));
    let root = text.split('.').next().unwrap_or_default();
    let plain = matches!(
        root,
        "os" | "subprocess"
            | "builtins"
            | "posix"
            | "nt"
            | "pty"
            | "runpy"
            | "shutil"
            | "ctypes"
            | "importlib"
            | "code"
            | "timeit"
            | "commands"
    );
    plain && dangerous || crate::python::runs(text)
}

/// Judges what is certainly called.
pub(super) fn certain(key: &str, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if key == "py/repr" || key == "py/reduce" {
        return tell(key, text, Level::High, part, scan);
    }
    if let Some(level) = danger(text) {
        return tell(key, text, level, part, scan);
    }
    if text.contains(['(', ' ', '$', '{']) || !text.contains('.') {
        return;
    }
    let level =
        if super::is_standard(text) && !is_ordinary(text) { Level::Medium } else { Level::Note };
    called(text, level, part, scan);
}

pub(super) fn called(text: &str, level: Level, part: &Part<'_>, scan: &mut Scan<'_>) {
    let message = format!("\"{}\" is called by whoever instantiates the configuration", cut(text));
    scan.find(part, rules::TARGET.found(message).level(level));
}

pub(super) fn tell(key: &str, text: &str, level: Level, part: &Part<'_>, scan: &mut Scan<'_>) {
    let message =
        format!("\"{key}\" names \"{}\", which runs code or reaches the machine", cut(text));
    scan.find(part, rules::TARGET_DANGEROUS.found(message).level(level));
}

/// Whether a module is of a package that models are made with.
pub(super) fn is_known(module: &str) -> bool {
    home(module) == Home::Library
}

/// `${oc.env:NAME}` and resolvers that run code.
fn resolvers(text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let Some((_, rest)) = text.split_once("${") else { return };
    let name = rest.split([':', '}']).next().unwrap_or_default().trim();
    let runs = matches!(
        name,
        "eval" | "exec" | "python" | "py" | "shell" | "sh" | "cmd" | "oc.exec" | "system"
    );
    if runs && rest.contains(':') {
        let level =
            if crate::shell::harm(text).is_some() || rest.contains("__") || rest.contains("import")
            {
                Level::High
            } else {
                Level::Low
            };
        let message = format!("\"{}\" runs code where the configuration is resolved", cut(text));
        scan.find(part, rules::RESOLVER.found(message).level(level));
    }
    if name == "oc.env" || name == "env" && rest.contains(':') {
        let message = format!("\"{}\" reads a variable of the environment", cut(text));
        scan.find(part, rules::RESOLVER.found(message).level(Level::Low));
    }
}
