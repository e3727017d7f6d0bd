//! Functions and classes, and what decorates them.

use std::rc::Rc;

use super::walk::Walk;
use crate::syntax::{Argument, Evaluator, Kind, Meaning, Token};

impl<'s> Walk<'s> {
    /// `def name(parameters) -> type:`; defaults run where the function is made.
    pub(super) fn definition(&mut self, tokens: &[Token<'s>], indent: usize) -> usize {
        let name = tokens.get(1).map_or("", |token| token.text);
        if std::mem::take(&mut self.deferring) {
            self.found.deferred.insert(name.into());
        }
        let mut parameters = Vec::new();
        let mut at = 2;
        // Parameters of types come before those of values.
        if tokens.get(at).is_some_and(|token| token.is("[")) {
            at += self.evaluate(&tokens[at..]).1;
        }
        if tokens.get(at).is_some_and(|token| token.is("(")) {
            at += 1;
        }
        while let Some(token) = tokens.get(at).filter(|token| !token.is(")")) {
            at += 1;
            match token.text {
                ":" => at += self.kind(&tokens[at..]),
                "=" => at += self.one(&tokens[at..]),
                _ if token.kind == Kind::Name => parameters.push(token.text),
                _ => {}
            }
        }
        at += 1;
        if tokens.get(at).is_some_and(|token| token.is("->")) {
            at += 1 + self.kind(&tokens[at + 1..]);
        }
        // What a class is called with, its constructor gets behind `self`.
        let maker = self.scopes.unit().filter(|_| name == "__init__");
        let (called, skipped) = maker.map_or_else(|| (name.into(), 0), |class| (class, 1));
        self.scopes.begin(name, true, indent);
        for (place, parameter) in parameters.into_iter().enumerate() {
            let handed = place
                .checked_sub(skipped)
                .and_then(|place| self.handed.get(&(Rc::clone(&called), place)));
            self.scopes.bind(parameter, Some(handed.cloned().unwrap_or_default()));
        }
        at + usize::from(tokens.get(at).is_some_and(|token| token.is(":")))
    }

    /// `@value`, which is called with what follows.
    pub(super) fn decorator(&mut self, tokens: &[Token<'s>]) -> usize {
        let (value, used) = self.evaluate(&tokens[1..]);
        let name = value.as_name().unwrap_or_default().trim_end_matches("()").trim_matches('?');
        let last = name.rsplit('.').next().unwrap_or(name);
        const LATER: &[&str] = &["task", "step", "op", "asset", "component", "virtualenv"];
        self.deferring |= LATER.contains(&last);
        self.call(value, &[Argument::default()], tokens[0].at);
        1 + used
    }

    /// A type, which is no use of what it names.
    fn kind(&mut self, tokens: &[Token<'s>]) -> usize {
        let before = std::mem::replace(&mut self.annotating, true);
        let used = self.one(tokens);
        self.annotating = before;
        used
    }

    pub(super) fn class(&mut self, tokens: &[Token<'s>], indent: usize) -> usize {
        let name = tokens.get(1).map_or("", |token| token.text);
        let mut at = 2;
        if tokens.get(at).is_some_and(|token| token.is("(")) {
            let mut depth = 0;
            for token in &tokens[at..] {
                match token.text {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    text if token.kind == Kind::Name
                        && depth == 1
                        && self.found.bases.len() < 4096 =>
                    {
                        self.found.bases.insert(text.to_owned());
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            let mut evaluator = Evaluator::new(&tokens[at..]);
            evaluator.arguments(self);
            self.found.is_cut |= evaluator.is_too_deep;
            at += evaluator.place();
        }
        self.found.bases.insert(format!("={name}"));
        self.scopes.begin(name, false, indent);
        at + usize::from(tokens.get(at).is_some_and(|token| token.is(":")))
    }
}
