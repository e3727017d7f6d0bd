//! Python literals, as NumPy's headers are written.

/// Literals within literals.
const DEPTH: u8 = 24;

/// One literal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Number(i64),
    Truth(bool),
    None,
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
}

/// Reads a literal that is all there is, white space aside.
pub(crate) fn parse(text: &str) -> Option<Literal> {
    let mut rest = text;
    let literal = value(&mut rest, DEPTH)?;
    rest.trim_matches(is_blank).is_empty().then_some(literal)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c' | '\0')
}

fn value(rest: &mut &str, depth: u8) -> Option<Literal> {
    let depth = depth.checked_sub(1)?;
    *rest = rest.trim_start_matches(is_blank);
    match rest.chars().next()? {
        '(' => {
            let (mut items, trailing) = items(rest, ')', depth)?;
            if items.len() == 1 && !trailing { items.pop() } else { Some(Literal::Tuple(items)) }
        }
        '[' => Some(Literal::List(items(rest, ']', depth)?.0)),
        '{' => pairs(rest, depth),
        '\'' | '"' => text(rest).map(Literal::Text),
        '-' | '+' | '0'..='9' => number(rest).map(Literal::Number),
        _ => word(rest),
    }
}

fn take(rest: &mut &str, wanted: char) -> bool {
    *rest = rest.trim_start_matches(is_blank);
    match rest.strip_prefix(wanted) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

/// Items up to a bracket, and whether a comma came last.
fn items(rest: &mut &str, end: char, depth: u8) -> Option<(Vec<Literal>, bool)> {
    *rest = rest.get(1..)?;
    let mut items = Vec::new();
    let mut comma = false;
    while !take(rest, end) {
        if !items.is_empty() && !comma {
            return None;
        }
        items.push(value(rest, depth)?);
        comma = take(rest, ',');
    }
    Some((items, comma))
}

fn pairs(rest: &mut &str, depth: u8) -> Option<Literal> {
    *rest = rest.get(1..)?;
    let mut pairs = Vec::new();
    let mut comma = true;
    while !take(rest, '}') {
        if !comma {
            return None;
        }
        let key = value(rest, depth)?;
        if !take(rest, ':') {
            return None;
        }
        pairs.push((key, value(rest, depth)?));
        comma = take(rest, ',');
    }
    Some(Literal::Dict(pairs))
}

fn text(rest: &mut &str) -> Option<String> {
    let quote = rest.chars().next()?;
    let mut made = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => made.push(characters.next()?.1),
            c if c == quote => {
                *rest = rest.get(at + 1..)?;
                return Some(made);
            }
            c => made.push(c),
        }
    }
    None
}

fn number(rest: &mut &str) -> Option<i64> {
    let length = rest
        .char_indices()
        .take_while(|(at, c)| c.is_ascii_digit() || *at == 0 && matches!(c, '-' | '+'));
    let length = length.count();
    let (digits, after) = rest.split_at_checked(length)?;
    // Python 2 wrote long integers with an `L`.
    *rest = after.strip_prefix('L').unwrap_or(after);
    digits.parse().ok()
}

fn word(rest: &mut &str) -> Option<Literal> {
    let words =
        [("True", Literal::Truth(true)), ("False", Literal::Truth(false)), ("None", Literal::None)];
    for (word, literal) in words {
        if let Some(after) = rest.strip_prefix(word) {
            *rest = after;
            return Some(literal);
        }
    }
    // `u'…'`, `b'…'`, `r'…'`.
    let after = rest.trim_start_matches(['u', 'U', 'b', 'B', 'r', 'R']);
    if rest.len() - after.len() > 2 || !after.starts_with(['\'', '"']) {
        return None;
    }
    *rest = after;
    text(rest).map(Literal::Text)
}
