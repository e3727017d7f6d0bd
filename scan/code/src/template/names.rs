//! Names of attributes that templates have no use for.

/// Names that lead from an object to all of Python.
pub(super) const WALKS: &[&str] = &[
    "__globals__",
    "__subclasses__",
    "__builtins__",
    "__mro__",
    "__base__",
    "__bases__",
    "__import__",
    "__getattribute__",
    "__code__",
    "__closure__",
    "__reduce__",
    "__reduce_ex__",
    "__loader__",
    "__spec__",
    "func_globals",
    "gi_frame",
    "gi_code",
    "cr_frame",
    "ag_frame",
    "f_globals",
    "f_builtins",
    "f_locals",
    "f_back",
    "tb_frame",
    "func_code",
    "__self__",
    "__func__",
    "__wrapped__",
    "__getitem__",
    "__call__",
    "_TemplateReference__context",
    "__kwdefaults__",
    "__defaults__",
];
/// Names that documents, but no chats, have use for.
pub(super) const OWN: &[&str] = &[
    "__class__",
    "__init__",
    "__dict__",
    "__doc__",
    "__module__",
    "__name__",
    "__qualname__",
    "__version__",
];

/// Whether a text with such a name may be what is looked up: a name, a path of
/// them, or what `format` takes. What is shown to a model has sentences.
pub(super) fn looks_up(text: &str) -> bool {
    let field = |(at, _): (usize, &str)| {
        let field = text[at + 1..].split(['}', '{', '\n']).next().unwrap_or_default();
        !field.starts_with("self.")
            && !field.contains([' ', '(', '"', '\''])
            && (field.contains(".__") || field.contains("[__"))
    };
    let shows = ["def ", "class ", "self.", "```", "\n"].iter().any(|word| text.contains(word));
    !shows || text.match_indices('{').take(10_000).any(field)
}
