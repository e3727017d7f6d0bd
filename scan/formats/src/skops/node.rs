use nix_ai_model_scan_walk::{Found, Level, cut};

use super::{ACCESS, LOADER, REFERENCE, UNKNOWN};
use crate::names::{Named, named};
use nix_ai_model_scan_json::{Fold, Place, Scalar};

/// Findings that are kept of one schema.
const FOUND: usize = 200;
/// Strings that are kept of one object.
const TEXTS: usize = 32;

const KEYS: &[&str] = &["__class__", "__loader__", "__module__", "func", "function", "module_path"];

/// Loaders, and the classes that alone they make where that is fixed.
const LOADERS: &[(&str, &[&str])] = &[
    ("BytearrayNode", &["builtins.bytearray"]),
    ("BytesNode", &["builtins.bytes"]),
    ("CachedNode", &[]),
    ("ConstructorFromReduceNode", &[]),
    ("DTypeNode", &[]),
    ("DefaultDictNode", &["collections.defaultdict"]),
    ("DictNode", &[]),
    ("FunctionNode", &[]),
    ("JsonNode", &[]),
    ("ListNode", &["builtins.list"]),
    ("LossNode", &[]),
    ("MaskedArrayNode", &[]),
    ("MethodNode", &[]),
    ("NdArrayNode", &[]),
    ("ObjectNode", &[]),
    ("OperatorFuncNode", &["operator.attrgetter", "operator.itemgetter", "operator.methodcaller"]),
    ("PartialNode", &["functools.partial"]),
    ("QuantileForestNode", &[]),
    ("RandomGeneratorNode", &[]),
    ("RandomStateNode", &[]),
    ("ReduceNode", &[]),
    ("SGDNode", &[]),
    ("SetNode", &["builtins.set", "builtins.frozenset"]),
    ("SliceNode", &["builtins.slice"]),
    ("SparseMatrixNode", &[]),
    ("TreeNode", &[]),
    ("TupleNode", &[]),
    ("TypeNode", &[]),
    ("UFuncNode", &[]),
    ("UnionNode", &[]),
];

/// Strings of JSON that are held.
const WORDS: usize = 4;

/// Methods that compute, of arrays, tables, texts and numbers.
const METHODS: &[&str] = &[
    "abs",
    "all",
    "any",
    "argmax",
    "argmin",
    "argsort",
    "astype",
    "capitalize",
    "casefold",
    "clip",
    "copy",
    "count",
    "cumsum",
    "decode",
    "diff",
    "dropna",
    "encode",
    "endswith",
    "fillna",
    "flatten",
    "isna",
    "isnull",
    "item",
    "items",
    "join",
    "keys",
    "lower",
    "lstrip",
    "max",
    "mean",
    "median",
    "min",
    "nonzero",
    "notna",
    "notnull",
    "predict",
    "predict_proba",
    "prod",
    "ravel",
    "replace",
    "reshape",
    "round",
    "rstrip",
    "score_samples",
    "split",
    "splitlines",
    "squeeze",
    "startswith",
    "std",
    "strip",
    "sum",
    "swapcase",
    "title",
    "to_numpy",
    "toarray",
    "todense",
    "tolist",
    "transform",
    "transpose",
    "upper",
    "value_counts",
    "values",
    "var",
    "zfill",
];

/// Loaders that hand out or call what they import.
const CALLING: &[&str] = &[
    "ConstructorFromReduceNode",
    "FunctionNode",
    "MethodNode",
    "PartialNode",
    "ReduceNode",
    "TypeNode",
];

