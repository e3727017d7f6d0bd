use nix_ai_model_scan_names::{Home, Tier};
use nix_ai_model_scan_walk::Level;

use super::deed::deed;
use super::verdict::Told;
use crate::machine::{At, Machine, Shape};
use crate::rules;
use crate::text;
use crate::value::{Kind, Value};

/// Attributes of one call of `operator.attrgetter` that are followed.
const DOTS: usize = 64;

/// Contexts of connections that trust everybody.
const UNVERIFIED: [&str; 3] = ["_create_unverified_context", "_create_stdlib_context", "CERT_NONE"];

impl Machine<'_> {
    /// Names something of a module, and judges that.
    pub(crate) fn named(&mut self, module: &str, name: &str, at: At<'_>) -> Value {
        let (number, is_new) = match self.names.number(module, name) {
            Some(number) => number,
            None => return self.hidden_name("its name is too long or one of too many", at),
        };
        if is_new {
            self.judge_name(number, at);
        }
        Value::name(number)
    }

    fn judge_name(&mut self, number: u32, at: At<'_>) {
        let Some(name) = self.names.get(number) else { return };
        let path = name.path();
        let (rule, level, message) = match name.tier {
            Tier::Innocuous | Tier::ByArguments(_) => return,
            Tier::Unknown(_) if name.name.is_empty() => return,
            // TorchScript's own classes: their code is in the archive.
            Tier::Unknown(_) if name.module.split('.').next() == Some("__torch__") => return,
            Tier::Unknown(home) => {
                // Its classes that do more than hold data are all known.
                let is_class = name.name.rsplit('.').next().is_some_and(|last| {
                    last.trim_start_matches('_').starts_with(char::is_uppercase)
                });
                let level = match home {
                    Home::StandardLibrary if !is_class => Level::High,
                    _ => Level::Medium,
                };
                let message = format!("it names \"{path}\", of which nothing is known");
                (&rules::UNKNOWN_NAME, level, message)
            }
            Tier::Dangerous(family) => {
                let deed = if UNVERIFIED.contains(&name.name.rsplit('.').next().unwrap_or_default())
                {
                    "switches off the check of certificates"
                } else {
                    deed(family, &name.name)
                };
                let message = format!("it names \"{path}\", which {deed}");
                (&rules::DANGEROUS_NAME, Level::High, message)
            }
        };
        self.verdicts.of_name(number, Told { rule, level, offset: at.offset, message });
    }

    /// Something is named in a way that does not say what.
    pub(crate) fn hidden_name(&mut self, why: &str, at: At<'_>) -> Value {
        let message = || format!("it names something that cannot be known: {why}");
        self.verdicts.other(&rules::HIDDEN_NAME, at.offset, message);
        Value::LOST
    }

    /// What `getattr(base, name)` gives.
    pub(crate) fn attribute(&mut self, base: Value, name: Value, at: At<'_>) -> Value {
        match self.read(name, at) {
            Some(name) => self.attribute_named(base, &text::lossy(&name), at),
            None => self.hidden_name("an attribute's name is computed", at),
        }
    }

    /// What `operator.attrgetter(path)(base)` gives.
    pub(crate) fn attribute_path(&mut self, base: Value, path: Value, at: At<'_>) -> Value {
        let Some(path) = self.read(path, at) else {
            return self.hidden_name("an attribute's name is computed", at);
        };
        let path = text::lossy(&path);
        path.split('.').take(DOTS).fold(base, |base, name| self.attribute_named(base, name, at))
    }

    /// The attribute of this name.
    pub(super) fn attribute_named(&mut self, base: Value, name: &str, at: At<'_>) -> Value {
        if !self.burn(1) {
            return self.hidden_name("too many attributes are reached", at);
        }
        if let (Kind::Instance(number), "__class__") = (base.kind(), name) {
            return Value::name(number);
        }
        if self.is_class_of_code(base) && !name.starts_with('_') {
            return base;
        }
        let class = match base.kind() {
            Kind::Name(number) | Kind::Instance(number) => {
                let Some(held) = self.names.get(number) else { return Value::LOST };
                let (module, of) = (held.module.to_string(), held.name.to_string());
                let path = if of.is_empty() { name.to_owned() } else { format!("{of}.{name}") };
                return self.named(&module, &path, at);
            }
            Kind::Lost => return self.hidden_name("it is an attribute of something unknown", at),
            Kind::Node(_) => match self.arena.get(base).map(|node| (node.shape, node.items)) {
                Some((Shape::Made, [made, ..])) => return self.attribute_named(*made, name, at),
                Some((Shape::List, _)) => "list",
                Some((Shape::Dict, _)) => "dict",
                Some((Shape::Set, _)) => "set",
                Some((Shape::Tuple, _)) => "tuple",
                _ => "object",
            },
            Kind::EmptyTuple => "tuple",
            Kind::Text(_) | Kind::Made(_) => "str",
            Kind::Int(_) | Kind::Big => "int",
            Kind::None | Kind::Data => "object",
        };
        // A method with the object that it is bound to.
        let method = self.named("builtins", &format!("{class}.{name}"), at);
        let bound = self.tuple(&[base]);
        self.arena.add(Shape::Partial, &[method, bound], false)
    }

    /// What `type(value)` gives.
    pub(super) fn type_of(&mut self, value: Value, at: At<'_>) -> Value {
        let class = match value.kind() {
            Kind::None => "NoneType",
            Kind::Int(_) | Kind::Big => "int",
            Kind::Text(_) | Kind::Made(_) => "str",
            Kind::EmptyTuple => "tuple",
            Kind::Node(_) => match self.arena.get(value).map(|node| node.shape) {
                Some(Shape::List) => "list",
                Some(Shape::Dict) => "dict",
                Some(Shape::Set) => "set",
                Some(Shape::Tuple) => "tuple",
                _ => return self.attribute_named(value, "__class__", at),
            },
            _ => return self.attribute_named(value, "__class__", at),
        };
        self.named("builtins", class, at)
    }

    /// What `base[key]` gives.
    pub(crate) fn item(&mut self, base: Value, key: Value, at: At<'_>) -> Value {
        if let Kind::Name(number) = base.kind() {
            return self.item_of_name(number, key, at);
        }
        let shape = self.arena.get(base).map(|node| node.shape);
        let Some((items, _)) = self.items_of(base) else { return Value::LOST };
        if shape == Some(Shape::Dict) {
            let wanted = self.read(key, at);
            let found = items.chunks(2).rev().find(|pair| {
                pair[0] == key || wanted.is_some() && self.read(pair[0], at) == wanted
            });
            return found.and_then(|pair| pair.get(1)).copied().unwrap_or(Value::LOST);
        }
        let Kind::Int(place) = key.kind() else { return Value::LOST };
        let place = usize::try_from(place).ok();
        place.and_then(|place| items.get(place)).copied().unwrap_or(Value::LOST)
    }

    /// Names that are dictionaries of names lead on.
    fn item_of_name(&mut self, number: u32, key: Value, at: At<'_>) -> Value {
        let Some(held) = self.names.get(number) else { return Value::LOST };
        let (module, name) = (held.module.to_string(), held.name.to_string());
        let base = name.strip_suffix("__dict__").map(|base| base.trim_end_matches('.'));
        let is_modules = name == "modules" && module == "sys" || name.ends_with("sys.modules");
        let is_builtins = name.ends_with("__builtins__");
        if base.is_none() && !is_modules && !is_builtins {
            return Value::instance(number);
        }
        let Some(key) = self.read(key, at) else {
            return self.hidden_name("a module's item is computed", at);
        };
        let key = text::lossy(&key);
        match base {
            _ if is_modules => self.named(&key, "", at),
            Some("") => self.named(&module, &key, at),
            Some(base) => self.named(&module, &format!("{base}.{key}"), at),
            None => self.named("builtins", &key, at),
        }
    }
}
