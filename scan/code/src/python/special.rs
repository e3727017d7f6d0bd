//! Functions that hand on what they are given, or answer what has a name.

use nix_ai_model_scan_walk::cut;

use super::attribute::grown;
use super::effect::Effect;
use super::walk::Walk;
use crate::syntax::{Argument, Marks, Shape, Value, path_marks, table};

impl<'s> Walk<'s> {
    /// Methods that answer an attribute, an item or a module by its name.
    pub(super) fn asked(&mut self, name: &str, first: &Value) -> Option<Value> {
        let key = first.as_constant()?.to_owned();
        let (of, method) = name.rsplit_once('.')?;
        match method {
            "get" | "__getitem__" | "pop" | "setdefault" => self.item(of, &key),
            "__getattribute__" | "__getattr__" => {
                Some(self.reach(Value::name(of), &key, Marks::ASKED | first.marks))
            }
            "load_module" if is_rich(&key) => Some(Value::name(&key).with(Marks::PIECED)),
            _ => None,
        }
    }

    /// Functions that hand on what they are given, or names.
    pub(super) fn special(
        &mut self,
        name: &str,
        callee: Marks,
        first: &Value,
        second: &Value,
        marks: Marks,
        at: usize,
    ) -> Option<Value> {
        let text = || first.as_constant();
        let hidden = |value: &Value| value.marks & (Marks::PIECED | Marks::DECODED);
        let made = match name {
            "builtins.getattr" | "builtins.object.__getattribute__" | "inspect.getattr_static" => {
                match second.as_constant() {
                    Some(attribute) => {
                        let marks = Marks::ASKED | hidden(second);
                        self.reach(first.clone(), attribute, marks)
                    }
                    // A name that could not be worked out, of a module that holds
                    // what attacks call.
                    None if first.as_name().is_some_and(|name| {
                        runs_programs(name) || name == "builtins.__import__()"
                    }) =>
                    {
                        let of = first.as_name().unwrap_or_default();
                        if runs_programs(of) {
                            let name = format!("{of}.exec…");
                            let fact = self.fact(Effect::Proxy, &name, marks, &[], at);
                            self.tell(fact);
                        }
                        Value::name("os.exec…").with(marks | Marks::ASKED)
                    }
                    // Of a module that could not be worked out either.
                    None if first.as_name() == Some("importlib.import_module()") => {
                        Value::name(IMPORTED).with(marks | Marks::ASKED)
                    }
                    None => Value::unknown(marks.without(Marks::PARTIAL)),
                }
            }
            "builtins.__import__"
            | "importlib.import_module"
            | "importlib.__import__"
            | "pkgutil.resolve_name"
            | "pydoc.locate"
            | "pydoc.safeimport"
            | "django.utils.module_loading.import_string"
            | "werkzeug.utils.import_string"
            | "hydra.utils.get_method"
            | "hydra.utils.get_class"
            | "hydra.utils.get_object" => {
                if text().is_none()
                    && !name.contains("import_module")
                    && !name.contains("__import__")
                {
                    return Some(Value::name(IMPORTED).with(marks | Marks::ASKED));
                }
                let module = text()?.replace(':', ".");
                self.found.imports.insert(module.split('.').next().unwrap_or_default().to_owned());
                let root = if name == "builtins.__import__" {
                    module.split('.').next()?.to_owned()
                } else {
                    module
                };
                Value::name(&root).with(hidden(first))
            }
            "builtins.vars" => grown(first.as_name()?, ".__dict__"),
            "builtins.globals" | "builtins.locals" => Value::name(&format!("{name}()")),
            "builtins.chr" | "builtins.unichr" => {
                match first.as_number().and_then(|n| char::from_u32(u32::try_from(n).ok()?)) {
                    Some(c) => Value::text(c.encode_utf8(&mut [0; 4])).with(Marks::DECODED),
                    None => Value::unknown(marks | Marks::DECODED),
                }
            }
            "builtins.ord" => Value::number(i64::from(u32::from(text()?.chars().next()?))),
            "builtins.bytes" | "builtins.bytearray" | "builtins.memoryview" => {
                // Of numbers that digits spell.
                let spelt = first.marks.has(Marks::PIECED) && first.as_text().is_none();
                let hidden = if spelt { Marks::DECODED } else { Marks::default() };
                bytes(first).with(marks | hidden)
            }
            "builtins.str" | "builtins.repr" | "builtins.unicode" => {
                Value::text(first.as_text()?).with(marks)
            }
            "builtins.int" => match text().zip(second.as_number().or(Some(10))) {
                Some((digits, radix)) if (2..=36).contains(&radix) => Value::number(
                    i64::from_str_radix(digits.trim(), u32::try_from(radix).ok()?).ok()?,
                ),
                Some(_) => first.clone(),
                None if second.as_number().is_some() => first.clone().with(Marks::PIECED),
                None => first.clone(),
            },
            "site.getusersitepackages"
            | "sysconfig.get_path"
            | "sysconfig.get_python_lib"
            | "distutils.sysconfig.get_python_lib" => Value::text("~/site-packages"),
            "site.getsitepackages" => Value::list(vec![Value::text("/usr/lib/site-packages")]),
            "builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.sorted"
            | "builtins.dict" => first.clone().with(marks),
            "builtins.reversed" => reversed(first).with(marks),
            "builtins.map" => mapped(first, second).with(marks),
            "os.path.expanduser" | "os.path.expandvars" | "os.path.abspath"
            | "os.path.realpath" | "os.fspath" | "shlex.split" | "textwrap.dedent"
            | "inspect.cleandoc" | "pathlib.Path" | "shlex.quote" => {
                let home = matches!(text()?, "~" | "~/" | "$HOME" | "%USERPROFILE%");
                let home = if home { Marks::HOME } else { Marks::default() };
                let path = Value::text(text()?).with(marks | home);
                if name == "pathlib.Path" {
                    let said = path_marks(&path);
                    return Some(
                        Value::name("pathlib.Path()").with(of_path(marks | callee) | said),
                    );
                }
                path
            }
            "os.path.basename" | "posixpath.basename" | "ntpath.basename" => {
                let marks = marks.without(Marks::STARTUP | Marks::HOME);
                match text() {
                    Some(path) => Value::text(path.rsplit(['/', '\\']).next().unwrap_or(path)),
                    None => Value::default(),
                }
                .with(marks)
            }
            "os.environ.copy" | "os.environ.items" | "os.environb" => {
                Value::unknown(Marks::ENVIRONMENT)
            }
            "os.getenv" | "os.environ.get" | "os.environ.pop" | "os.environ.setdefault" => {
                Value::unknown(first.as_constant().map_or(Marks::default(), secret_variable))
            }
            "pathlib.Path.home" => Value::name("pathlib.Path()").with(Marks::HOME),
            "pathlib.Path.cwd" => Value::name("pathlib.Path()"),
            "pathlib.Path().expanduser" | "pathlib.Path().resolve" | "pathlib.Path().absolute" => {
                Value::name("pathlib.Path()")
            }
            "pathlib.Path().joinpath" | "pathlib.Path().with_name" => {
                let said = path_marks(first) | path_marks(second);
                Value::name("pathlib.Path()").with(of_path(marks) | said)
            }
            "contextlib.nullcontext" | "copy.copy" | "copy.deepcopy" | "builtins.iter" => {
                first.clone()
            }
            "typing.cast" => second.clone(),
            "builtins.next" => first.elements()?.first()?.clone(),
            "huggingface_hub.get_token"
            | "huggingface_hub.HfFolder.get_token"
            | "huggingface_hub.utils.get_token" => Value::unknown(Marks::SECRET),
            "huggingface_hub.snapshot_download" | "huggingface_hub.hf_hub_download" => {
                Value::unknown(Marks::HUB)
            }
            "keyring.get_password" | "keyring.get_credential" | "win32crypt.CryptUnprotectData" => {
                Value::unknown(Marks::SECRET | Marks::KEPT)
            }
            "browser_cookie3.load"
            | "browser_cookie3.chrome"
            | "browser_cookie3.firefox"
            | "browser_cookie3.edge" => Value::unknown(Marks::SECRET | Marks::KEPT),
            "winreg.OpenKey" | "winreg.CreateKey" | "winreg.CreateKeyEx" | "winreg.OpenKeyEx"
                if second.as_text().is_some_and(starts_programs) =>
            {
                Value::name("winreg.key()").with(Marks::STARTUP)
            }
            "socket.gethostname" | "getpass.getuser" | "os.getlogin" | "platform.node"
            | "os.uname" | "socket.getfqdn" | "uuid.getnode" => Value::unknown(Marks::HOST),
            "operator.attrgetter" | "operator.methodcaller" | "operator.itemgetter" => {
                Value::name(&format!("{name}({})", cut(text()?)))
            }
            "operator.methodcaller()"
                if first.as_name().is_some_and(|of| {
                    runs_programs(of) || matches!(of, "sys.modules[]" | "importlib.import_module()")
                }) =>
            {
                let fact = self.fact(Effect::Proxy, "os.exec…", marks, &[], at);
                self.tell(fact);
                return None;
            }
            _ if name.starts_with("operator.methodcaller(") => {
                let method = name.strip_prefix("operator.methodcaller(")?.strip_suffix(')')?;
                let method = method.to_owned();
                let value = self.reach(first.clone(), &method, Marks::PIECED);
                let called = value.as_name()?.to_owned();
                return Some(self.call_name(&called, value.marks, &[], at));
            }
            _ => {
                // `operator.attrgetter("system")(os)`
                let attribute = name
                    .strip_prefix("operator.attrgetter(")
                    .or_else(|| name.strip_prefix("operator.itemgetter("))?;
                let attribute = attribute.strip_suffix(')')?.to_owned();
                self.reach(first.clone(), &attribute, Marks::PIECED)
            }
        };
        // One setting is not the environment that holds it.
        let one = name.starts_with("os.environ.");
        Some(made.with(if one { callee.without(Marks::ENVIRONMENT) } else { callee }))
    }
}

