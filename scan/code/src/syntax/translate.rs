//! Tables that replace signs by others.

use std::collections::HashMap;

use super::meaning::Argument;
use super::value::{LONGEST, Marks, Shape, Value};

/// `text.translate(table)`, where the table is known: a dictionary of numbers or
/// signs, or what [`table`] made.
pub(super) fn translated(text: &str, table: Option<&Value>) -> Value {
    let Some(Value { shape: Shape::Table(pairs), .. }) = table else { return Value::default() };
    let key = |value: &Value| match (&value.shape, value.as_text()) {
        (Shape::Number(number), _) => u32::try_from(*number).ok().and_then(char::from_u32),
        (_, Some(text)) => text.chars().next(),
        _ => None,
    };
    let signs: HashMap<char, &Value> =
        pairs.chunks_exact(2).filter_map(|pair| Some((key(&pair[0])?, &pair[1]))).collect();
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match signs.get(&c) {
            None => made.push(c),
            Some(value) => match (&value.shape, value.as_text()) {
                (Shape::Number(_), _) => made.extend(key(value)),
                (_, Some(text)) if made.len() + text.len() <= LONGEST => made.push_str(text),
                _ => {}
            },
        }
    }
    Value::text(&made)
}

/// `str.maketrans(from, to, without)`, or of a dictionary.
pub(crate) fn table(arguments: &[Argument<'_>]) -> Option<Value> {
    let values: Vec<&Value> = arguments.iter().map(|one| &one.value).collect();
    let pairs: Vec<Value> = match values[..] {
        [one] => return matches!(one.shape, Shape::Table(_)).then(|| one.clone()),
        [from, to, ..] => {
            let (from, to) = (from.as_text()?, to.as_text()?);
            let without = values.get(2).and_then(|value| value.as_text()).unwrap_or_default();
            let text = |c: char| Value::text(c.encode_utf8(&mut [0; 4]));
            let mapped = from.chars().zip(to.chars()).take(4096);
            let dropped = without.chars().take(4096);
            mapped
                .flat_map(|(from, to)| [text(from), text(to)])
                .chain(dropped.flat_map(|c| [text(c), Value::text("")]))
                .collect()
        }
        [] => return None,
    };
    Some(Value { shape: Shape::Table(pairs.into()), marks: Marks::default() })
}
