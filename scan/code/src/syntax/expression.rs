use super::fold::{self, binary};
use super::lexer::{Kind, Lexer, Token};
use super::literal;
use super::meaning::{Argument, Meaning};
use super::value::{Marks, Shape, Value};

/// Brackets within brackets that are followed. Python itself takes 200.
pub(super) const DEEPEST: usize = 100;

/// Reads tokens as expressions, and evaluates them meanwhile.
pub(crate) struct Evaluator<'t, 's> {
    pub(super) tokens: &'t [Token<'s>],
    pub(super) next: usize,
    pub(super) depth: usize,
    pub(crate) is_too_deep: bool,
}

impl<'t, 's> Evaluator<'t, 's> {
    pub(crate) fn new(tokens: &'t [Token<'s>]) -> Self {
        Self { tokens, next: 0, depth: 0, is_too_deep: false }
    }

    pub(crate) fn peek(&self) -> Option<Token<'s>> {
        self.tokens.get(self.next).copied()
    }

    pub(crate) fn place(&self) -> usize {
        self.next
    }

    pub(crate) fn advance(&mut self) -> Option<Token<'s>> {
        let token = self.peek();
        self.next += 1;
        token
    }

    pub(crate) fn at(&self, text: &str) -> bool {
        self.peek().is_some_and(|token| token.is(text))
    }

    pub(crate) fn takes(&mut self, text: &str) -> bool {
        let is = self.at(text);
        self.next += usize::from(is);
        is
    }

    /// Expressions with commas between them: their list, or the only one.
    pub(crate) fn expressions(&mut self, meaning: &mut dyn Meaning<'s>) -> Value {
        let first = self.expression(meaning, 0);
        if !self.at(",") {
            return first;
        }
        let mut all = vec![first];
        while self.takes(",") {
            let before = self.next;
            let value = self.expression(meaning, 0);
            if self.next > before {
                all.push(value);
            }
        }
        Value::list(all)
    }

    /// One expression, of operators that bind tighter than `power`.
    pub(crate) fn expression(&mut self, meaning: &mut dyn Meaning<'s>, power: u8) -> Value {
        let mut left = self.prefixed(meaning);
        while let Some((operator, strength, length)) = self.operator(meaning.is_template()) {
            if strength <= power {
                break;
            }
            self.next += length;
            if operator == ":=" {
                let name = self.tokens.get(self.next.wrapping_sub(2)).map(|token| token.text);
                left = self.expression(meaning, 1);
                meaning.bind(name.unwrap_or_default(), Some(left.clone()));
                continue;
            }
            let right = self.expression(meaning, strength);
            left = match operator {
                _ if !meaning.spend(0) => Value::unknown(left.marks | right.marks),
                // The condition of `a if condition else b` is no part of it.
                "if" => left,
                "~" => {
                    let text = |value: Value| match value.shape {
                        Shape::Number(number) => Value::text(&number.to_string()),
                        _ => value,
                    };
                    fold::concatenate(text(left), text(right))
                }
                _ => binary(operator, left, right),
            };
            meaning.spend(left.as_bytes().map_or(0, <[u8]>::len));
        }
        left
    }

    /// The operator that comes next, how tight it binds, and its tokens.
    fn operator(&self, template: bool) -> Option<(&'s str, u8, usize)> {
        let token = self.peek().filter(|token| token.kind != Kind::Text)?;
        let strength = match token.text {
            ":=" => 1,
            "if" | "else" => 2,
            "or" => 3,
            "and" => 4,
            "in" | "is" | "<" | ">" | "==" | "!=" | ">=" | "<=" | "<>" => 6,
            "not" if self.tokens.get(self.next + 1)?.is("in") => return Some(("in", 6, 2)),
            "|" => 7,
            "^" => 8,
            "&" => 9,
            "<<" | ">>" => 10,
            "+" | "-" => 11,
            "*" | "/" | "//" | "%" | "@" => 12,
            "~" if template => 12,
            "**" => 14,
            _ => return None,
        };
        Some((token.text, strength, 1))
    }

    fn prefixed(&mut self, meaning: &mut dyn Meaning<'s>) -> Value {
        let mut sign = None;
        while let Some(token) = self.peek().filter(|token| token.kind != Kind::Text) {
            match token.text {
                "-" | "~" => sign = Some(token.text),
                "+" | "not" | "await" | "yield" | "from" | "*" | "**" => {}
                "lambda" => return self.lambda(meaning),
                _ => break,
            }
            self.next += 1;
        }
        let value = self.postfixed(meaning);
        match (sign, value.as_number()) {
            (Some("-"), Some(number)) => Value::number(number.saturating_neg()),
            (Some(_), Some(number)) => Value::number(!number),
            _ => value,
        }
    }

    fn lambda(&mut self, meaning: &mut dyn Meaning<'s>) -> Value {
        self.next += 1;
        self.deeper(|this| {
            while let Some(token) = this.peek() {
                match token.text {
                    ":" => break,
                    "=" => {
                        this.next += 1;
                        this.expression(meaning, 0);
                    }
                    ")" | "]" | "}" => break,
                    _ => this.next += 1,
                }
            }
            this.takes(":");
            let body = this.expression(meaning, 0);
            let marks = body.marks;
            Value { shape: Shape::Function("lambda".into(), body.into()), marks }
        })
    }

    /// Runs `inner` one level deeper, or passes over it where that is too deep.
    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.depth >= DEEPEST {
            self.is_too_deep = true;
            self.next = self.tokens.len();
            return Value::default();
        }
        self.depth += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }

    fn postfixed(&mut self, meaning: &mut dyn Meaning<'s>) -> Value {
        let at = self.peek().map_or(0, |token| token.at);
        let mut value = self.atom(meaning);
        while let Some(token) = self.peek().filter(|token| token.kind != Kind::Text) {
            match token.text {
                "." => {
                    self.next += 1;
                    let Some(name) = self.advance() else { break };
                    value = meaning.attribute(value, name.text, token.at);
                }
                "(" => {
                    let arguments = self.arguments(meaning);
                    value = meaning.call(value, &arguments, at);
                }
                "[" => {
                    self.next += 1;
                    value = self.deeper(|this| this.index(value, meaning, token.at));
                }
                "|" if meaning.is_template() => {
                    self.next += 1;
                    let name = self.dotted();
                    let arguments = if self.at("(") { self.arguments(meaning) } else { Vec::new() };
                    value = meaning.filter(value, name, &arguments, token.at).unwrap_or_default();
                }
                _ => break,
            }
        }
        meaning.uses(&value, at);
        value
    }

    /// The name of a filter, the last of its dotted parts.
    fn dotted(&mut self) -> &'s str {
        let mut name = self.advance().map_or("", |token| token.text);
        while self.takes(".") {
            name = self.advance().map_or("", |token| token.text);
        }
        name
    }

    fn atom(&mut self, meaning: &mut dyn Meaning<'s>) -> Value {
        let Some(token) = self.peek() else { return Value::default() };
        match (token.kind, token.text) {
            (Kind::Text, _) => self.literals(meaning),
            (Kind::Number, text) => {
                self.next += 1;
                literal::number(text).map_or_else(Value::default, Value::number)
            }
            (Kind::Name, "for" | "in" | "if" | "else" | "and" | "or" | "is" | "as" | "async") => {
                Value::default()
            }
            (Kind::Name, name) => {
                self.next += 1;
                meaning.name(name, token.at)
            }
            (Kind::Sign, "(" | "[" | "{") => {
                self.next += 1;
                self.deeper(|this| this.display(token.text, meaning))
            }
            (Kind::Sign, "...") => {
                self.next += 1;
                Value::default()
            }
            (Kind::Sign, _) => Value::default(),
        }
    }

    /// String literals, which stand for one where they follow each other.
    fn literals(&mut self, meaning: &mut dyn Meaning<'s>) -> Value {
        let mut all: Option<Value> = None;
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Text) {
            self.next += 1;
            let value = match literal::formatted(token.text) {
                Some(pieces) => self.deeper(|this| this.pieces(&pieces, meaning)),
                None => literal::value(token.text),
            };
            meaning.spend(all.as_ref().and_then(Value::as_bytes).map_or(0, <[u8]>::len));
            all = Some(match all {
                Some(all) if !meaning.spend(0) => Value::unknown(all.marks),
                Some(all) => {
                    let pieced = (all.marks | value.marks).has(Marks::PIECED);
                    let mut whole = fold::concatenate(all, value);
                    if !pieced {
                        whole.marks = whole.marks.without(Marks::PIECED);
                    }
                    whole
                }
                None => value,
            });
        }
        all.unwrap_or_default()
    }

    /// A formatted string: each expression is evaluated.
    fn pieces(&mut self, pieces: &[literal::Piece<'s>], meaning: &mut dyn Meaning<'s>) -> Value {
        let mut made = String::new();
        let mut marks = Marks::PIECED;
        for piece in pieces {
            match piece {
                literal::Piece::Plain(text) => made.push_str(&literal::unescape(text, true)),
                literal::Piece::Code(code) => {
                    let line = Lexer::expression(code);
                    let mut inner = Evaluator { depth: self.depth, ..Evaluator::new(&line.tokens) };
                    let value = inner.expressions(meaning);
                    self.is_too_deep |= inner.is_too_deep;
                    fold::push(&mut made, &value, false, &mut marks);
                }
            }
        }
        Value::text(&made).with(marks)
    }

    /// What is in brackets: a group, a tuple, a list, a set, a dictionary, or
    /// a comprehension.
    fn display(&mut self, open: &str, meaning: &mut dyn Meaning<'s>) -> Value {
        let close = closing(open);
        let (mut all, mut table, mut commas) = (Vec::new(), false, 0);
        while !self.takes(close) && self.next < self.tokens.len() {
            let begin = self.next;
            let value = self.expression(meaning, 0);
            if self.at("for") || self.at("async") {
                let made = self.comprehension(begin, &value, meaning);
                all.extend(made.elements().map_or_else(|| vec![made.clone()], <[Value]>::to_vec));
                commas += 1;
            } else if self.next > begin {
                all.push(value);
            }
            if self.takes(",") {
                commas += 1;
            } else if open == "{" && self.takes(":") {
                table = true;
            } else if self.next == begin {
                // Not an expression: passed over.
                self.next += 1;
            }
        }
        match (all.len(), table) {
            (1, false) if open == "(" && commas == 0 => all.pop().unwrap_or_default(),
            (_, true) => {
                let marks = super::value::all_marks(&all);
                Value { shape: Shape::Table(all.into()), marks }
            }
            _ => Value::list(all),
        }
    }

    /// The arguments of a call, from its bracket on.
    pub(crate) fn arguments(&mut self, meaning: &mut dyn Meaning<'s>) -> Vec<Argument<'s>> {
        self.next += 1;
        let mut all = Vec::new();
        self.deeper(|this| {
            while !this.takes(")") && this.next < this.tokens.len() {
                let begin = this.next;
                let mut argument = Argument::default();
                if let [name, equals, ..] = &this.tokens[this.next..]
                    && name.kind == Kind::Name
                    && equals.is("=")
                {
                    argument.name = Some(name.text);
                    this.next += 2;
                }
                let from = this.next;
                argument.value = this.expression(meaning, 0);
                if this.at("for") || this.at("async") {
                    argument.value = this.comprehension(from, &argument.value.clone(), meaning);
                }
                if this.next == begin {
                    this.next += 1;
                } else {
                    all.push(argument);
                }
                this.takes(",");
            }
            Value::default()
        });
        all
    }

    /// What is in square brackets after a value.
    fn index(&mut self, of: Value, meaning: &mut dyn Meaning<'s>, at: usize) -> Value {
        let mut parts = vec![None];
        let mut is_slice = false;
        while !self.takes("]") && self.next < self.tokens.len() {
            if self.takes(":") {
                is_slice = true;
                parts.push(None);
                continue;
            }
            let before = self.next;
            let value = self.expression(meaning, 0);
            if self.next == before {
                self.next += 1;
            } else if let Some(last) = parts.last_mut() {
                *last = Some(value);
            }
        }
        if is_slice {
            return literal::slice(&of, &parts);
        }
        meaning.index(of, parts.pop().flatten().unwrap_or_default(), at)
    }
}

fn closing(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}
