//! Functions that a pickle holds by value, as cloudpickle and dill write them:
//! judged by the names and constants of their code.

use nix_ai_model_scan_names::{Combinator, Family, Home, Tier};

use super::arguments;
use crate::machine::{At, Machine, Shape};
use crate::rules;
use crate::text;
use crate::value::{Kind, Value};

/// Constants within constants that are looked at.
const DEPTH: u8 = 6;

/// Parts of names that lead to the insides of objects, or out.
static PARTS: &[&str] = &[
    "attr", "builtin", "chmod", "compile", "ctypes", "dill", "download", "globals", "http",
    "import", "inspect", "locals", "pickle", "popen", "request", "shutil", "sock", "spawn",
    "subclass", "subproc", "thread", "unlink", "urllib", "urlopen",
];

/// Words of names that files, processes and networks are reached by.
static WORDS: &[&str] = &[
    "client",
    "cmd",
    "command",
    "connect",
    "delete",
    "dir",
    "dump",
    "dumps",
    "env",
    "environ",
    "eval",
    "exec",
    "execute",
    "fetch",
    "file",
    "files",
    "fork",
    "kill",
    "load",
    "loads",
    "mkdir",
    "open",
    "os",
    "path",
    "post",
    "proc",
    "pty",
    "read",
    "readline",
    "readlines",
    "recv",
    "remove",
    "rename",
    "run",
    "save",
    "send",
    "server",
    "shell",
    "sys",
    "system",
    "temp",
    "tempfile",
    "tmp",
    "tofile",
    "url",
    "vars",
    "write",
    "writelines",
];

/// Attributes with underscores that methods speak of, and what only looks.
static SPECIAL: &[&str] = &[
    "__dict__",
    "__doc__",
    "__getstate__",
    "__init__",
    "__iter__",
    "__len__",
    "__module__",
    "__name__",
    "__qualname__",
    "__repr__",
    "__setstate__",
    "__str__",
    "hasattr",
    "super",
];

/// What makes a code object, a function of one, and a class.
const OBJECT: &[&str] = &["CodeType", "_create_code"];
const FUNCTION: &[&str] =
    &["_make_function", "_create_function", "_make_skel_func", "_fill_function"];
const CLASS: &[&str] = &["_make_skeleton_class", "_make_skeleton_enum", "_create_type"];
const CELL: &[&str] = &["_make_cell", "_make_empty_cell", "_create_cell"];

/// What is set of classes after they are made, to a text.
const ABOUT: &[&str] = &["__qualname__", "__name__", "__module__", "__doc__"];

/// Classes of classes that make a class and no more.
static METACLASSES: &[(&str, &str)] =
    &[("builtins", "type"), ("__builtin__", "type"), ("abc", "ABCMeta")];