/// What stands for any function of any module.
pub(super) const IMPORTED: &str = "imported.…";

/// What is known of a path, but how it was put together.
fn of_path(marks: Marks) -> Marks {
    marks.without(Marks::PIECED | Marks::DECODED | Marks::PARTIAL | Marks::ASKED)
}

/// What depends on all arguments.
pub(super) fn together(walk: &mut Walk<'_>, name: &str, all: &[Argument<'_>]) -> Option<Value> {
    let marks = all.iter().fold(Marks::default(), |marks, one| marks | one.value.marks);
    match name {
        "os.path.join" | "posixpath.join" => {
            let parts: Vec<&str> =
                all.iter().take(16).map(|one| one.value.as_text().unwrap_or("…")).collect();
            let said = all.iter().fold(Marks::default(), |said, one| said | path_marks(&one.value));
            let is_named = all.iter().skip(1).any(|one| one.value.as_text().is_some());
            let marks = if is_named { marks.without(Marks::HOME) } else { marks };
            Some(Value::text(&parts.join("/")).with(marks | said | Marks::PARTIAL))
        }
        "functools.reduce" => {
            let [function, names, from] = all else { return None };
            if function.value.as_name() != Some("builtins.getattr") {
                return None;
            }
            let names: Vec<String> = names
                .value
                .elements()?
                .iter()
                .take(16)
                .filter_map(|name| name.as_constant().map(str::to_owned))
                .collect();
            let from = from.value.clone();
            Some(names.iter().fold(from, |of, name| walk.reach(of, name, Marks::PIECED)))
        }
        "builtins.str.maketrans" | "builtins.bytes.maketrans" => table(all),
        "builtins.enumerate" => {
            let list = all.first()?.value.elements()?;
            let pair = |(place, value): (usize, &Value)| {
                Value::list(vec![Value::number(place as i64), value.clone()])
            };
            Some(Value::list(list.iter().take(4096).enumerate().map(pair).collect()))
        }
        "builtins.zip" => {
            let first: Option<Vec<Value>> =
                all.iter().map(|one| one.value.elements()?.first().cloned()).collect();
            Some(Value::list(vec![Value::list(first?)]))
        }
        _ => None,
    }
}

