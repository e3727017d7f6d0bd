use nix_ai_model_scan_walk::{Found, Level, cut};

use super::{reference, rules};
use crate::text::leads_outside;
use nix_ai_model_scan_json::{Fold, Place, Scalar};

/// Findings that are kept of one configuration.
const FOUND: usize = 200;
/// Strings that are kept of one object, far more than writers write.
const TEXTS: usize = 64;

/// Keys whose strings are of interest, of an object or of its `config`.
const KEYS: &[&str] = &[
    "class_name",
    "code",
    "config",
    "filepath",
    "function",
    "function_type",
    "handle",
    "idf_weights",
    "mask",
    "mask_type",
    "merges",
    "module",
    "name",
    "output_shape",
    "output_shape_module",
    "output_shape_type",
    "registered_name",
    "spec_name",
    "value",
    "vocabulary",
];

/// Keys that hold a function, and which say what it is.
const FUNCTIONS: &[(&str, &str)] =
    &[("function", "function_type"), ("mask", "mask_type"), ("output_shape", "output_shape_type")];

/// What is known of an object or list.
#[derive(Default)]
pub(super) struct Facts {
    texts: Vec<(&'static str, String)>,
    /// Keys that came, one bit each of [`KEYS`].
    seen: u32,
    /// A key of an object that came twice.
    twice: Option<&'static str>,
    /// Keys under which a list begins with a string: bytecode in its place.
    lists: Vec<&'static str>,
    /// Strings of the `config` within.
    inner: Vec<(&'static str, String)>,
    inner_lists: Vec<&'static str>,
    has_config: bool,
    begins_with_text: bool,
}

impl Facts {
    fn key(&mut self, key: &str) -> Option<&'static str> {
        let place = KEYS.binary_search(&key).ok()?;
        let bit = 1 << place;
        if self.seen & bit != 0 {
            self.twice = Some(KEYS[place]);
        }
        self.seen |= bit;
        Some(KEYS[place])
    }

    fn of<'s>(texts: &'s [(&'static str, String)], key: &str) -> impl Iterator<Item = &'s str> {
        texts.iter().filter(move |(held, _)| *held == key).map(|(_, text)| text.as_str())
    }
}

/// Judges each object of a configuration as it ends.
#[derive(Default)]
pub(super) struct Judge {
    /// Objects of Keras that were seen.
    pub(super) objects: u64,
    /// What was found.
    pub(super) found: Vec<Found>,
}

impl Fold for Judge {
    type Facts = Facts;

    fn scalar(&mut self, into: &mut Facts, place: Place<'_>, value: Scalar<'_>) {
        let key = match place {
            Place::Item(0) => {
                into.begins_with_text = matches!(value, Scalar::Text(text) if text.length() > 16);
                return;
            }
            Place::Item(_) => return,
            Place::Key(key) => key,
        };
        let Some(key) = into.key(key) else { return };
        into.has_config |= key == "config";
        if let Some(text) = value.text().filter(|_| into.texts.len() < TEXTS) {
            into.texts.push((key, text.to_owned()));
        }
    }

    fn inner(&mut self, into: &mut Facts, place: Place<'_>, inner: Facts) {
        let items = place.key() == "items";
        into.begins_with_text |= items && inner.begins_with_text;
        let Some(key) = into.key(place.key()) else { return };
        if inner.begins_with_text && into.lists.len() < TEXTS {
            into.lists.push(key);
        }
        if key == "config" {
            into.has_config = true;
            into.inner.extend(inner.texts);
            into.inner.truncate(2 * TEXTS);
            into.inner_lists.extend(inner.lists);
            into.inner_lists.truncate(TEXTS);
        }
    }

    fn end(&mut self, facts: &mut Facts, is_object: bool) {
        if !is_object {
            return;
        }
        self.functions(facts);
        if Facts::of(&facts.texts, "class_name").next().is_some() {
            self.object(facts);
        }
    }
}

impl Judge {
    pub(super) fn add(&mut self, found: Found) {
        if self.found.len() < FOUND && !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    /// Functions that an object itself carries.
    fn functions(&mut self, facts: &Facts) {
        for (key, kind) in FUNCTIONS {
            let says = |what| Facts::of(&facts.texts, kind).any(|said| said == what);
            if says("lambda") {
                let name = Facts::of(&facts.texts, "name").next().unwrap_or("lambda");
                let told = format!("the layer \"{}\" carries bytecode as its {key}", cut(name));
                self.add(rules::CODE.found(told));
            } else if says("function") && *kind != "function_type" {
                for name in Facts::of(&facts.texts, key) {
                    self.named(&facts.texts, "output_shape_module", name);
                }
            }
        }
    }

    /// A function that a Lambda layer looks up among those of a module.
    fn named(&mut self, texts: &[(&'static str, String)], module: &str, name: &str) {
        let module = Facts::of(texts, module).next().filter(|module| *module != "__main__");
        if let Some(found) = module.and_then(|module| reference::judged(module, name, true)) {
            self.add(found);
        }
    }

    /// An object that is made of its class and configuration.
    fn object(&mut self, facts: &Facts) {
        // Without one it is a plain dictionary to Keras.
        if !facts.has_config {
            return;
        }
        self.objects += 1;
        if let Some(key) = facts.twice {
            self.add(rules::TWICE.found(format!("an object has \"{key}\" twice")));
        }
        for class in Facts::of(&facts.texts, "class_name") {
            let registered = Facts::of(&facts.texts, "registered_name");
            let spec = Facts::of(&facts.texts, "spec_name");
            let function = Facts::of(&facts.texts, "config").filter(|_| class == "function");
            let class_itself = [class].into_iter().filter(|class| *class != "function");
            for name in class_itself.chain(registered).chain(spec).chain(function) {
                self.name(facts, name, class == "function");
            }
            self.class(facts, class);
        }
        self.paths(facts);
    }

    fn name(&mut self, facts: &Facts, name: &str, is_function: bool) {
        let mut modules = Facts::of(&facts.texts, "module").peekable();
        if modules.peek().is_none() {
            if let Some(found) = reference::judged_alone(name) {
                self.add(found);
            }
            return;
        }
        for module in modules {
            if let Some(found) = reference::judged(module, name, is_function) {
                self.add(found);
            }
        }
    }

    /// What the class does with its configuration.
    fn class(&mut self, facts: &Facts, class: &str) {
        let inner = |key: &'static str| Facts::of(&facts.inner, key).next();
        let name = cut(inner("name").unwrap_or(class));
        match class.rsplit(['>', '.']).next().unwrap_or(class) {
            "__lambda__" => {
                self.add(rules::CODE.found("a function is carried as bytecode".to_owned()));
            }
            "Lambda" => self.lambda(facts, &name),
            "TFOpLambda" | "SlicingOpLambda" | "ClassMethod" | "InstanceMethod"
            | "InstanceProperty" | "ClassProperty" => {
                for symbol in Facts::of(&facts.inner, "function") {
                    if let Some(found) = reference::judged_tensorflow(symbol) {
                        self.add(found);
                    }
                }
            }
            "KerasLayer" => {
                for handle in Facts::of(&facts.inner, "handle") {
                    self.add(hub(handle, &name));
                }
            }
            "TFSMLayer" | "TorchModuleWrapper" => {
                let from = inner("filepath")
                    .map_or_else(String::new, |path| format!(" from \"{}\"", cut(path)));
                self.add(
                    rules::LOADER.found(format!(
                        "the layer \"{name}\" is a {class}, which loads code{from}"
                    )),
                );
            }
            _ => {}
        }
    }

    fn lambda(&mut self, facts: &Facts, name: &str) {
        for key in ["function", "mask"] {
            if facts.inner_lists.contains(&key) {
                let told = format!("the Lambda layer \"{name}\" carries bytecode as its {key}");
                self.add(rules::CODE.found(told));
            }
        }
        let of_kind = |kind: &str| Facts::of(&facts.inner, "function_type").any(|of| of == kind);
        for function in Facts::of(&facts.inner, "function") {
            // Without a type, a long one can be no name.
            if !of_kind("function") && function.len() > 100 {
                let told = format!("the Lambda layer \"{name}\" carries bytecode as its function");
                self.add(rules::CODE.found(told));
            }
            self.named(&facts.inner, "module", function);
        }
        let function = Facts::of(&facts.inner, "function").next().unwrap_or("a function");
        self.add(
            rules::LAMBDA.found(format!("the Lambda layer \"{name}\" calls {}", cut(function))),
        );
    }

    /// Files that the configuration has read.
    fn paths(&mut self, facts: &Facts) {
        for key in ["vocabulary", "merges", "idf_weights"] {
            for path in Facts::of(&facts.inner, key).filter(|path| !path.is_empty()) {
                let level = if leads_outside(path) { Level::High } else { Level::Medium };
                let told = format!("a layer reads its {key} from \"{}\"", cut(path));
                self.add(rules::FILE.found(told).level(level));
            }
        }
    }
}

/// Addresses of the hub that layers are usually from.
const HUBS: &[&str] = &[
    "https://tfhub.dev/",
    "https://www.kaggle.com/models/",
    "https://kaggle.com/models/",
    "https://storage.googleapis.com/tfhub",
];

/// A layer that is a model of a hub: its graph is fetched when it is made.
fn hub(handle: &str, name: &str) -> Found {
    let is_known = HUBS.iter().any(|hub| handle.starts_with(hub));
    let is_address = handle.contains("://");
    let level = if is_address && !is_known { Level::High } else { Level::Medium };
    let told = format!("the layer \"{name}\" loads a model from \"{}\"", cut(handle));
    rules::LOADER.found(told).level(level)
}
