//! What names, attributes, items and calls of Python mean.

use super::attribute::grown;
use super::effect::{BUILTINS, Effect, effect};
use super::record::answer;
use super::special::{IMPORTED, is_rich, secret_variable, together};
use super::walk::Walk;
use crate::syntax::{Argument, Marks, Meaning, Shape, Value, decoder, method, wide};

impl<'s> Meaning<'s> for Walk<'s> {
    fn name(&mut self, name: &'s str, _: usize) -> Value {
        if let Some(value) = self.scopes.find(name) {
            return value.clone();
        }
        if name == "__builtins__" || name == "__builtin__" {
            return Value::name("builtins");
        }
        let plain = wide(name);
        let name = &*plain;
        if let Some(star) =
            self.stars.iter().find(|star| effect(&format!("{star}.{name}")).is_some())
        {
            return Value::name(&format!("{star}.{name}"));
        }
        if name == "get_ipython" {
            return Value::name(name);
        }
        if BUILTINS.contains(&name) {
            return Value::name(&format!("builtins.{name}"));
        }
        // What is imported in a way that is not seen.
        if is_rich(name) {
            return Value::name(name);
        }
        Value::name(&format!("?{name}"))
    }

    fn attribute(&mut self, of: Value, name: &str, _: usize) -> Value {
        self.reach(of, &wide(name), Marks::default())
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
        if name == "builtins.__import__().__dict__" {
            return Value::name("os.exec…").with(marks | Marks::ASKED);
        }
        let marks = if name == "os.environ" { marks.without(Marks::ENVIRONMENT) } else { marks };
        grown(name, "[]").with(marks)
    }

    fn call(&mut self, callee: Value, arguments: &[Argument<'s>], at: usize) -> Value {
        self.take_handed(&callee, arguments, at);
        self.take_started(&callee, arguments);
        match &callee.shape {
            Shape::Bound(value, name) => self.bound_call(value, name, arguments),
            Shape::Name(name) => self.call_name(&name.clone(), callee.marks, arguments, at),
            Shape::Function(name, answer) => {
                if &**name == "lambda" {
                    self.handed_module(arguments, at);
                }
                self.hand(name, arguments);
                self.take_call(name);
                // It answers what two texts name.
                if answer.as_name() == Some(IMPORTED)
                    && let [module, attribute, ..] = arguments
                    && let (Some(module), Some(attribute)) =
                        (module.value.as_constant(), attribute.value.as_constant())
                {
                    let attribute = attribute.to_owned();
                    return self.reach(Value::name(module), &attribute, Marks::PIECED);
                }
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

    fn spend(&mut self, bytes: usize) -> bool {
        self.allowance = self.allowance.saturating_sub(bytes);
        self.found.is_cut |= self.allowance == 0;
        self.allowance > 0
    }
}

impl<'s> Walk<'s> {
    /// Takes note of modules, functions and their names that a function or class
    /// of the text is called with.
    fn hand(&mut self, name: &str, arguments: &[Argument<'s>]) {
        for (place, one) in arguments.iter().enumerate().filter(|(_, one)| one.name.is_none()) {
            if self.handed.len() >= 4096 {
                return;
            }
            let weighs = match &one.value.shape {
                Shape::Name(path) => is_rich(path) || effect(path).is_some(),
                Shape::Text(text) => {
                    text.len() < 40
                        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                }
                _ => false,
            };
            if weighs {
                self.handed.insert((name.into(), place), one.value.clone());
            }
        }
    }

    /// Takes note of a module that a function without a name is called with,
    /// which reaches into it unseen: `(lambda m: m.system(…))(os)`.
    fn handed_module(&mut self, arguments: &[Argument<'s>], at: usize) {
        let module = arguments.iter().filter_map(|one| one.value.as_name()).find(|name| {
            matches!(*name, "os" | "subprocess" | "builtins" | "posix" | "nt" | "pty" | "ctypes")
        });
        if let Some(module) = module.map(str::to_owned) {
            let fact = self.fact(Effect::Process, &format!("{module}.…"), Marks::PIECED, &[], at);
            self.tell(fact);
        }
    }

    fn bound_call(&mut self, value: &Value, name: &str, arguments: &[Argument<'s>]) -> Value {
        if let ("values" | "items", Shape::Table(pairs)) = (name, &value.shape) {
            let one = |pair: &[Value]| match name {
                "values" => pair[1].clone(),
                _ => Value::list(pair.to_vec()),
            };
            return Value::list(pairs.chunks_exact(2).map(one).collect()).with(value.marks);
        }
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
        self.take_odd_call(name, callee, arguments, at);
        if let Some(value) = together(self, name, arguments) {
            return value.with(callee);
        }
        if let Some(value) = self.special(name, callee, &first, &second, marks, at) {
            return value;
        }
        if let Some(value) = self.asked(name, &first) {
            return value.with(callee);
        }
        if name == IMPORTED && marks.has(Marks::DECODED) {
            let fact = self.fact(Effect::Execute, name, Marks::PIECED | callee, arguments, at);
            self.tell(fact);
        }
        let does = effect(name).or_else(|| trusts(name, arguments).then_some(Effect::Foreign));
        let Some(does) = does else {
            self.code_in_string(name, arguments, at);
            return self.plain_call(name, callee, marks, arguments, at);
        };
        let fact = self.fact(does, name, callee, arguments, at);
        if does == Effect::Execute
            && let Some(code) = first.as_text()
            && !first.marks.has(Marks::PARTIAL)
        {
            self.take_code(code.into(), fact.clone());
        }
        self.tell(fact);
        answer(does, name, &first, callee | marks)
    }

    /// A call of something harmless or unknown.
    fn plain_call(
        &mut self,
        name: &str,
        callee: Marks,
        marks: Marks,
        arguments: &[Argument<'s>],
        at: usize,
    ) -> Value {
        if let "builtins.locals().update" | "builtins.globals().update" = name
            && let Some(module) = arguments.first().and_then(|one| one.value.as_name())
            && let Some(module) = module.strip_suffix(".__dict__")
        {
            self.stars.push(module.to_owned());
        }
        // A class or function of the text may be called before it is read.
        if let Some(function) = name.strip_prefix('?')
            && !function.contains('.')
        {
            self.hand(function, arguments);
            self.take_call(function);
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        if last == "encrypt" {
            self.found.encrypting.insert(self.scopes.unit());
        }
        // What is put into a text does not hide the text.
        let marks = if last == "replace" { Marks::default() } else { marks };
        let mut marks = callee | marks.without(Marks::PIECED | Marks::PARTIAL);
        if name.starts_with("?.") && matches!(last, "translate") || is_cipher(name) {
            marks |= Marks::DECODED;
        }
        if matches!(last, "recv" | "recvfrom" | "makefile") && name.contains("socket") {
            marks |= Marks::DOWNLOADED;
        }
        if last == "__subclasses__" && marks.has(Marks::WALKED) {
            let fact = self.fact(Effect::Walk, name, marks, &[], at);
            self.tell(fact);
            return Value::name("walk.__subclasses__()").with(marks);
        }
        if marks.has(Marks::DOWNLOADED | Marks::DECODED | Marks::SECRET | Marks::FILE) {
            return grown(name, "()").with(marks);
        }
        grown(name, "()").with(marks)
    }
}

/// Whether a model is loaded with the code of its repository.
fn trusts(name: &str, arguments: &[Argument<'_>]) -> bool {
    let trusts = |one: &Argument<'_>| {
        one.name == Some("trust_remote_code") && one.value.as_name() == Some("?True")
    };
    (name.ends_with(".from_pretrained")
        || name.ends_with("pipeline")
        || name == "datasets.load_dataset")
        && arguments.iter().any(trusts)
}

fn is_cipher(name: &str) -> bool {
    ["Fernet().decrypt", "AES.new().decrypt", "ARC4.new().decrypt", "ChaCha20.new().decrypt"]
        .iter()
        .any(|end| name.ends_with(end))
}
