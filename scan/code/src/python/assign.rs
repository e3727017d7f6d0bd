use super::effect::{Effect, effect};
use super::special::is_rich;
use super::walk::Walk;
use crate::syntax::{Argument, Kind, Marks, Shape, Token, Value};

impl<'s> Walk<'s> {
    /// `a = b = value`, `a: type = value`, `a += value`, or an expression.
    pub(super) fn assignment(&mut self, tokens: &[Token<'s>]) -> usize {
        let (value, mut at) = self.evaluate(tokens);
        let mut last = (value, 0..at);
        let mut targets = Vec::new();
        let mut sign = "";
        while let Some(token) = tokens.get(at).filter(|token| is_assignment(token)) {
            let is_annotation = token.is(":");
            if is_annotation && !(targets.is_empty() && tokens[at..].len() > 1 && last.1.len() == 1)
            {
                break;
            }
            sign = token.text;
            let before = std::mem::replace(&mut self.annotating, is_annotation);
            let (value, used) = self.evaluate(&tokens[at + 1..]);
            self.annotating = before;
            // `typing.get_type_hints` evaluates it.
            if is_annotation && value.as_text().is_some() {
                let argument = Argument { value: value.clone(), ..Argument::default() };
                self.code_in_string("annotation", &[argument], token.at);
            }
            if used == 0 {
                at += 1;
                break;
            }
            // A type is no value.
            if !is_annotation {
                targets.push(last.1.clone());
                last = (value, at + 1..at + 1 + used);
            }
            at += 1 + used;
        }
        for target in targets {
            self.assign(&tokens[target], &last.0, sign);
        }
        at
    }

    fn assign(&mut self, target: &[Token<'s>], value: &Value, sign: &str) {
        match target {
            [name] if name.kind == Kind::Name => {
                let before = self.scopes.find(name.text).cloned();
                let value = match (sign, before) {
                    ("+=", Some(before)) => self.concatenate(before, value.clone()),
                    ("=", _) => value.clone(),
                    (_, before) => {
                        Value::unknown(value.marks | before.map(|b| b.marks).unwrap_or_default())
                    }
                };
                self.scopes.bind(name.text, Some(value));
            }
            // An item: what holds it is known by its marks from now on, unless
            // it is a module or function.
            [name, open, ..] if name.kind == Kind::Name && open.is("[") => {
                let held = self.scopes.find(name.text).cloned().unwrap_or_default();
                if held.as_name().is_none() {
                    // One sign in a table of many makes no text.
                    let fixed = target.get(2).is_some_and(|key| key.kind != Kind::Name);
                    let sign = matches!(value.shape, Shape::Unknown) && !fixed;
                    let hidden = if sign { Marks::DECODED } else { Marks::default() };
                    let marks = held.marks | value.marks.without(hidden);
                    self.scopes.bind(name.text, Some(Value::unknown(marks)));
                }
            }
            [name, .., dot, field] if name.kind == Kind::Name && is_dotted(target) => {
                let inner = &target[1..target.len() - 2];
                let more: String = inner.iter().map(|token| token.text).collect();
                debug_assert!(dot.is("."));
                self.assign_field(name.text, &more, field, value);
            }
            [os, dot, environ, open, key, _]
                if dot.is(".") && environ.is("environ") && open.is("[") =>
            {
                let os = self.scopes.find(os.text).and_then(Value::as_name);
                let variable = key.text.trim_matches(['"', '\'']);
                if os == Some("os") && redirects(variable, value) {
                    self.replaces(&format!("os.environ[{variable}]"), key.at);
                }
            }
            _ => self.unpack(target, value),
        }
    }

    /// `object.field = value`
    fn assign_field(&mut self, object: &'s str, more: &str, field: &Token<'s>, value: &Value) {
        let of = self.scopes.find(object).and_then(Value::as_name).unwrap_or_default().to_owned();
        let path = format!("{of}{more}.{}", field.text);
        if is_guard(&path) {
            self.replaces(&path, field.at);
        }
        let of = if more.is_empty() { &*of } else { "" };
        let weighty = ["open", "exec", "eval", "__import__", "compile", "getattr"];
        if of == "builtins" && weighty.contains(&field.text) {
            self.replaces(&format!("builtins.{} =", field.text), field.at);
        }
        let weighs = value.as_name().is_some_and(|name| is_rich(name) || effect(name).is_some());
        if weighs && self.fields.len() < 4096 {
            self.fields.insert(field.text.to_owned(), value.clone());
        }
    }

    /// Takes note of variables of the environment that lead elsewhere, as a table
    /// or as a name and a value.
    pub(super) fn take_environment(&mut self, arguments: &[Argument<'s>], at: usize) {
        let pairs: Vec<(String, Value)> = match arguments {
            [Argument { value: Value { shape: Shape::Table(pairs), .. }, .. }] => pairs
                .chunks_exact(2)
                .filter_map(|pair| Some((pair[0].as_text()?.to_owned(), pair[1].clone())))
                .collect(),
            [key, value] if key.name.is_none() => {
                let key = key.value.as_text().map(str::to_owned);
                key.map(|key| (key, value.value.clone())).into_iter().collect()
            }
            named => named
                .iter()
                .filter_map(|one| Some((one.name?.to_owned(), one.value.clone())))
                .collect(),
        };
        for (variable, value) in pairs {
            if redirects(&variable, &value) {
                self.replaces(&format!("os.environ[{variable}]"), at);
            }
        }
    }

    /// Takes note of something else in the place of a function.
    pub(super) fn replaces(&mut self, path: &str, at: usize) {
        let fact = self.fact(Effect::Replace, path, Marks::default(), &[], at);
        self.tell(fact);
    }

    /// `a, (b, c) = value`: single names get the elements.
    fn unpack(&mut self, target: &[Token<'s>], value: &Value) {
        let trim =
            |token: &Token<'_>| token.is("(") || token.is(")") || token.is("[") || token.is("]");
        let parts = target.split(|token| token.is(","));
        for (place, part) in parts.enumerate() {
            let names: Vec<&Token<'_>> =
                part.iter().filter(|token| !trim(token) && !token.is("*")).collect();
            if let [name] = names[..]
                && name.kind == Kind::Name
            {
                let one = value.elements().and_then(|all| all.get(place).cloned());
                self.scopes.bind(name.text, Some(one.unwrap_or(Value::unknown(value.marks))));
            }
        }
    }

    fn concatenate(&mut self, left: Value, right: Value) -> Value {
        let length = left.as_text().map_or(0, str::len) + right.as_text().map_or(0, str::len);
        match self.allowance.checked_sub(length) {
            Some(left_over) => {
                self.allowance = left_over;
                crate::syntax::concatenate(left, right)
            }
            None => Value::unknown(left.marks | right.marks),
        }
    }
}

/// Whether a dotted name is one that keeps loaders from running what they load.
pub(super) fn is_guard(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    let known = matches!(
        last,
        "resolve_trust_remote_code"
            | "check_torch_load_is_safe"
            | "_weights_only_unpickler"
            | "find_class"
            | "check_imports"
    );
    known && path.contains('.')
        || path.starts_with("safetensors.") && matches!(last, "load_file" | "load" | "safe_open")
        || path.starts_with("pickle.")
            && matches!(last, "load" | "loads" | "Unpickler" | "_Unpickler")
        || path.starts_with("hashlib.") && matches!(last, "sha256" | "md5" | "new")
        || path.starts_with("hmac.") && last == "compare_digest"
}

/// Whether a target is names with dots between them.
fn is_dotted(target: &[Token<'_>]) -> bool {
    target.len() >= 3
        && target.len() % 2 == 1
        && target.iter().enumerate().all(|(place, token)| match place % 2 {
            0 => token.kind == Kind::Name,
            _ => token.is("."),
        })
}

/// Whether a variable of the environment decides where code comes from.
fn redirects(variable: &str, value: &Value) -> bool {
    let text = value.as_text().unwrap_or_default();
    let serves = matches!(
        variable,
        "OPENAI_BASE_URL" | "OPENAI_API_BASE" | "ANTHROPIC_BASE_URL" | "AZURE_OPENAI_ENDPOINT"
    );
    let leads = text.contains("://") && !crate::shell::is_own_host(text);
    if serves || matches!(variable, "CURL_CA_BUNDLE" | "REQUESTS_CA_BUNDLE" | "SSL_CERT_FILE") {
        return leads;
    }
    let mirror = text.contains("hf-mirror.com") || crate::shell::is_own_host(text);
    !mirror
        && matches!(
            variable,
            "HF_ENDPOINT"
                | "LD_PRELOAD"
                | "PYTHONSTARTUP"
                | "PIP_INDEX_URL"
                | "PIP_EXTRA_INDEX_URL"
                | "HTTP_PROXY"
                | "HTTPS_PROXY"
                | "http_proxy"
                | "https_proxy"
                | "BASH_ENV"
                | "ALL_PROXY"
                | "UV_INDEX_URL"
                | "UV_DEFAULT_INDEX"
                | "GIT_SSH_COMMAND"
                | "GIT_PROXY_COMMAND"
        )
}

fn is_assignment(token: &Token<'_>) -> bool {
    token.kind == Kind::Sign
        && matches!(
            token.text,
            "=" | ":"
                | "+="
                | "-="
                | "*="
                | "/="
                | "//="
                | "%="
                | "**="
                | ">>="
                | "<<="
                | "&="
                | "^="
                | "|="
                | "@="
        )
}
