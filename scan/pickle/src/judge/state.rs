use nix_ai_model_scan_names::Tier;

use crate::joblib::Array;
use crate::judge::How;
use crate::machine::{At, Machine, Shape};
use crate::rules;
use crate::text;
use crate::value::{Kind, Value};

/// Methods that the unpickler, or the first use of an object, calls.
const METHODS: &[&str] = &["append", "extend", "add", "update", "read", "readline", "readinto"];
/// Attributes with underscores that hold no method.
const PLAIN: &[&str] = &[
    "__annotations__",
    "__class_getitem__",
    "__dict__",
    "__doc__",
    "__file__",
    "__module__",
    "__name__",
    "__orig_class__",
    "__qualname__",
    "__version__",
    "__weakref__",
    "__wrapped__",
];

impl Machine<'_> {
    /// What `BUILD` does; the array that follows where the object announces
    /// one.
    pub(crate) fn build(&mut self, object: Value, state: Value, at: At<'_>) -> Option<Array> {
        self.refuel();
        match object.kind() {
            Kind::Name(_) => self.changed(object, at),
            Kind::Instance(number) => {
                self.judge_state(object, state, at);
                let name = self.names.get(number)?;
                if name.name.ends_with("NumpyArrayWrapper") && name.module.starts_with("joblib") {
                    return self.announced(state, at);
                }
            }
            Kind::Node(_) => self.rebuild(object, state, at),
            _ => {}
        }
        None
    }

    /// The state of an object whose arguments are held.
    fn rebuild(&mut self, object: Value, state: Value, at: At<'_>) {
        match self.arena.get(object).map(|node| node.shape) {
            Some(Shape::Partial) => {
                if let Some((items, _)) = self.items_of(state)
                    && let [function, arguments, ref named @ ..] = items[..]
                {
                    let named = named.first().copied().unwrap_or(Value::NONE);
                    let arguments = self.with_named(arguments, named);
                    self.arena.set(object, 0, function);
                    self.arena.set(object, 1, arguments);
                }
            }
            Some(Shape::Made) => {
                self.judge_state(object, state, at);
                self.arena.set(object, 2, state);
            }
            _ => {}
        }
    }

    /// Looks for methods that an object's own state replaces.
    fn judge_state(&mut self, object: Value, state: Value, at: At<'_>) {
        let is_tuple = self.arena.get(state).is_some_and(|node| node.shape == Shape::Tuple);
        if self.is_unknown(object) {
            self.nest_loadable(state, at);
        }
        let states = match self.items_of(state) {
            Some((items, _)) if is_tuple && items.len() == 2 => items,
            Some(_) => vec![state],
            None => return,
        };
        for state in states {
            if self.arena.get(state).is_none_or(|node| node.shape != Shape::Dict) {
                continue;
            }
            self.judge_reload(object, state, at);
            let (items, _) = self.items_of(state).unwrap_or_default();
            for pair in items.chunks_exact(2) {
                if self.is_unknown(object) {
                    self.nest_loadable(pair[1], at);
                }
                if self.may_be_called(pair[1]) && !self.is_innocuous(pair[1]) {
                    self.judge_attribute(object, pair[0], pair[1], at);
                }
            }
        }
    }

    /// Whether an object is of a class of which nothing is known.
    fn is_unknown(&self, object: Value) -> bool {
        let name = self.class_of(object).and_then(|class| self.names.get(class));
        name.is_some_and(|name| matches!(name.tier, Tier::Unknown(_)))
    }

    /// The class that an object is of, by its name's number.
    pub(super) fn class_of(&self, object: Value) -> Option<u32> {
        let node = match object.kind() {
            Kind::Instance(number) => return Some(number),
            Kind::Node(_) => self.arena.get(object)?,
            _ => return None,
        };
        match (node.shape, node.items.first()?.kind()) {
            (Shape::Made, Kind::Name(number)) => Some(number),
            _ => None,
        }
    }

    fn judge_attribute(&mut self, object: Value, key: Value, value: Value, at: At<'_>) {
        let Some(key) = self.read(key, at) else { return };
        let key = text::lossy(&key);
        let is_special = key.starts_with("__") && key.ends_with("__");
        if !METHODS.contains(&&*key) && (!is_special || PLAIN.contains(&&*key)) {
            return;
        }
        let (object, value) = (self.shown(object, at), self.shown(value, at));
        let message = || format!("it sets \"{key}\" of an object ({object}) to {value}");
        self.verdicts.other(&rules::REPLACED_METHOD, at.offset, message);
    }

    /// Whether a value is something that is known to be harmless.
    fn is_innocuous(&self, value: Value) -> bool {
        let Kind::Name(number) = value.kind() else { return false };
        self.names.get(number).is_some_and(|name| name.tier == Tier::Innocuous)
    }

    /// Whether a value may be a function.
    pub(crate) fn may_be_called(&self, value: Value) -> bool {
        match value.kind() {
            Kind::Name(_) | Kind::Lost => true,
            Kind::Node(_) => self.arena.get(value).is_some_and(|node| {
                use Shape::{Attributes, Items, Method, Partial};
                matches!(node.shape, Partial | Attributes | Items | Method)
            }),
            _ => false,
        }
    }

    /// Judges that items or attributes are put into something.
    pub(crate) fn changed(&mut self, target: Value, at: At<'_>) {
        if let Kind::Name(number) = target.kind()
            && let Some(name) = self.names.get(number)
        {
            let message = || format!("it changes \"{}\" itself", name.path());
            self.verdicts.other(&rules::CHANGED_NAME, at.offset, message);
        }
    }

    /// What an extension code stands for.
    pub(crate) fn extension(&mut self, code: i64, at: At<'_>) -> Value {
        let message = || format!("it names something by the extension code {code}");
        self.verdicts.other(&rules::EXTENSION, at.offset, message);
        Value::LOST
    }

    /// Pushes what a persistent identifier stands for.
    pub(crate) fn persistent(&mut self, id: Value, at: At<'_>) {
        self.refuel();
        let made = self.storage(id, at).unwrap_or_else(|| {
            let shown = self.shown(id, at);
            let message = || format!("it asks the loading program for the object {shown}");
            self.verdicts.other(&rules::PERSISTENT, at.offset, message);
            Value::LOST
        });
        self.stack.push(made);
    }

    /// torch's identifiers: of storages, and of modules with their source.
    fn storage(&mut self, id: Value, at: At<'_>) -> Option<Value> {
        let (items, _) = self.items_of(id)?;
        let kind = self.read(*items.first()?, at);
        match (kind.as_deref(), &items[1..]) {
            (Some(b"storage"), [class, key, rest @ ..]) => {
                if rest.contains(&Value::VAST) {
                    let message = || "it has a storage of more numbers than any file".to_owned();
                    self.verdicts.other(&rules::EXHAUSTION, at.offset, message);
                }
                if let Some(key) = self.read(*key, at)
                    && let Kind::Name(number) = class.kind()
                    && self.storages.len() < 1 << 16
                {
                    let name = self.names.get(number).map(|name| crate::torch::width(&name.name));
                    self.storages.insert(key, name.flatten().unwrap_or(0));
                }
                Some(Value::DATA)
            }
            (Some(b"module"), [module, ..]) => Some(*module),
            _ => None,
        }
    }

    /// What a call of this value, with arguments that are not known, does.
    pub(crate) fn call_later(&mut self, function: Value, at: At<'_>, depth: u8) {
        if self.may_be_called(function) {
            self.call_at(function, Value::LOST, How::Function, at, depth);
        }
    }
}
