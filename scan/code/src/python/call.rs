//! What names, attributes, items and calls of Python mean.

use std::rc::Rc;

use super::effect::{BUILTINS, Effect, effect};
use super::fact::{Fact, Place};
use super::walk::Walk;
use crate::shell::{self, Harm};
use crate::syntax::{Argument, Marks, Meaning, Shape, Value, decoder, method};

/// Bytes of a dotted name that are kept.
const LONGEST: usize = 200;

impl<'s> Meaning<'s> for Walk<'s> {
    fn name(&mut self, name: &'s str, _: usize) -> Value {
        if let Some(value) = self.scopes.find(name) {
            return value.clone();
        }
        if name == "__builtins__" || name == "__builtin__" {
            return Value::name("builtins");
        }
        let wide = wide(name);
        let name = wide.as_deref().unwrap_or(name);
        if let Some(star) =
            self.stars.iter().find(|star| effect(&format!("{star}.{name}")).is_some())
        {
            return Value::name(&format!("{star}.{name}"));
        }
        if BUILTINS.contains(&name) {
            return Value::name(&format!("builtins.{name}"));
        }
        Value::name(&format!("?{name}"))
    }

    fn attribute(&mut self, of: Value, name: &str, _: usize) -> Value {
        let wide = wide(name);
        self.reach(of, wide.as_deref().unwrap_or(name), Marks::default())
    }

    fn index(&mut self, of: Value, index: Value, _: usize) -> Value {
        let marks = of.marks | (index.marks.without(Marks::PIECED));
        match (&of.shape, index.as_constant(), index.as_number()) {
            (Shape::List(list), _, Some(place)) => {
                let place = if place < 0 { place + list.len() as i64 } else { place };
                let held = usize::try_from(place).ok().and_then(|place| list.get(place));
                return held.cloned().unwrap_or_default();
            }
            (Shape::Table(pairs), Some(_), _) | (Shape::Table(pairs), _, Some(_)) => {
                let held = pairs.chunks_exact(2).find(|pair| pair[0].shape == index.shape);
                return held.map(|pair| pair[1].clone()).unwrap_or_default();
            }
            (Shape::Text(text), _, Some(place)) => {
                let place = usize::try_from(place).ok();
                let c = place.and_then(|place| text.chars().nth(place));
                return c.map_or_else(Value::default, |c| {
                    Value::text(c.encode_utf8(&mut [0; 4])).with(Marks::PIECED | marks)
                });
            }
            (Shape::Bytes(bytes), _, Some(place)) => {
                let byte = usize::try_from(place).ok().and_then(|place| bytes.get(place));
                return byte.map_or_else(Value::default, |byte| Value::number(i64::from(*byte)));
            }
            _ => {}
        }
        let Some(name) = of.as_name() else { return Value::unknown(marks) };
        if let Some(key) = index.as_constant() {
            if let Some(value) = self.item(name, key) {
                return value.with(marks | index.marks);
            }
            if name == "os.environ" {
                return Value::unknown(secret_variable(key));
            }
        }
        let marks = if name == "os.environ" { marks.without(Marks::ENVIRONMENT) } else { marks };
        grown(name, "[]").with(marks)
    }

    fn call(&mut self, callee: Value, arguments: &[Argument<'s>], at: usize) -> Value {
        match &callee.shape {
            Shape::Bound(value, name) => self.bound_call(value, name, arguments),
            Shape::Name(name) => self.call_name(&name.clone(), callee.marks, arguments, at),
            Shape::Function(name, answer) => {
                self.take_call(name);
                let marks =
                    arguments.iter().fold(Marks::default(), |all, one| all | one.value.marks);
                // What a function of the text's own does with its arguments is
                // not followed, but what it makes of them may be them.
                answer.as_ref().clone().with(marks.without(Marks::PIECED | Marks::PARTIAL))
            }
            _ => {
                let marks = arguments.iter().fold(callee.marks, |all, one| all | one.value.marks);
                Value::unknown(marks.without(Marks::PIECED))
            }
        }
    }

    fn uses(&mut self, value: &Value, at: usize) {
        self.mention(value, at, false);
    }

    fn bind(&mut self, name: &'s str, value: Option<Value>) -> Option<Value> {
        self.scopes.bind(name, value)
    }

    fn replay(&mut self, tokens: usize) -> bool {
        let Some(left) = self.replays.checked_sub(tokens) else { return false };
        self.replays = left;
        self.replaying += 1;
        true
    }

    fn replayed(&mut self) {
        self.replaying -= 1;
    }
}

