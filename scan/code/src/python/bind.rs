//! Statements that bind names to parts of what they look at.

use super::walk::Walk;
use crate::syntax::{Evaluator, Kind, Marks, Shape, Token, Value};

/// Elements of a list that is put together by one statement after the other.
const GATHERED: usize = 256;

impl<'s> Walk<'s> {
    /// `for names in values:`
    pub(super) fn iteration(&mut self, tokens: &[Token<'s>]) -> usize {
        let Some(place) = tokens.iter().position(|token| token.is("in")) else { return 1 };
        let (values, used) = self.evaluate(&tokens[place + 1..]);
        let one = first_of(&values);
        let modules = values.as_name().is_some_and(|name| name.starts_with("sys.modules.items()"));
        let names: Vec<&Token<'_>> =
            tokens[1..place].iter().filter(|token| token.kind == Kind::Name).collect();
        for (at, name) in names.iter().enumerate() {
            let value = match &one {
                _ if modules => Value::name("sys.modules[]").with(values.marks),
                Some(element) if names.len() == 1 => element.clone().with(values.marks),
                Some(Value { shape: Shape::List(parts), .. }) if parts.len() == names.len() => {
                    parts[at].clone().with(values.marks)
                }
                Some(Value { shape: Shape::Name(name), marks }) if name.ends_with('…') => {
                    Value::name(name).with(*marks)
                }
                _ => Value::unknown(values.marks),
            };
            self.scopes.bind(name.text, Some(value));
        }
        place + 1 + used
    }

    /// `list.append(value)` and its like: the name holds the longer list.
    pub(super) fn gather(&mut self, tokens: &[Token<'s>]) {
        let [name, dot, method, open, ..] = tokens else { return };
        let adds = matches!(method.text, "append" | "extend" | "insert" | "appendleft" | "add");
        if name.kind != Kind::Name || !dot.is(".") || !open.is("(") || !adds {
            return;
        }
        let Some(Value { shape: Shape::List(held), marks }) = self.scopes.find(name.text).cloned()
        else {
            return;
        };
        if held.len() >= GATHERED {
            return;
        }
        let telling = std::mem::replace(&mut self.is_telling, false);
        let arguments = Evaluator::new(&tokens[3..]).arguments(self);
        self.is_telling = telling;
        let Some(last) = arguments.last() else { return };
        let more = match (method.text, last.value.elements()) {
            ("extend", Some(all)) => all.to_vec(),
            _ => vec![last.value.clone()],
        };
        let front = matches!(method.text, "insert" | "appendleft");
        let whole =
            if front { [&more[..], &held[..]].concat() } else { [&held[..], &more[..]].concat() };
        self.scopes.bind(name.text, Some(Value::list(whole).with(marks)));
    }

    /// `with value as name, …:` and `except Type as name:`
    pub(super) fn bound(&mut self, tokens: &[Token<'s>]) -> usize {
        let mut at = 1;
        // `with (a as b, c as d):` is read without its brackets.
        while at < tokens.len() {
            let before = at;
            let mut evaluator = Evaluator::new(&tokens[at..]);
            let value = evaluator.expression(self, 0);
            self.found.is_cut |= evaluator.is_too_deep;
            at += evaluator.place();
            if tokens.get(at).is_some_and(|token| token.is("as")) {
                if let Some(name) = tokens.get(at + 1).filter(|name| name.kind == Kind::Name) {
                    self.scopes.bind(name.text, Some(value));
                }
                at += 2;
            }
            if !tokens.get(at).is_some_and(|token| token.is(",")) && at > before {
                return at;
            }
            at += 1;
        }
        at
    }

    /// `case Class(attribute=name):` of a module or function.
    pub(super) fn case(&mut self, tokens: &[Token<'s>]) -> usize {
        let end = tokens.iter().position(|token| token.is(":")).unwrap_or(tokens.len());
        if let [_, name, colon, ..] = tokens
            && name.kind == Kind::Name
            && colon.is(":")
        {
            self.scopes.bind(name.text, Some(self.matched.clone()));
        }
        for triple in tokens[..end].windows(3) {
            if let [attribute, sign, name] = triple
                && sign.is("=")
                && name.kind == Kind::Name
            {
                let value = self.reach(self.matched.clone(), attribute.text, Marks::ASKED);
                self.scopes.bind(name.text, Some(value));
            }
        }
        end + 1
    }
}

/// What a loop sees first. Of all that a module holds, or all objects, it is
/// what attacks look for.
fn first_of(values: &Value) -> Option<Value> {
    if let Some(all) = values.elements() {
        return all.first().cloned();
    }
    let name = values.as_name()?;
    if name == "gc.get_objects()" || name == "sys.modules.values()" {
        return Some(Value::name("os.exec…").with(Marks::ASKED));
    }
    let of = name.strip_suffix(".items()").or_else(|| name.strip_suffix(".values()"))?;
    let of = of.trim_end_matches(".__dict__");
    matches!(of, "builtins" | "os" | "subprocess" | "posix" | "builtins.__dict__")
        .then(|| Value::name("os.exec…").with(Marks::ASKED))
}