/// Whether a key of the registry is one whose values are started.
pub(super) fn starts_programs(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.contains("currentversion\\run") || key.contains("\\winlogon")
}

/// Whether a module or object holds what attacks call.
pub(super) fn is_rich(name: &str) -> bool {
    matches!(
        name,
        "os" | "subprocess"
            | "builtins"
            | "sys"
            | "posix"
            | "nt"
            | "pty"
            | "ctypes"
            | "importlib"
            | "shutil"
            | "socket"
            | "marshal"
    )
}

/// The marks of one variable of the environment.
pub(super) fn secret_variable(name: &str) -> Marks {
    let name = name.to_ascii_uppercase();
    let known = [
        "SECRET",
        "TOKEN",
        "PASSWORD",
        "PASSWD",
        "API_KEY",
        "ACCESS_KEY",
        "CREDENTIAL",
        "PRIVATE_KEY",
    ];
    if known.iter().any(|part| name.contains(part)) { Marks::SECRET } else { Marks::default() }
}

/// `bytes([…])` and `bytes(b"…")`.
fn bytes(value: &Value) -> Value {
    if let Some(bytes) = value.as_bytes() {
        return Value::bytes(bytes);
    }
    let Some(elements) = value.elements() else { return Value::unknown(value.marks) };
    let made: Option<Vec<u8>> = elements
        .iter()
        .map(|one| one.as_number().and_then(|number| u8::try_from(number).ok()))
        .collect();
    match made {
        Some(made) if !made.is_empty() => Value::bytes(&made).with(Marks::DECODED),
        _ => Value::default(),
    }
}

fn reversed(value: &Value) -> Value {
    match &value.shape {
        Shape::Text(text) => {
            let text: String = text.chars().rev().collect();
            Value::text(&text).with(Marks::DECODED)
        }
        Shape::List(list) => Value::list(list.iter().rev().cloned().collect()),
        _ => Value::unknown(value.marks),
    }
}

/// `map(chr, numbers)`
fn mapped(function: &Value, values: &Value) -> Value {
    if function.as_name() != Some("builtins.chr") {
        return Value::unknown(values.marks);
    }
    let chars: Option<Vec<Value>> = values.elements().map(|all| {
        all.iter()
            .filter_map(|one| char::from_u32(u32::try_from(one.as_number()?).ok()?))
            .map(|c| Value::text(c.encode_utf8(&mut [0; 4])))
            .collect()
    });
    chars.map_or_else(Value::default, Value::list).with(Marks::DECODED)
}

/// Whether nearly all that a module or object holds to be called runs programs
/// or code.
fn runs_programs(name: &str) -> bool {
    matches!(name, "os" | "subprocess" | "builtins" | "posix" | "nt" | "pty")
}