impl<'s> Walk<'s> {
    /// The attribute `name` of a value, however it is asked for.
    fn reach(&mut self, of: Value, name: &str, hidden: Marks) -> Value {
        let mut marks = of.marks | hidden;
        if matches!(name, "__base__" | "__bases__" | "__mro__") || name == "mro" {
            marks |= Marks::WALKED;
        }
        match &of.shape {
            Shape::Text(_) | Shape::Bytes(_) | Shape::List(_) | Shape::Table(_)
                if !name.starts_with("__") =>
            {
                Value { shape: Shape::Bound(of.clone().into(), name.into()), marks }
            }
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
            _ => Value::name(&format!("?.{name}")).with(marks),
        }
    }

    /// What `name[key]` is where the name holds modules or attributes.
    fn item(&mut self, name: &str, key: &str) -> Option<Value> {
        let hidden = Marks::PIECED;
        match name {
            "sys.modules" => return Some(Value::name(key).with(hidden)),
            "builtins.globals()" | "builtins.locals()" | "builtins.vars()" => {
                if key.starts_with("__builtin") {
                    return Some(Value::name("builtins").with(hidden));
                }
                if BUILTINS.contains(&key) {
                    return Some(Value::name(&format!("builtins.{key}")).with(hidden));
                }
                return self.scopes.find(key).cloned().map(|value| value.with(hidden));
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

    fn bound_call(&mut self, value: &Value, name: &str, arguments: &[Argument<'s>]) -> Value {
        if name == "get"
            && let Shape::Table(_) = value.shape
        {
            let key = arguments.first().map(|first| first.value.clone()).unwrap_or_default();
            return self.index(value.clone(), key, 0);
        }
        let length = value.as_bytes().map_or(0, <[u8]>::len);
        let Some(left) = self.allowance.checked_sub(length) else {
            return Value::unknown(value.marks);
        };
        self.allowance = left;
        method(value, name, arguments)
    }

    /// Calls what has this dotted name.
    pub(super) fn call_name(
        &mut self,
        name: &str,
        callee: Marks,
        arguments: &[Argument<'s>],
        at: usize,
    ) -> Value {
        let first = arguments.iter().find(|argument| argument.name.is_none());
        let first =
            first.or(arguments.first()).map(|first| first.value.clone()).unwrap_or_default();
        let second = arguments.get(1).map(|second| second.value.clone()).unwrap_or_default();
        let marks = arguments.iter().fold(Marks::default(), |all, one| all | one.value.marks);
        let codec = second.as_constant().map(str::to_owned);
        if let Some(plain) = decoder(name, &first, codec.as_deref()) {
            return plain;
        }
        if let Some(value) = self.special(name, callee, &first, &second, marks) {
            return value;
        }
        let Some(does) = effect(name) else {
            return self.plain_call(name, callee, marks);
        };
        let fact = self.fact(does, name, callee, arguments, at);
        if does == Effect::Execute
            && let Some(code) = first.as_text()
            && !first.marks.has(Marks::PARTIAL)
            && self.is_telling
            && self.found.inner.len() < 64
        {
            self.found.inner.push((code.into(), fact.clone()));
        }
        self.tell(fact);
        answer(does, name, &first, callee | marks)
    }

    /// Functions that hand on what they are given, or names.
    fn special(
        &mut self,
        name: &str,
        callee: Marks,
        first: &Value,
        second: &Value,
        marks: Marks,
    ) -> Option<Value> {
        let text = || first.as_constant();
        let hidden = |value: &Value| value.marks & (Marks::PIECED | Marks::DECODED);
        let made = match name {
            "builtins.getattr" | "builtins.object.__getattribute__" | "inspect.getattr_static" => {
                match second.as_constant() {
                    Some(attribute) => {
                        let marks = Marks::ASKED | hidden(second);
                        self.reach(first.clone(), &attribute.to_owned(), marks)
                    }
                    None if first.as_name().is_some_and(is_rich) => {
                        Value::name("?getattr").with(marks | Marks::PIECED)
                    }
                    None => Value::unknown(marks.without(Marks::PARTIAL)),
                }
            }
            "builtins.__import__"
            | "importlib.import_module"
            | "importlib.__import__"
            | "pkgutil.resolve_name" => {
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
                bytes(first).with(marks)
            }
            "builtins.str" | "builtins.repr" | "builtins.unicode" => {
                Value::text(first.as_text()?).with(marks)
            }
            "builtins.int" => match text().zip(second.as_number().or(Some(10))) {
                Some((digits, radix)) if (2..=36).contains(&radix) => Value::number(
                    i64::from_str_radix(digits.trim(), u32::try_from(radix).ok()?).ok()?,
                ),
                _ => first.clone(),
            },
            "builtins.list" | "builtins.tuple" | "builtins.set" | "builtins.sorted"
            | "builtins.dict" => first.clone().with(marks),
            "builtins.reversed" => reversed(first).with(marks),
            "builtins.map" => mapped(first, second).with(marks),
            "os.path.expanduser" | "os.path.expandvars" | "os.path.abspath"
            | "os.path.realpath" | "os.fspath" | "shlex.split" | "textwrap.dedent"
            | "inspect.cleandoc" | "pathlib.Path" | "shlex.quote" => {
                let path = Value::text(text()?).with(marks);
                if name == "pathlib.Path" {
                    let secret = if shell::is_secret(path.as_text()?) {
                        Marks::SECRET
                    } else {
                        Marks::default()
                    };
                    return Some(Value::name("pathlib.Path()").with(marks | secret));
                }
                path
            }
            "os.environ.copy" | "os.environ.items" | "os.environb" => {
                Value::unknown(Marks::ENVIRONMENT)
            }
            "os.getenv" | "os.environ.get" | "os.environ.pop" | "os.environ.setdefault" => {
                Value::unknown(first.as_constant().map_or(Marks::default(), secret_variable))
            }
            "os.path.join" | "posixpath.join" => {
                let part = |value: &Value| value.as_text().unwrap_or("…").to_owned();
                Value::text(&format!("{}/{}", part(first), part(second)))
                    .with(marks | Marks::PARTIAL)
            }
            "socket.gethostname" | "getpass.getuser" | "os.getlogin" | "platform.node"
            | "os.uname" | "socket.getfqdn" | "uuid.getnode" => Value::unknown(Marks::HOST),
            "operator.attrgetter" | "operator.methodcaller" | "operator.itemgetter" => {
                Value::name(&format!("{name}({})", crate::text::clip(text()?)))
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
        Some(made.with(callee))
    }

    /// Takes note of a call of a function or class of the text.
    fn take_call(&mut self, name: &str) {
        let unit = match (self.scopes.unit(), self.scopes.place()) {
            (None, Place::Import) => None,
            (None, _) => return,
            (unit, _) => unit,
        };
        if self.is_telling {
            self.found.called.insert((unit, name.into()));
        }
    }

    /// A call of something harmless or unknown.
    fn plain_call(&mut self, name: &str, callee: Marks, marks: Marks) -> Value {
        // A class or function of the text may be called before it is read.
        if let Some(function) = name.strip_prefix('?')
            && !function.contains('.')
        {
            self.take_call(function);
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        let mut marks = callee | marks.without(Marks::PIECED | Marks::PARTIAL);
        if name.starts_with("?.") && matches!(last, "translate") || is_cipher(name) {
            marks |= Marks::DECODED;
        }
        if matches!(last, "recv" | "recvfrom" | "makefile") && name.contains("socket") {
            marks |= Marks::DOWNLOADED;
        }
        if last == "__subclasses__" && marks.has(Marks::WALKED) {
            return Value::name("walk.__subclasses__()").with(marks);
        }
        if marks.has(Marks::DOWNLOADED | Marks::DECODED | Marks::SECRET | Marks::FILE) {
            return grown(name, "()").with(marks);
        }
        grown(name, "()").with(marks)
    }

    /// Takes note of a function with an effect that is handed on or imported.
    pub(super) fn mention(&mut self, value: &Value, at: usize, is_import: bool) {
        let Some(name) = value.as_name() else { return };
        if is_import || name.ends_with(')') {
            return;
        }
        let Some(does) = effect(name) else { return };
        let matters = matches!(
            does,
            Effect::Execute | Effect::Process | Effect::Bytecode | Effect::Memory | Effect::Install
        );
        // `__import__` and `open` are handed on for good reasons.
        if matters && !name.starts_with("types.") {
            let name = name.to_owned();
            let mut fact = self.fact(does, &name, value.marks, &[], at);
            fact.is_called = false;
            self.tell(fact);
        }
    }

    fn fact(
        &self,
        effect: Effect,
        name: &str,
        callee: Marks,
        arguments: &[Argument<'s>],
        at: usize,
    ) -> Fact {
        let named = |wanted: &[&str]| {
            arguments
                .iter()
                .find(|one| one.name.is_some_and(|name| wanted.contains(&name)))
                .map(|one| &one.value)
        };
        let positional: Vec<&Value> =
            arguments.iter().filter(|one| one.name.is_none()).map(|one| &one.value).collect();
        let first = positional
            .first()
            .copied()
            .or_else(|| named(&["args", "cmd", "command", "url", "file", "source", "object"]));
        let words = first.map(command);
        let mode = positional.get(1).copied().or_else(|| named(&["mode"])).and_then(Value::as_text);
        let writes = name.ends_with("write_text")
            || name.ends_with("write_bytes")
            || name.starts_with("shutil.")
            || mode.is_some_and(|mode| mode.len() < 5 && mode.contains(['w', 'a', 'x', '+']));
        let mut marks = arguments.iter().fold(Marks::default(), |all, one| all | one.value.marks);
        // Of code and commands, names and options are no part.
        if matches!(effect, Effect::Execute | Effect::Process | Effect::Bytecode | Effect::Unpickle)
        {
            marks = first.map(|first| first.marks).unwrap_or_default();
        }
        // Headers hold the keys that a service asks for.
        if let Some(headers) = named(&["headers", "auth", "env"]) {
            let rest = arguments
                .iter()
                .filter(|one| !matches!(one.name, Some("headers" | "auth" | "env")));
            marks = rest.fold(Marks::default(), |all, one| all | one.value.marks)
                | headers.marks.without(Marks::SECRET | Marks::ENVIRONMENT | Marks::HOST);
        }
        let redirects =
            positional.get(1).and_then(|to| to.as_number()).is_none_or(|to| (0..=2).contains(&to));
        let effect = if effect == Effect::Redirect && !redirects { Effect::Import } else { effect };
        let weights_only = named(&["weights_only"])
            .is_some_and(|value| value.as_name().is_none_or(|name| name != "?False"));
        let safe_yaml = name.starts_with("yaml.")
            && arguments.iter().any(|one| {
                one.value
                    .as_name()
                    .is_some_and(|name| name.contains("Safe") || name.contains("Base"))
            });
        let unpickles_safely = effect == Effect::Unpickle && (weights_only || safe_yaml);
        let harm = words.as_deref().and_then(|words| self.harm(effect, name, words, writes));
        Fact {
            effect: if unpickles_safely { Effect::Import } else { effect },
            at,
            place: self.scopes.place(),
            is_indirect: false,
            unit: self.scopes.unit(),
            name: name.trim_start_matches('?').into(),
            callee,
            marks,
            subject: words.map(|words| Rc::from(words.as_str())),
            is_called: true,
            harm,
            writes,
        }
    }

    fn harm(&self, effect: Effect, name: &str, words: &str, writes: bool) -> Option<Harm> {
        match effect {
            Effect::Process => shell::harm(words),
            Effect::Open if writes && shell::is_startup(words) => Some(Harm::Persist),
            Effect::Open if name != "os.open" && shell::is_secret(words) => Some(Harm::Secret),
            Effect::Remove => {
                let path = words.trim_end_matches('/');
                matches!(
                    path,
                    "" | "~"
                        | "/home"
                        | "/etc"
                        | "/usr"
                        | "/var"
                        | "C:\\"
                        | "c:\\"
                        | "C:"
                        | "/root"
                )
                .then_some(Harm::Destroy)
            }
            Effect::Fetch | Effect::Send | Effect::Connect if shell::is_odd_host(words) => {
                Some(Harm::Leak)
            }
            _ => None,
        }
    }
}

/// A name with more behind it; one that is too long is unknown.
fn grown(name: &str, more: &str) -> Value {
    if name.len() + more.len() > LONGEST {
        return Value::default();
    }
    Value::name(&format!("{name}{more}"))
}

/// A name without letters that only look different: Python reads `ｏｓ` as `os`.
fn wide(name: &str) -> Option<String> {
    if name.is_ascii() {
        return None;
    }
    let plain = |c: char| match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        // Mathematical letters: alphabets of 52 one after the other.
        code @ 0x1d400..=0x1d6a3 => {
            let letter = ((code - 0x1d400) % 52) as u8;
            char::from(if letter < 26 { b'A' + letter } else { b'a' + letter - 26 })
        }
        0x17f => 's',
        0xaa => 'a',
        0xba => 'o',
        0x2071 => 'i',
        0x207f => 'n',
        0x210e => 'h',
        0x212f => 'e',
        0x2134 => 'o',
        0x2139 => 'i',
        code @ 0x24d0..=0x24e9 => char::from(b'a' + (code - 0x24d0) as u8),
        _ => c,
    };
    Some(name.chars().map(plain).collect())
}

/// Whether a module or object holds what attacks call.
fn is_rich(name: &str) -> bool {
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
fn secret_variable(name: &str) -> Marks {
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

fn is_cipher(name: &str) -> bool {
    ["Fernet().decrypt", "AES.new().decrypt", "ARC4.new().decrypt", "ChaCha20.new().decrypt"]
        .iter()
        .any(|end| name.ends_with(end))
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

/// The words of a command: a string, or a list of them.
fn command(value: &Value) -> String {
    match value.elements() {
        Some(words) => {
            let words: Vec<&str> =
                words.iter().take(64).map(|word| word.as_text().unwrap_or("…")).collect();
            words.join(" ")
        }
        None => value.as_text().unwrap_or_default().to_owned(),
    }
}

/// What a function with an effect answers.
fn answer(effect: Effect, name: &str, first: &Value, marks: Marks) -> Value {
    let kept = marks
        & (Marks::DECODED | Marks::DOWNLOADED | Marks::ENVIRONMENT | Marks::SECRET | Marks::FILE);
    match effect {
        Effect::Execute if name == "builtins.compile" => first.clone().with(kept | Marks::COMPILED),
        Effect::Fetch | Effect::Send => grown(name, "()").with(Marks::DOWNLOADED),
        Effect::Open => {
            let path = first.as_text().unwrap_or_default();
            let secret = if shell::is_secret(path) { Marks::SECRET } else { Marks::default() };
            grown(name, "()").with(kept | secret | Marks::FILE)
        }
        Effect::Bytecode => Value::unknown(kept | Marks::COMPILED),
        _ => grown(name, "()").with(kept),
    }
}
