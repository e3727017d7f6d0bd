use nix_ai_model_scan_names::{Combinator, Family, Tier};
use nix_ai_model_scan_walk::Level;

use super::arguments::Suspicion;
use super::deed::deed;
use super::remote;
use super::verdict::Told;
use crate::machine::{At, Machine, Shape};
use crate::rules;
use crate::text;
use crate::trial::{self, Guess};
use crate::value::{Kind, Value};

/// Calls within calls that are followed.
const DEPTH: u8 = 12;

/// How something is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Like any function.
    Function,
    /// As a class of which an object is made.
    Class,
}

impl Machine<'_> {
    /// What a call gives, as far as that is followed.
    pub(crate) fn call(
        &mut self,
        function: Value,
        arguments: Value,
        how: How,
        at: At<'_>,
    ) -> Value {
        self.refuel();
        self.call_at(function, arguments, how, at, DEPTH)
    }

    /// The same within another call.
    pub(crate) fn call_at(
        &mut self,
        function: Value,
        arguments: Value,
        how: How,
        at: At<'_>,
        depth: u8,
    ) -> Value {
        let Some(depth) = depth.checked_sub(1) else {
            return self.hidden_call("calls are nested too deep", at);
        };
        let is_inner = depth + 1 < DEPTH || function.index().is_some();
        if is_inner && !self.burn(1) {
            return self.hidden_call("there are too many calls within calls", at);
        }
        match function.kind() {
            Kind::Name(number) => self.call_name(number, arguments, how, at, depth),
            Kind::Node(_) => self.call_node(function, arguments, at, depth),
            Kind::Instance(_) if self.is_class_of_code(function) => function,
            Kind::Instance(_) => {
                let shown = self.shown(function, at);
                self.hidden_call(&format!("what another call made ({shown}) is called"), at)
            }
            Kind::Lost => self.hidden_call("what is called was computed", at),
            // No loader goes on from such a call.
            _ => Value::LOST,
        }
    }

    pub(super) fn hidden_call(&mut self, why: &str, at: At<'_>) -> Value {
        let message = || format!("it makes a call: {why}");
        self.verdicts.other(&rules::HIDDEN_CALL, at.offset, message);
        Value::LOST
    }

    fn call_node(&mut self, function: Value, arguments: Value, at: At<'_>, depth: u8) -> Value {
        let Some(node) = self.arena.get(function) else { return Value::LOST };
        let (shape, held) = (node.shape, node.items.to_vec());
        let first = self.items_of(arguments).and_then(|(items, _)| items.first().copied());
        let first = first.unwrap_or(Value::LOST);
        match (shape, held.as_slice()) {
            (Shape::Partial, [function, bound, ..]) => {
                let arguments = self.joined(*bound, arguments);
                self.call_at(*function, arguments, How::Function, at, depth)
            }
            (Shape::Attributes, paths) => {
                let got = paths.iter().map(|path| self.attribute_path(first, *path, at));
                let got: Vec<Value> = got.collect();
                if let [one] = got[..] { one } else { self.tuple(&got) }
            }
            (Shape::Items, keys) => {
                let got: Vec<Value> = keys.iter().map(|key| self.item(first, *key, at)).collect();
                if let [one] = got[..] { one } else { self.tuple(&got) }
            }
            (Shape::Method, [name, rest @ ..]) => {
                let method = self.attribute(first, *name, at);
                let arguments = self.tuple(rest);
                self.call_at(method, arguments, How::Function, at, depth)
            }
            (Shape::Made, _) => {
                let shown = self.shown(function, at);
                self.hidden_call(&format!("what another call made ({shown}) is called"), at)
            }
            _ => Value::LOST,
        }
    }

    /// Arguments after others; lost where either is.
    fn joined(&mut self, first: Value, rest: Value) -> Value {
        match (self.items_of(first), self.items_of(rest)) {
            (Some((first, true)), Some((rest, true))) => self.tuple(&[first, rest].concat()),
            (Some((first, _)), _) => self.arena.add(Shape::Tuple, &first, true),
            _ => Value::LOST,
        }
    }

    fn call_name(
        &mut self,
        number: u32,
        arguments: Value,
        how: How,
        at: At<'_>,
        depth: u8,
    ) -> Value {
        let Some(name) = self.names.get(number) else { return Value::LOST };
        let (tier, fold) = (name.tier, name.fold);
        self.has_called = true;
        match tier {
            Tier::Dangerous(family) => self.judge_dangerous(number, family, arguments, at),
            // What has no constructor but `__new__` is made by that as a class too.
            Tier::ByArguments(Combinator::Constructor(family))
                if how == How::Function || &*name.name == "memmap" =>
            {
                self.judge_dangerous(number, family, arguments, at);
            }
            _ => self.judge_cost(number, arguments, at),
        }
        if let Some(made) = fold.and_then(|fold| self.folded(fold, number, arguments, at, depth)) {
            return made;
        }
        match tier {
            Tier::Unknown(_) => self.judge_unknown(number, arguments, how, at),
            Tier::ByArguments(combinator) => {
                return self.combined(number, combinator, arguments, at, depth);
            }
            _ => {}
        }
        Value::instance(number)
    }

    pub(super) fn judge_dangerous(
        &mut self,
        number: u32,
        family: Family,
        arguments: Value,
        at: At<'_>,
    ) {
        let level = if super::is_code(family) { Level::Critical } else { Level::High };
        let Some(name) = self.names.get(number) else { return };
        let deed = deed(family, &name.name);
        self.judge_call(number, level, &rules::DANGEROUS_CALL, arguments, deed, at);
    }

    fn judge_unknown(&mut self, number: u32, arguments: Value, how: How, at: At<'_>) {
        if !self.verdicts.is_news(number, Level::High) {
            return;
        }
        let Some(name) = self.names.get(number) else { return };
        if let Some(why) = remote::deed(&name.name) {
            return self.judge_call(
                number,
                Level::High,
                &rules::SUSPICIOUS_CALL,
                arguments,
                why,
                at,
            );
        }
        if name.module.starts_with("sympy.functions") && self.has_text(arguments) {
            let why = "reads a text that it is given as an expression";
            let rule = &rules::SUSPICIOUS_CALL;
            return self.judge_call(number, Level::High, rule, arguments, why, at);
        }
        // Objects are made of any text: of them only code is too much.
        let last = name.name.rsplit('.').next().unwrap_or_default();
        let is_function = how == How::Function
            && last.trim_start_matches('_').starts_with(|first: char| first.is_lowercase());
        // Further ones are told once, not looked at.
        if !self.burn(1) {
            self.hidden_call("there are too many to look at what they are given", at);
            return;
        }
        let suspicion = self.suspicion(arguments, is_function, at);
        if let Some(Suspicion(what)) = suspicion {
            let why = format!("is not known, and is given {what}");
            self.judge_call(number, Level::High, &rules::SUSPICIOUS_CALL, arguments, &why, at);
        }
    }

    fn has_text(&self, arguments: Value) -> bool {
        let items = self.items_of(arguments).map(|(items, _)| items).unwrap_or_default();
        items.iter().any(|item| matches!(item.kind(), Kind::Text(_) | Kind::Made(_)))
    }

    fn judge_call(
        &mut self,
        number: u32,
        level: Level,
        rule: &'static nix_ai_model_scan_walk::Rule,
        arguments: Value,
        what: &str,
        at: At<'_>,
    ) {
        if !self.verdicts.is_news_of_call(number, level) {
            return;
        }
        let path = self.names.get(number).map(|name| name.path()).unwrap_or_default();
        let message =
            format!("it calls \"{path}\"{}, which {what}", self.call_shown(arguments, at));
        self.verdicts.of_call(number, Told { rule, level, offset: at.offset, message });
    }

    /// A function that reaches an attribute or an item is made: it is as bad as
    /// that is, and as what it will be called with, which is judged then.
    pub(super) fn judge_getter(
        &mut self,
        number: u32,
        names: &[Value],
        arguments: Value,
        at: At<'_>,
    ) {
        let is_plain = |machine: &mut Self, name: &Value| match name.kind() {
            Kind::Int(_) | Kind::None | Kind::Instance(_) => true,
            _ => machine.read(*name, at).is_some_and(|name| {
                let tier = machine.names.tier_of("object", &text::lossy(&name));
                !matches!(tier, Tier::Dangerous(_))
            }),
        };
        if !names.iter().all(|name| is_plain(self, name)) {
            self.judge_dangerous(number, Family::Access, arguments, at);
        }
    }

    /// Bytes are loaded that no reader takes for what the function loads.
    pub(super) fn judge_nested(&mut self, number: u32, arguments: Value, at: At<'_>) {
        let head = self.nested.last().and_then(|nested| nested.head(self.view));
        let is_known = head.is_some_and(|head| {
            head.starts_with(b"PK")
                || head.get(257..262) == Some(b"ustar")
                || trial::guess(&head, None) != Guess::No
        });
        if !is_known {
            self.judge_dangerous(number, Family::Deserialiser, arguments, at);
        }
    }

    /// A call whose arguments decide, and that could not be followed.
    fn combined(
        &mut self,
        number: u32,
        combinator: Combinator,
        arguments: Value,
        at: At<'_>,
        depth: u8,
    ) -> Value {
        use Combinator::{
            Attribute, AttributeGetter, Call, Code, Item, ItemGetter, Method, Nested, TypeByName,
        };
        match combinator {
            Code => {
                self.judge_dangerous(number, Family::Making, arguments, at);
                return Value::instance(number);
            }
            Call => {}
            Attribute | AttributeGetter | Item | ItemGetter | Method | Nested | TypeByName => {
                return self.hidden_call("its arguments cannot be known", at);
            }
            _ => return Value::instance(number),
        }
        let items = match self.items_of(arguments) {
            Some((items, all)) if all || !items.is_empty() => items,
            _ => return self.hidden_call("its arguments cannot be known", at),
        };
        // A dictionary's default is asked for with no arguments.
        let is_default = self.names.get(number).is_some_and(|name| &*name.name == "defaultdict");
        if let (true, Some(default)) = (is_default, items.first()) {
            if self.may_be_called(*default) {
                self.call_at(*default, Value::EMPTY_TUPLE, How::Function, at, depth);
            }
            return Value::instance(number);
        }
        for item in items {
            self.call_later(item, at, depth);
        }
        Value::instance(number)
    }
}
