use std::collections::HashMap;

use super::bounds::{self, Bounds};
use super::names::{OWN, WALKS, looks_up};

use nix_ai_model_scan_walk::{Found, Level, cut};

use crate::rules;
use crate::syntax::{Argument, Marks, Meaning, Shape, Token, Value, format_percent, method};

/// Findings of one template that are told.
const MOST: usize = 64;
/// Turns of loops, one in another, that nobody waits for.
const TURNS: u64 = 20_000_000;

/// What a template means, and what was found in it.
pub(super) struct Template<'s> {
    names: HashMap<&'s str, Value>,
    chat: bool,
    /// Where the tag that is read begins.
    pub(super) at: usize,
    /// How often the loops that are open turn, together.
    loops: Vec<u64>,
    /// How often the loop turns that is about to begin.
    pub(super) turns: Option<u64>,
    pub(super) found: Vec<(Found, usize)>,
    allowance: usize,
    /// Bytes that folding may still make.
    folding: usize,
    replaying: usize,
    bounds: Bounds<'s>,
}

impl<'s> Template<'s> {
    pub(super) fn new(chat: bool) -> Self {
        Self {
            names: HashMap::new(),
            chat,
            at: 0,
            loops: Vec::new(),
            turns: None,
            found: Vec::new(),
            allowance: 4 << 20,
            folding: 16 << 20,
            replaying: 0,
            bounds: Bounds::default(),
        }
    }

    fn tell(&mut self, found: Found) {
        match self.found.len() {
            0..MOST => self.found.push((found, self.at)),
            MOST => {
                let message = "The template has more findings than are told";
                let more = rules::BROKEN_TEMPLATE.found(message).level(Level::Unjudged);
                self.found.push((more, self.at));
            }
            _ => {}
        }
    }

    /// An attribute or item of this name is reached.
    fn reaches(&mut self, name: &str, hidden: bool) {
        let walks = WALKS.contains(&name);
        let own =
            OWN.contains(&name) || name.starts_with("__") && name.ends_with("__") && name.len() > 4;
        if !walks && !own {
            if self.chat && name.starts_with('_') && name.len() > 1 && !hidden {
                let message = format!("The template reaches the private \"{}\"", cut(name));
                self.tell(rules::WALK_TEMPLATE.found(message).level(Level::Medium));
            }
            return;
        }
        let level = if walks || self.chat || hidden { Level::Critical } else { Level::Low };
        let how = if hidden { " by a name that is put together" } else { "" };
        let message = format!("The template reaches \"{}\"{how}", cut(name));
        self.tell(rules::WALK_TEMPLATE.found(message).level(level));
    }

    pub(super) fn includes(&mut self, tag: &str, value: &Value) {
        let path = value.as_text().unwrap_or_default();
        let leaves =
            path.starts_with(['/', '~', '\\']) || path.contains("..") || path.contains("://");
        let level = if self.chat || leaves { Level::High } else { Level::Note };
        let message = format!("The template has \"{tag}\" of \"{}\"", cut(path));
        self.tell(rules::INCLUDE_TEMPLATE.found(message).level(level));
    }

    pub(super) fn begin_loop(&mut self, turns: u64) {
        let all = self.loops.last().copied().unwrap_or(1).saturating_mul(turns.max(1));
        if all >= TURNS {
            let message = match all {
                u64::MAX => "The template turns more often in its loops than can be counted".into(),
                all => format!("The template turns {all} times in its loops"),
            };
            self.tell(rules::LOOP_TEMPLATE.found(message));
        }
        if self.loops.len() < 1000 {
            self.loops.push(all);
        }
    }

    pub(super) fn end_loop(&mut self) {
        self.loops.pop();
    }

    /// A variable is set to itself twice.
    pub(super) fn doubles(&mut self) {
        if !self.loops.is_empty() {
            let message = "The template doubles a variable in a loop";
            self.tell(rules::LOOP_TEMPLATE.found(message));
        }
    }

    pub(super) fn too_deep(&mut self) {
        let message = "The template has more brackets or tokens than are followed";
        self.tell(rules::BROKEN_TEMPLATE.found(message).level(Level::Unjudged));
    }

