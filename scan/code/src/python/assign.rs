use super::walk::Walk;
use crate::syntax::{Kind, Token, Value};

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
            let (value, used) = self.evaluate(&tokens[at + 1..]);
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
                    self.scopes.bind(name.text, Some(Value::unknown(held.marks | value.marks)));
                }
            }
            _ => self.unpack(target, value),
        }
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
