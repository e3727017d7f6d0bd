//! What attributes and items of names are, however they are asked for.

use super::effect::{BUILTINS, effect};
use super::walk::Walk;
use crate::syntax::{Marks, Shape, Value};

/// Bytes of a dotted name that are kept.
const LONGEST: usize = 200;

impl<'s> Walk<'s> {
    /// The attribute `name` of a value, however it is asked for.
    pub(super) fn reach(&mut self, of: Value, name: &str, hidden: Marks) -> Value {
        let mut marks = of.marks | hidden;
        if matches!(name, "__base__" | "__bases__" | "__mro__") || name == "mro" {
            marks |= Marks::WALKED;
        }
        match &of.shape {
            // `print.__self__` is the module; `eval.__call__` is `eval`.
            Shape::Name(path) if name == "__self__" && is_builtin(path) => {
                Value::name("builtins").with(marks | Marks::WALKED)
            }
            Shape::Name(path)
                if name == "__call__" && (effect(path).is_some() || is_builtin(path)) =>
            {
                of.clone().with(marks | Marks::PIECED)
            }
            Shape::Text(_) | Shape::Bytes(_) | Shape::List(_) | Shape::Table(_)
                if !name.starts_with("__") =>
            {
                Value { shape: Shape::Bound(of.clone().into(), name.into()), marks }
            }
            Shape::Name(path) if path.starts_with('?') && self.fields.contains_key(name) => {
                self.fields.get(name).cloned().unwrap_or_default().with(marks)
            }
            // A name without its folder leads nowhere by itself.
            Shape::Name(path)
                if &**path == "pathlib.Path()" && matches!(name, "name" | "stem" | "suffix") =>
            {
                Value::unknown(marks.without(Marks::STARTUP | Marks::HOME))
            }
            // What lies in the folder of a package is imported by others.
            Shape::Name(path) if name == "__file__" && !path.starts_with('?') => {
                Value::text("…/site-packages/…").with(marks | Marks::STARTUP | Marks::PARTIAL)
            }
            Shape::Name(path) if let Some(held) = self.held_by(path, name) => held.with(marks),
            Shape::Name(path) => {
                let value = grown(path, &format!(".{name}")).with(marks);
                let known = value.as_name() == Some("os.environ");
                value.with(if known { Marks::ENVIRONMENT } else { Marks::default() })
            }
            Shape::Function(function, _) if name.starts_with("__") => {
                grown(&format!("?{function}"), &format!(".{name}")).with(marks)
            }
            // `x().y`: known by its last name alone.
            _ if marks.has(Marks::DOWNLOADED | Marks::DECODED) => Value::unknown(marks),
            _ => match self.fields.get(name) {
                Some(held) => held.clone().with(marks),
                None => Value::name(&format!("?.{name}")).with(marks),
            },
        }
    }

    /// What a module beside the text has by this name. `from . import layout`
    /// makes it `..layout`.
    fn held_by(&self, path: &str, name: &str) -> Option<Value> {
        let module = if path.starts_with("..") { &path[1..] } else { path };
        self.outside.get(module)?.get(name).cloned()
    }

    /// What `name[key]` is where the name holds modules or attributes.
    pub(super) fn item(&mut self, name: &str, key: &str) -> Option<Value> {
        let hidden = Marks::PIECED;
        match name {
            name if name == "sys.modules" || name.ends_with("sys.modules") => {
                return Some(Value::name(key).with(hidden));
            }
            "builtins.globals()" | "builtins.locals()" | "builtins.vars()" => {
                if key.starts_with("__builtin") {
                    return Some(Value::name("builtins").with(hidden));
                }
                if BUILTINS.contains(&key) {
                    return Some(Value::name(&format!("builtins.{key}")).with(hidden));
                }
                return self.scopes.find(key).cloned().map(|value| value.with(hidden));
            }
            // A library's functions are its items, too.
            library
                if ["CDLL()", "PyDLL()", "WinDLL()", "LoadLibrary()", "dlopen()"]
                    .iter()
                    .any(|end| library.ends_with(end)) =>
            {
                return Some(Value::name(&format!("{library}.{key}")).with(hidden));
            }
            "builtins" => return Some(Value::name(&format!("builtins.{key}")).with(hidden)),
            _ => {}
        }
        if let Some(of) = name.strip_suffix(".__dict__").or_else(|| name.strip_suffix(".__dir__")) {
            return Some(self.reach(Value::name(of), key, hidden));
        }
        if name.ends_with("__globals__")
            || name.ends_with("f_globals")
            || name.ends_with("f_builtins")
            || name.ends_with("__builtins__")
        {
            let value = match key {
                "__builtins__" | "builtins" => Value::name("builtins"),
                key if BUILTINS.contains(&key) => Value::name(&format!("builtins.{key}")),
                key => Value::name(key),
            };
            return Some(value.with(Marks::WALKED | hidden));
        }
        None
    }
}

/// A name with more behind it; one that is too long is unknown.
pub(super) fn grown(name: &str, more: &str) -> Value {
    if name.len() + more.len() > LONGEST {
        return Value::default();
    }
    Value::name(&format!("{name}{more}"))
}

/// Whether a name is one of the functions that need no import.
fn is_builtin(path: &str) -> bool {
    path.strip_prefix("builtins.").is_some_and(|name| BUILTINS.contains(&name))
}
