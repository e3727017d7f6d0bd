//! Numbers and strings as they are written, and pieces of strings.

use super::value::{LONGEST, Marks, Shape, Value};

/// The number that a token writes.
pub(super) fn number(text: &str) -> Option<i64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let of = |digits: &str, radix| i64::from_str_radix(digits.trim_end_matches('l'), radix).ok();
    match text.get(..2) {
        Some("0x") => of(&text[2..], 16),
        Some("0o") => of(&text[2..], 8),
        Some("0b") => of(&text[2..], 2),
        _ => of(&text, 10).or_else(|| exponent(&text)),
    }
}

/// `1e9`, which loops may be told as a bound.
fn exponent(text: &str) -> Option<i64> {
    let number: f64 = text.parse().ok()?;
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

/// The prefix, whether it is triple, and what is between the quotes.
fn split(token: &str) -> (&str, &str) {
    let quote = token.find(['"', '\'']).unwrap_or(0);
    let (prefix, rest) = token.split_at(quote);
    let marks = rest.get(..3).filter(|marks| *marks == "\"\"\"" || *marks == "'''");
    let marks = marks.or(rest.get(..1)).unwrap_or_default();
    let inner = rest.get(marks.len()..).unwrap_or_default();
    (prefix, inner.strip_suffix(marks).unwrap_or(inner))
}

/// The value of a string literal.
pub(super) fn value(token: &str) -> Value {
    let (prefix, inner) = split(token);
    let prefix = prefix.to_ascii_lowercase();
    if inner.len() > LONGEST {
        return Value::default();
    }
    match (prefix.contains('b'), prefix.contains('r')) {
        (false, true) => Value::text(inner),
        (false, false) => Value::text(&unescape(inner, true)),
        (true, true) => Value::bytes(inner.as_bytes()),
        // Each character is a byte.
        (true, false) => Value::bytes(
            &unescape(inner, false)
                .chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
                .collect::<Vec<u8>>(),
        ),
    }
}

/// A piece of a formatted string.
pub(super) enum Piece<'s> {
    Plain(&'s str),
    Code(&'s str),
}

/// The pieces of a formatted string; `None` where it is another string.
pub(super) fn formatted(token: &str) -> Option<Vec<Piece<'_>>> {
    let (prefix, inner) = split(token);
    if !prefix.contains(['f', 'F', 't', 'T']) || inner.len() > LONGEST {
        return None;
    }
    let mut pieces = Vec::new();
    let mut rest = inner;
    while let Some(place) = rest.find(['{', '}']) {
        let brace = &rest[place..=place];
        let after = &rest[place + 1..];
        if after.starts_with(brace) || brace == "}" {
            pieces.push(Piece::Plain(&rest[..=place]));
            rest = after.strip_prefix(brace).unwrap_or(after);
            continue;
        }
        pieces.push(Piece::Plain(&rest[..place]));
        let end = end_of_code(after);
        pieces.push(Piece::Code(&after[..end]));
        rest = after.get(end + 1..).unwrap_or_default();
    }
    pieces.push(Piece::Plain(rest));
    Some(pieces)
}

/// Where the closing brace of an expression is.
fn end_of_code(text: &str) -> usize {
    let mut depth = 0;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return place,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// A string without its escapes. Without `unicode`, as in bytes, `\u` is none.
pub(crate) fn unescape(text: &str, unicode: bool) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\\') {
        made.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        let Some(kind) = rest.chars().next() else { break };
        rest = &rest[kind.len_utf8()..];
        let digits = |most: usize, radix: u32| {
            let length = rest.bytes().take(most).take_while(|b| char::from(*b).is_digit(radix));
            length.count()
        };
        let (length, radix) = match kind {
            'x' => (digits(2, 16), 16),
            'u' if unicode => (digits(4, 16), 16),
            'U' if unicode => (digits(8, 16), 16),
            '0'..='7' => {
                // The digit itself is one of up to three.
                let length = digits(2, 8);
                let begin = text.len() - rest.len() - 1;
                push_number(&mut made, &text[begin..=begin + length], 8);
                rest = &rest[length..];
                continue;
            }
            _ => {
                made.push_str(simple(kind).unwrap_or(""));
                if simple(kind).is_none() {
                    made.push('\\');
                    made.push(kind);
                }
                continue;
            }
        };
        push_number(&mut made, &rest[..length], radix);
        rest = &rest[length..];
    }
    made.push_str(rest);
    made
}

fn push_number(made: &mut String, digits: &str, radix: u32) {
    let c = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    made.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
}

fn simple(kind: char) -> Option<&'static str> {
    Some(match kind {
        '\n' => "",
        '\\' => "\\",
        '\'' => "'",
        '"' => "\"",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'a' => "\x07",
        'b' => "\x08",
        'f' => "\x0c",
        'v' => "\x0b",
        _ => return None,
    })
}

/// `value[begin:end:step]`. A string read backwards is hidden.
pub(super) fn slice(value: &Value, parts: &[Option<Value>]) -> Value {
    let part = |place: usize| parts.get(place).cloned().flatten();
    let numbers = [0, 1, 2].map(|place| part(place).map(|value| value.as_number()));
    if numbers.contains(&Some(None)) {
        return Value::unknown(value.marks);
    }
    let [begin, end, step] = numbers.map(Option::flatten);
    let step = step.unwrap_or(1);
    let hidden = if step == 1 { Marks::PIECED } else { Marks::PIECED | Marks::DECODED };
    let made = match &value.shape {
        Shape::Text(text) => {
            let all: Vec<char> = text.chars().collect();
            let made: String = stretch(&all, begin, end, step).into_iter().collect();
            Value::text(&made).with(hidden)
        }
        Shape::Bytes(bytes) => Value::bytes(&stretch(bytes, begin, end, step)).with(hidden),
        Shape::List(list) => Value::list(stretch(list, begin, end, step)),
        _ => Value::default(),
    };
    made.with(value.marks)
}

fn stretch<T: Clone>(all: &[T], begin: Option<i64>, end: Option<i64>, step: i64) -> Vec<T> {
    let length = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let place = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
    let pick = |at: i64| usize::try_from(at).ok().and_then(|at| all.get(at)).cloned();
    let forwards = step > 0;
    let mut at = begin.map_or(if forwards { 0 } else { length - 1 }, place);
    at = if forwards { at.max(0) } else { at.min(length - 1) };
    let end = end.map_or(if forwards { length } else { -1 }, |end| place(end).max(-1));
    let mut made = Vec::new();
    while step != 0 && (if forwards { at < end.min(length) } else { at > end }) {
        made.extend(pick(at));
        at = at.saturating_add(step);
    }
    made
}
