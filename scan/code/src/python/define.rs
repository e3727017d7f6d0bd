//! Functions and classes, and what decorates them.

use std::rc::Rc;

use super::walk::Walk;
use crate::syntax::{Argument, Evaluator, Kind, Meaning, Token, Value};

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
                _ if token.kind == Kind::Name => {
                    let rest = at >= 2 && tokens[at - 2].is("*");
                    parameters.push((token.text, rest));
                }
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
        let is_now = self.runs_now(name);
        self.scopes.begin(name, true, indent);
        if is_now {
            self.scopes.run_now();
        }
        for (place, (parameter, rest)) in parameters.into_iter().enumerate() {
            let given = |place: usize| {
                let place = place.checked_sub(skipped)?;
                self.handed.get(&(Rc::clone(&called), place)).cloned()
            };
            let value = match rest {
                true => Value::list((place..place + 16).map_while(given).collect()),
                false => given(place).unwrap_or_default(),
            };
            self.scopes.bind(parameter, Some(value));
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
        let mut evaluator = Evaluator::new(tokens);
        let value = evaluator.expression(self, 0);
        self.found.is_cut |= evaluator.is_too_deep;
        self.annotating = before;
        // `typing.get_type_hints` evaluates it.
        if value.as_text().is_some()
            && let Some(first) = tokens.first()
        {
            let argument = Argument { value, ..Argument::default() };
            self.code_in_string("annotation", &[argument], first.at);
        }
        evaluator.place()
    }

    /// Whether Python calls a method while the class, or what is derived of it,
    /// is made, or the module is asked for a name.
    fn runs_now(&self, name: &str) -> bool {
        let unit = self.scopes.unit();
        match name {
            "__set_name__" | "__init_subclass__" | "__class_getitem__" | "__prepare__"
            | "__mro_entries__" => true,
            "__getattr__" | "__dir__" => unit.is_none(),
            "__new__" | "__init__" | "__call__" => {
                unit.is_some_and(|unit| self.metaclasses.contains(&unit))
            }
            _ => false,
        }
    }

    /// Takes note of what a class is by what it is derived from.
    fn take_bases(&mut self, name: &str, bases: &[Argument<'s>]) {
        for base in bases.iter().filter_map(|base| base.value.as_name()) {
            if base == "builtins.type" {
                self.metaclasses.insert(name.into());
            }
            let command = ["setuptools.command.", "setuptools.Command", "distutils.command."];
            if command.iter().any(|begin| base.starts_with(begin)) || base.contains("bdist_wheel") {
                self.found.commands.insert(name.into());
            }
        }
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
            let bases = evaluator.arguments(self);
            self.take_bases(name, &bases);
            self.found.is_cut |= evaluator.is_too_deep;
            at += evaluator.place();
        }
        self.found.bases.insert(format!("={name}"));
        self.scopes.begin(name, false, indent);
        at + usize::from(tokens.get(at).is_some_and(|token| token.is(":")))
    }
}