impl Machine<'_> {
    /// Judges the making of code, or of a function of it; what it gives.
    pub(super) fn made_of_code(&mut self, number: u32, items: &[Value], at: At<'_>) -> Value {
        let Some(name) = self.names.get(number) else { return Value::LOST };
        let last = name.name.rsplit('.').next().unwrap_or_default().to_owned();
        match &*last {
            "subimport" | "_import_module" => return self.imported(number, items, at),
            // What a function keeps of where it was made is judged by itself.
            last if CELL.contains(&last) => return Value::instance(number),
            "setattr" | "_setattr" if self.is_harmless_change(items, at) => return Value::NONE,
            "setattr" | "_setattr" => {
                let arguments = self.tuple(items);
                self.judge_dangerous(number, Family::Access, arguments, at);
                return Value::NONE;
            }
            _ => {}
        }
        let is_harmless = match &*last {
            "CodeType" | "_create_code" => self.is_harmless_code(items, at),
            "_make_skeleton_class" => self.is_plain_class(items.first(), items.get(2)),
            "_create_type" => {
                self.is_plain_class(items.first(), items.get(2))
                    && items.get(3).is_some_and(|namespace| self.is_plain_namespace(*namespace))
            }
            "_make_skeleton_enum" => items.first().is_some_and(|bases| self.are_bases(*bases)),
            "_class_setstate" => items.first().is_some_and(|class| self.is_class_of_code(*class)),
            "_function_setstate" | "_fill_function" => {
                items.first().is_some_and(|first| self.is_made(*first, FUNCTION))
            }
            _ => items.first().is_some_and(|first| self.is_made(*first, OBJECT)),
        };
        if is_harmless {
            let told = match &*last {
                "CodeType" | "_create_code" => {
                    "it holds the code of a function, whose names are harmless"
                }
                // The code itself is told where it is made.
                _ => "it makes a function or a class of code that it holds",
            };
            self.verdicts.other(&rules::CODE, at.offset, || told.to_owned());
        } else {
            let arguments = self.tuple(items);
            self.judge_dangerous(number, Family::Making, arguments, at);
        }
        Value::instance(number)
    }

    /// Whether what is set is what a closure of the pickle keeps, or what one of
    /// its classes is called.
    fn is_harmless_change(&mut self, items: &[Value], at: At<'_>) -> bool {
        let [target, attribute, value] = *items else { return false };
        let Some(attribute) = self.read(attribute, at) else { return false };
        let attribute = text::lossy(&attribute);
        let is_text = matches!(value.kind(), Kind::Text(_) | Kind::None);
        self.is_made(target, CELL) && attribute == "cell_contents"
            || self.is_class_of_code(target) && ABOUT.contains(&&*attribute) && is_text
    }

    /// Whether what a class is made with is data and functions of harmless code.
    fn is_plain_namespace(&self, namespace: Value) -> bool {
        let is_dict = self.arena.get(namespace).is_some_and(|node| node.shape == Shape::Dict);
        let Some((items, true)) = self.items_of(namespace) else { return false };
        is_dict
            && items.chunks(2).filter_map(|pair| pair.get(1)).all(|value| match value.kind() {
                Kind::Instance(_) => self.is_made(*value, FUNCTION),
                Kind::Node(_) => !self.may_be_called(*value),
                _ => value.is_inert(),
            })
    }

    /// A module that a function by value uses.
    fn imported(&mut self, number: u32, items: &[Value], at: At<'_>) -> Value {
        let module = items.first().and_then(|module| self.read(*module, at));
        let module = module.map(|module| text::lossy(&module));
        match module {
            Some(module) if is_of_library(&module) => {
                // dill's import gives what is in a module, too.
                match module.rsplit_once('.') {
                    Some((within, name))
                        if !matches!(self.names.tier_of(within, name), Tier::Unknown(_)) =>
                    {
                        self.named(within, name, at)
                    }
                    _ => self.named(&module, "", at),
                }
            }
            module => {
                let arguments = self.tuple(items);
                self.judge_dangerous(number, Family::Import, arguments, at);
                module.map_or(Value::LOST, |module| self.named(&module, "", at))
            }
        }
    }

    /// Whether something was made by one of these functions of cloudpickle or
    /// dill.
    fn is_made(&self, value: Value, by: &[&str]) -> bool {
        let Kind::Instance(number) = value.kind() else { return false };
        self.names.get(number).is_some_and(|name| {
            name.tier == Tier::ByArguments(Combinator::Code)
                && by.contains(&name.name.rsplit('.').next().unwrap_or_default())
        })
    }

    /// Whether the parts of a code object say that it computes with what it is
    /// given: the first tuple has its constants, the second one its names.
    fn is_harmless_code(&mut self, items: &[Value], at: At<'_>) -> bool {
        if !items.iter().all(|item| self.is_part_of_code(*item)) {
            return false;
        }
        let is_tuple = |value: &Value| {
            *value == Value::EMPTY_TUPLE
                || self.arena.get(*value).is_some_and(|node| node.shape == Shape::Tuple)
        };
        let mut tuples = items.iter().copied().filter(|value| is_tuple(value)).collect::<Vec<_>>();
        tuples.truncate(2);
        let [constants, names] = tuples[..] else { return false };
        let Some((names, true)) = self.items_of(names) else { return false };
        self.are_harmless_constants(constants, DEPTH, at)
            && names.into_iter().all(|name| {
                self.read(name, at).is_some_and(|name| self.is_harmless_name(&text::lossy(&name)))
            })
    }

    /// Whether a value is what a code object is made of, in full view: numbers,
    /// bytes, texts, tuples.
    fn is_part_of_code(&self, value: Value) -> bool {
        match value.kind() {
            Kind::Instance(number) => self
                .names
                .get(number)
                .is_some_and(|name| name.tier == Tier::ByArguments(Combinator::Encode)),
            Kind::Node(_) => self
                .arena
                .get(value)
                .is_some_and(|node| matches!(node.shape, Shape::Tuple | Shape::Encoded)),
            Kind::Name(_) | Kind::Lost => false,
            _ => true,
        }
    }

    fn are_harmless_constants(&mut self, value: Value, depth: u8, at: At<'_>) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match value.kind() {
            Kind::None | Kind::Data | Kind::Big | Kind::EmptyTuple | Kind::Int(_) => true,
            Kind::Text(_) | Kind::Made(_) => self
                .read(value, at)
                .is_some_and(|content| arguments::suspicious(&text::lossy(&content)).is_none()),
            Kind::Instance(_) => self.is_made(value, OBJECT),
            Kind::Node(_) => match self.items_of(value) {
                Some((items, true)) => {
                    items.into_iter().all(|item| self.are_harmless_constants(item, depth, at))
                }
                _ => false,
            },
            Kind::Name(_) | Kind::Lost => false,
        }
    }

    fn is_harmless_name(&self, name: &str) -> bool {
        if SPECIAL.contains(&name) {
            return true;
        }
        let lower = name.to_lowercase();
        let is_dangerous = |module| matches!(self.names.tier_of(module, name), Tier::Dangerous(_));
        !lower.starts_with("__")
            && !PARTS.iter().any(|part| lower.contains(part))
            && !lower.split('_').any(|word| WORDS.contains(&word))
            && !is_dangerous("builtins")
            && !is_dangerous("object")
            && nix_ai_model_scan_names::module(name).is_none()
    }

    /// Whether what makes a class of these is a plain class of classes, and the
    /// classes that it is of are known not to be dangerous.
    fn is_plain_class(&self, of: Option<&Value>, bases: Option<&Value>) -> bool {
        let name = |value: &Value| match value.kind() {
            Kind::Name(number) => self.names.get(number),
            _ => None,
        };
        let is_plain = of.and_then(name).is_some_and(|of| {
            METACLASSES.iter().any(|(module, name)| *module == &*of.module && *name == &*of.name)
        });
        is_plain && bases.is_some_and(|bases| self.are_bases(*bases))
    }

    fn are_bases(&self, bases: Value) -> bool {
        self.items_of(bases).is_some_and(|(bases, all)| {
            all && bases.iter().all(|base| match base.kind() {
                Kind::Name(number) => self
                    .names
                    .get(number)
                    .is_some_and(|name| !matches!(name.tier, Tier::Dangerous(_))),
                _ => self.is_class_of_code(*base),
            })
        })
    }

    /// Whether a value is a class that the pickle holds by value.
    pub(super) fn is_class_of_code(&self, value: Value) -> bool {
        self.is_made(value, CLASS)
    }
}

/// Whether a module is one that functions compute with.
fn is_of_library(module: &str) -> bool {
    nix_ai_model_scan_names::module(module).is_none()
        && nix_ai_model_scan_names::home(module) != Home::Elsewhere
}