#[derive(Default)]
pub(super) struct Facts {
    texts: Vec<(&'static str, String)>,
    /// Of `content`, and of the `obj` in it.
    content: Vec<(&'static str, String)>,
    owner: Vec<(&'static str, String)>,
    twice: Option<&'static str>,
    /// Whether a string here or further in begins with two underscores.
    is_private: bool,
    /// The first strings of JSON within, without their quotes.
    words: Vec<String>,
}

fn of<'t>(texts: &'t [(&'static str, String)], key: &str) -> Option<&'t str> {
    texts.iter().find(|(held, _)| *held == key).map(|(_, text)| text.as_str())
}

/// Judges each node of a schema as it ends.
#[derive(Default)]
pub(super) struct Judge {
    /// Nodes that were seen.
    pub(super) nodes: u64,
    pub(super) found: Vec<Found>,
}

impl Fold for Judge {
    type Facts = Facts;

    fn scalar(&mut self, into: &mut Facts, place: Place<'_>, value: Scalar<'_>) {
        let Some(text) = value.text() else { return };
        match KEYS.iter().find(|key| **key == place.key()) {
            Some(key) => {
                if of(&into.texts, key).is_some() {
                    into.twice = Some(key);
                }
                if into.texts.len() < TEXTS {
                    into.texts.push((key, text.to_owned()));
                }
            }
            // What a node of JSON holds is quoted once more.
            None => {
                let word = text.trim_matches(['"', '\\']);
                into.is_private |= word.starts_with("__");
                if place.key() == "content" {
                    into.words = vec![cut(word)];
                }
            }
        }
    }

    fn inner(&mut self, into: &mut Facts, place: Place<'_>, inner: Facts) {
        into.is_private |= inner.is_private;
        // Of a key that comes twice, the last counts.
        match place {
            Place::Key("attrs" | "content") => into.words = inner.words,
            Place::Key(_) => {}
            Place::Item(_) => into.words.extend(inner.words.into_iter().take(WORDS)),
        }
        into.words.truncate(WORDS);
        match place.key() {
            "content" => {
                into.content = inner.texts;
                into.owner = inner.owner;
            }
            "obj" => into.owner = inner.texts,
            _ => {}
        }
    }

    fn end(&mut self, facts: &mut Facts, is_object: bool) {
        if !is_object {
            return;
        }
        let (class, module) = (of(&facts.texts, "__class__"), of(&facts.texts, "__module__"));
        let Some(loader) = of(&facts.texts, "__loader__") else { return };
        let (Some(class), Some(module)) = (class, module) else { return };
        self.nodes += 1;
        self.twice(facts);
        self.loader(loader, module, class);
        self.reference(loader, module, class);
        if loader == "FunctionNode"
            && let (Some(module), Some(function)) =
                (of(&facts.content, "module_path"), of(&facts.content, "function"))
        {
            self.reference(loader, module, function);
        }
        self.access(facts, loader, module, class);
    }
}

impl Judge {
    fn add(&mut self, found: Found) {
        if self.found.len() < FOUND && !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    fn twice(&mut self, facts: &Facts) {
        if let Some(key) = facts.twice {
            self.add(LOADER.found(format!("a node has \"{key}\" twice")));
        }
    }

    fn loader(&mut self, loader: &str, module: &str, class: &str) {
        let quoted = format!("\"{}.{}\"", cut(module), cut(class));
        match LOADERS.iter().find(|(known, _)| *known == loader) {
            None => {
                let told = format!("{quoted} is made by the unknown loader \"{}\"", cut(loader));
                self.add(LOADER.found(told));
            }
            Some((_, [])) => {}
            Some((_, classes)) if classes.contains(&format!("{module}.{class}").as_str()) => {}
            Some(_) => {
                self.add(LOADER.found(format!("{quoted} is made by \"{loader}\"")));
            }
        }
    }

    fn reference(&mut self, loader: &str, module: &str, class: &str) {
        let quoted = format!("\"{}.{}\" is named by a {}", cut(module), cut(class), cut(loader));
        let calls = CALLING.contains(&loader);
        let class_name = format!("{module}.{class}");
        // What is fixed is judged as such, and JSON imports nothing.
        let is_fixed = LOADERS
            .iter()
            .any(|(known, classes)| *known == loader && classes.contains(&class_name.as_str()));
        // Old protocols name the kind of function here, and itself in the content.
        let is_kind = loader == "FunctionNode"
            && ["function", "builtin_function_or_method", "ufunc"].contains(&class);
        if is_fixed || is_kind || loader == "JsonNode" {
            return;
        }
        let found = match named(module, class) {
            Named::Harmless => return,
            Named::OfLibrary if !calls => return,
            Named::Dangerous => REFERENCE.found(quoted),
            Named::Suspect if calls => REFERENCE.found(quoted).level(Level::High),
            Named::Suspect | Named::Unknown | Named::OfLibrary => UNKNOWN.found(quoted),
        };
        self.add(found);
    }

    fn access(&mut self, facts: &Facts, loader: &str, module: &str, class: &str) {
        let function = of(&facts.content, "func").unwrap_or_default();
        let is_private = facts.is_private || function.starts_with("__");
        let level = if is_private { Level::High } else { Level::Medium };
        match loader {
            "OperatorFuncNode" => {
                let method = facts.words.first().map_or("", String::as_str);
                let computes = METHODS.contains(&method) && !is_private;
                let level = match class {
                    "methodcaller" if computes => Level::Medium,
                    "methodcaller" => Level::High,
                    _ => level,
                };
                let told = format!("\"operator.{}\" is made for \"{}\"", cut(class), cut(method));
                self.add(ACCESS.found(told).level(level));
            }
            "MethodNode" => {
                let method = format!("\"{}\" of \"{}.{}\"", cut(function), cut(module), cut(class));
                let owner = (of(&facts.owner, "__module__"), of(&facts.owner, "__class__"));
                if owner != (Some(module), Some(class)) {
                    let told = format!("the method {method} belongs to an object of another class");
                    self.add(LOADER.found(told).level(Level::Critical));
                }
                self.add(ACCESS.found(format!("the method {method} is reached")).level(level));
            }
            _ => {}
        }
    }
}