    /// Looks for numbers that make more than memory holds.
    pub(super) fn numbers(&mut self, tokens: &[Token<'s>]) {
        if bounds::overflows(tokens) {
            self.endless("The template computes what no memory holds");
        }
    }

    /// Looks for a macro that begins itself twice with what it was given.
    pub(super) fn recursion(&mut self, tokens: &[Token<'s>]) {
        if self.bounds.recurs(tokens) {
            self.endless("The template has a macro that calls itself twice each time");
        }
    }

    fn endless(&mut self, message: &str) {
        self.tell(rules::LOOP_TEMPLATE.found(message));
    }
}

impl<'s> Meaning<'s> for Template<'s> {
    fn name(&mut self, name: &'s str, _: usize) -> Value {
        // A variable may have any name; these are none.
        if name.starts_with("__") {
            self.reaches(name, false);
        }
        self.names.get(name).cloned().unwrap_or_else(|| Value::name(name))
    }

    fn attribute(&mut self, of: Value, name: &str, _: usize) -> Value {
        self.reaches(name, false);
        // A string of which a method is called is a string that is used.
        self.uses(&of, 0);
        match &of.shape {
            Shape::Text(_) | Shape::List(_) | Shape::Table(_) => {
                let marks = of.marks;
                Value { shape: Shape::Bound(of.into(), name.into()), marks }
            }
            _ => grown(&of, name),
        }
    }

    fn index(&mut self, of: Value, index: Value, _: usize) -> Value {
        if let Some(name) = index.as_constant() {
            let hidden = index.marks.has(Marks::PIECED | Marks::DECODED);
            self.reaches(name, hidden);
            return grown(&of, name);
        }
        match (&of.shape, index.as_number()) {
            (Shape::List(list), Some(place)) => usize::try_from(place)
                .ok()
                .and_then(|place| list.get(place))
                .cloned()
                .unwrap_or_default(),
            (Shape::Text(text), Some(place)) => {
                let c = usize::try_from(place).ok().and_then(|place| text.chars().nth(place));
                c.map_or_else(Value::default, |c| Value::text(c.encode_utf8(&mut [0; 4])))
            }
            _ => Value::unknown(of.marks),
        }
    }

    fn call(&mut self, callee: Value, arguments: &[Argument<'s>], _: usize) -> Value {
        if let Shape::Bound(value, name) = &callee.shape {
            if &**name == "format"
                && value.as_text().is_some_and(|text| text.contains(".__") || text.contains("[__"))
            {
                self.reaches("__globals__", true);
            }
            return method(value, name, arguments);
        }
        let name = callee.as_name().unwrap_or_default().to_owned();
        let last = name.rsplit('.').next().unwrap_or_default();
        const CALLS: &[&str] = &[
            "popen",
            "system",
            "exec",
            "eval",
            "check_output",
            "execfile",
            "import_module",
            "getattr",
            "load_module",
            "import_string",
            "__import__",
            "Popen",
            "compile_expression",
            "from_string",
        ];
        if CALLS.contains(&last) && (self.chat || last != "getattr") {
            let message = format!("The template calls \"{}\"", cut(last));
            self.tell(rules::NAME_TEMPLATE.found(message));
        }
        if name == "range" {
            self.range(arguments);
        }
        if name == "lipsum"
            && arguments
                .iter()
                .any(|one| one.value.as_number().is_some_and(|number| number >= 100_000))
        {
            self.endless("The template makes more than memory holds");
        }
        if name == "dict" {
            let keys = arguments.iter().filter_map(|argument| argument.name).map(Value::text);
            return Value::list(keys.collect()).with(Marks::PIECED);
        }
        grown(&callee, "()")
    }

    fn filter(
        &mut self,
        value: Value,
        name: &str,
        arguments: &[Argument<'s>],
        _: usize,
    ) -> Option<Value> {
        let first = arguments.first().map(|first| first.value.clone()).unwrap_or_default();
        self.uses(&value, 0);
        let number = first.as_number().or(arguments.first().and_then(|one| one.value.as_number()));
        let wide = number.is_some_and(|number| number.unsigned_abs() >= TURNS);
        let widens = matches!(name, "center" | "indent" | "ljust" | "rjust" | "round" | "batch");
        let ranges = value.as_name().is_some_and(|name| name.starts_with("range."));
        if wide && widens || ranges && self.turns.is_some_and(|turns| turns >= TURNS) {
            self.endless("The template makes more than memory holds");
        }
        match name {
            "attr" => {
                match first.as_constant() {
                    Some(attribute) => {
                        self.reaches(attribute, first.marks.has(Marks::PIECED | Marks::DECODED))
                    }
                    None => {
                        let message =
                            "The template reaches an attribute by a name that it computes";
                        self.tell(rules::WALK_TEMPLATE.found(message).level(Level::High));
                    }
                }
                Some(Value::default())
            }
            "join" | "lower" | "upper" | "replace" => {
                let text = |value: &Value| value.as_text().map(str::to_owned).unwrap_or_default();
                if name == "join" {
                    let argument = Argument { value: flat(value), ..Argument::default() };
                    return Some(method(&Value::text(&text(&first)), "join", &[argument]));
                }
                Some(method(&value, name, arguments))
            }
            "format" => {
                let values = arguments.iter().map(|one| one.value.clone()).collect();
                format_percent(&value, &Value::list(values))
            }
            "reverse" => match value.as_text() {
                Some(text) => {
                    Some(Value::text(&text.chars().rev().collect::<String>()).with(Marks::DECODED))
                }
                None => Some(value),
            },
            "string" | "list" | "trim" | "safe" | "escape" | "e" | "default" | "d" => {
                Some(flat(value))
            }
            "first" | "last" => {
                let all = flat(value);
                let one = all
                    .elements()
                    .and_then(|all| if name == "first" { all.first() } else { all.last() });
                Some(one.cloned().unwrap_or_default().with(all.marks))
            }
            "map" | "selectattr" | "rejectattr" | "groupby" | "sort" | "sum" | "unique" | "min"
            | "max" => {
                for argument in arguments {
                    if let Some(path) = argument.value.as_constant() {
                        let hidden = argument.value.marks.has(Marks::PIECED);
                        for part in path.split('.') {
                            self.reaches(part, hidden);
                        }
                    } else if name == "map" && argument.name == Some("attribute") && self.chat {
                        let message =
                            "The template reaches an attribute by a name that it computes";
                        self.tell(rules::WALK_TEMPLATE.found(message).level(Level::High));
                    }
                }
                Some(Value::default())
            }
            _ => Some(Value::unknown(value.marks)),
        }
    }

    fn uses(&mut self, value: &Value, _: usize) {
        if self.replaying > 0 {
            return;
        }
        let Some(text) = value.as_text() else { return };
        if WALKS.iter().chain(&["__class__", "__init__"]).any(|name| text.contains(name)) {
            if !looks_up(text) {
                let message = "The template holds a text that shows code of Python";
                return self.tell(rules::WALK_TEMPLATE.found(message).level(Level::Low));
            }
            let message = format!("The template holds the string \"{}\"", cut(text));
            let level = if self.chat { Level::Critical } else { Level::Medium };
            self.tell(rules::WALK_TEMPLATE.found(message).level(level));
        }
    }

    fn bind(&mut self, name: &'s str, value: Option<Value>) -> Option<Value> {
        match value {
            Some(value) if self.names.len() < 10_000 => self.names.insert(name, value),
            Some(_) => None,
            None => self.names.remove(name),
        }
    }

    fn replay(&mut self, tokens: usize) -> bool {
        let Some(left) = self.allowance.checked_sub(tokens) else { return false };
        self.allowance = left;
        self.replaying += 1;
        true
    }

    fn replayed(&mut self) {
        self.replaying -= 1;
    }

    fn spend(&mut self, bytes: usize) -> bool {
        self.folding = self.folding.saturating_sub(bytes);
        self.folding > 0
    }

    fn is_template(&self) -> bool {
        true
    }
}

impl<'s> Template<'s> {
    /// `range(begin, end, step)` of which the numbers are known.
    fn range(&mut self, arguments: &[Argument<'s>]) {
        let number = |place: usize| arguments.get(place).and_then(|one| one.value.as_number());
        let (begin, end) = match arguments.len() {
            1 => (Some(0), number(0)),
            _ => (number(0), number(1)),
        };
        if let (Some(begin), Some(end)) = (begin, end) {
            let step = number(2).unwrap_or(1).unsigned_abs().max(1);
            self.turns = Some(begin.abs_diff(end) / step);
        }
    }
}

fn grown(of: &Value, name: &str) -> Value {
    match of.as_name() {
        Some(path) if path.len() + name.len() < 200 => {
            Value::name(&format!("{path}.{name}")).with(of.marks)
        }
        _ => Value::name(&format!("?.{}", cut(name))).with(of.marks),
    }
}

/// A table as the list of its keys.
fn flat(value: Value) -> Value {
    match &value.shape {
        Shape::Table(pairs) => {
            let keys = pairs.chunks_exact(2).map(|pair| pair[0].clone()).collect();
            Value::list(keys).with(value.marks | Marks::PIECED)
        }
        _ => value,
    }
}
