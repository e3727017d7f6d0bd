use super::value::{LONGEST, Marks, Shape, Value};

/// What stands for the part of a string that is not known.
const GAP: &str = "…";

/// Two values with an operator between them.
pub(super) fn binary(operator: &str, left: Value, right: Value) -> Value {
    let marks = left.marks | right.marks;
    let number = match (left.as_number(), right.as_number()) {
        (Some(left), Some(right)) => arithmetic(operator, left, right),
        _ => None,
    };
    if let Some(number) = number {
        return Value::number(number).with(marks);
    }
    match operator {
        "+" | "+=" => concatenate(left, right),
        "/" if left.as_name() == Some("pathlib.Path()") => {
            let marks = left.marks | (right.marks & Marks::HUB) | path_marks(&right);
            // A step that is named leads to one folder of many.
            let is_named = right.as_text().is_some();
            let marks = if is_named { marks.without(Marks::HOME) } else { marks };
            Value { marks, ..left }
        }
        "%" => format_percent(&left, &right).unwrap_or_default().with(marks),
        "*" => {
            repeat(&left, &right).or_else(|| repeat(&right, &left)).unwrap_or_default().with(marks)
        }
        "==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "is" | "<>" => {
            Value::unknown(Marks::default())
        }
        // Either side may be the value.
        "or" | "and" | "else" => either(left, right),
        _ => Value::unknown(marks),
    }
}

/// What a part of a path says of it.
pub(crate) fn path_marks(part: &Value) -> Marks {
    let path = part.as_text().unwrap_or_default();
    let secret = crate::shell::is_secret(path) || crate::shell::is_secret_step(path);
    let secret = if secret { Marks::SECRET | Marks::KEPT } else { Marks::default() };
    let startup = if crate::shell::is_startup(path) { Marks::STARTUP } else { Marks::default() };
    secret | startup
}

fn arithmetic(operator: &str, left: i64, right: i64) -> Option<i64> {
    let shift = u32::try_from(right).ok().filter(|shift| *shift < 63);
    match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "//" | "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        "^" => Some(left ^ right),
        "&" => Some(left & right),
        "|" => Some(left | right),
        "<<" => left.checked_shl(shift?).filter(|made| made >> shift.unwrap_or(0) == left),
        ">>" => left.checked_shr(shift?),
        "**" => left.checked_pow(shift?),
        _ => None,
    }
}

/// One of two values: the one that is a name, else what is known.
fn either(left: Value, right: Value) -> Value {
    let marks = left.marks | right.marks;
    let rank = |value: &Value| match value.shape {
        Shape::Name(_) => 2,
        Shape::Unknown => 0,
        _ => 1,
    };
    if rank(&right) > rank(&left) { right.with(marks) } else { left.with(marks) }
}

/// Two strings, or lists, one after the other. What is not known of a string
/// becomes a gap.
pub(crate) fn concatenate(left: Value, right: Value) -> Value {
    let marks = left.marks | right.marks;
    match (&left.shape, &right.shape) {
        (Shape::Bytes(a), Shape::Bytes(b)) => {
            Value::bytes(&[&a[..], &b[..]].concat()).with(marks | Marks::PIECED)
        }
        (Shape::List(a), Shape::List(b)) if a.len() + b.len() < 4096 => {
            Value::list([&a[..], &b[..]].concat()).with(marks)
        }
        (Shape::Text(_), _) | (_, Shape::Text(_)) => {
            let whole = left.as_text().is_some() && right.as_text().is_some();
            let text = [left.as_text().unwrap_or(GAP), right.as_text().unwrap_or(GAP)];
            let more = if whole { Marks::PIECED } else { Marks::PARTIAL };
            if text[0].len() + text[1].len() > LONGEST {
                return Value::unknown(marks | more);
            }
            Value::text(&text.concat()).with(marks | more)
        }
        _ => Value::unknown(marks),
    }
}

fn repeat(value: &Value, times: &Value) -> Option<Value> {
    let times = usize::try_from(times.as_number()?).ok()?;
    let fits = |length: usize| length.checked_mul(times).is_some_and(|length| length <= LONGEST);
    match &value.shape {
        Shape::Text(text) if fits(text.len()) => Some(Value::text(&text.repeat(times))),
        Shape::Bytes(bytes) if fits(bytes.len()) => Some(Value::bytes(&bytes.repeat(times))),
        _ => None,
    }
}

/// `"…%s…%c" % values`.
pub(crate) fn format_percent(format: &Value, values: &Value) -> Option<Value> {
    let text = format.as_text()?;
    let values = values.elements().map_or_else(|| vec![values.clone()], <[Value]>::to_vec);
    let mut values = values.into_iter();
    let mut made = String::new();
    let mut marks = Marks::PIECED;
    let mut rest = text;
    while let Some(place) = rest.find('%') {
        made.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        let skip = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(rest.len());
        let verb = rest[skip..].chars().next().unwrap_or('%');
        rest = rest.get(skip + 1..).unwrap_or_default();
        if verb == '%' {
            made.push('%');
            continue;
        }
        push(&mut made, &values.next().unwrap_or_default(), verb == 'c', &mut marks);
        if made.len() > LONGEST {
            return None;
        }
    }
    made.push_str(rest);
    Some(Value::text(&made).with(marks))
}

/// `"…{}…{0}…{name}".format(values)`.
pub(super) fn format_braces(
    text: &str,
    values: &[Value],
    named: &[(&str, &Value)],
) -> Option<Value> {
    let mut made = String::new();
    let mut marks = Marks::PIECED;
    let mut next = 0;
    let mut rest = text;
    while let Some(place) = rest.find(['{', '}']) {
        made.push_str(&rest[..place]);
        let brace = &rest[place..=place];
        rest = &rest[place + 1..];
        if rest.starts_with(brace) {
            made.push_str(brace);
            rest = &rest[1..];
            continue;
        }
        let end = rest.find('}').unwrap_or(rest.len());
        let field = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        let (name, kind) = field.split_once([':', '!']).unwrap_or((field, ""));
        let value = match name.parse::<usize>() {
            Ok(place) => values.get(place),
            Err(_) if name.is_empty() => {
                next += 1;
                values.get(next - 1)
            }
            Err(_) => named.iter().find(|(held, _)| *held == name).map(|(_, value)| *value),
        };
        push(&mut made, &value.cloned().unwrap_or_default(), kind == "c", &mut marks);
        if made.len() > LONGEST {
            return None;
        }
    }
    made.push_str(rest);
    Some(Value::text(&made).with(marks))
}

/// Appends a value as a string, a number as a character where that is asked for.
pub(super) fn push(made: &mut String, value: &Value, character: bool, marks: &mut Marks) {
    *marks |= value.marks;
    match (&value.shape, value.as_text()) {
        (Shape::Number(number), _) if character => {
            let c = u32::try_from(*number).ok().and_then(char::from_u32);
            made.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        (Shape::Number(number), _) => made.push_str(&number.to_string()),
        (_, Some(text)) => made.push_str(text),
        _ => {
            made.push_str(GAP);
            *marks |= Marks::PARTIAL;
        }
    }
}
