use super::decode::text_codec;
use super::fold::{format_braces, push};
use super::meaning::Argument;
use super::translate::{table, translated};
use super::value::{LONGEST, Marks, Shape, Value, all_marks};

/// What a method of a string, bytes or list answers.
pub(crate) fn method(value: &Value, name: &str, arguments: &[Argument<'_>]) -> Value {
    let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
    let marks = value.marks | all_marks(&values);
    let text = |place: usize| values.get(place).and_then(Value::as_text);
    let made = match (name, value.as_text()) {
        ("decode" | "encode", _) => return text_codec(text(0), value).with(marks),
        ("join", Some(separator)) => join(separator, values.first()),
        ("format", Some(format)) => {
            let named: Vec<(&str, &Value)> = arguments
                .iter()
                .filter_map(|argument| Some((argument.name?, &argument.value)))
                .collect();
            format_braces(format, &values, &named)
        }
        ("replace", Some(whole)) => match (text(0), text(1)) {
            (Some(old), Some(new)) if !old.is_empty() && new.len() <= old.len().max(16) => {
                Some(Value::text(&whole.replace(old, new)).with(Marks::PIECED))
            }
            _ => None,
        },
        ("lower" | "casefold", Some(whole)) => Some(Value::text(&whole.to_lowercase())),
        ("upper", Some(whole)) => Some(Value::text(&whole.to_uppercase())),
        ("swapcase", Some(whole)) => Some(Value::text(&swap(whole))),
        ("strip" | "lstrip" | "rstrip", Some(whole)) => {
            let strips = text(0).unwrap_or(" \t\r\n");
            Some(Value::text(whole.trim_matches(|c| strips.contains(c))))
        }
        ("removeprefix", Some(whole)) => {
            Some(Value::text(text(0).and_then(|begin| whole.strip_prefix(begin)).unwrap_or(whole)))
        }
        ("removesuffix", Some(whole)) => {
            Some(Value::text(text(0).and_then(|end| whole.strip_suffix(end)).unwrap_or(whole)))
        }
        ("split", Some(whole)) => {
            let parts: Vec<&str> = match text(0).filter(|separator| !separator.is_empty()) {
                Some(separator) => whole.split(separator).take(4096).collect(),
                None => whole.split_whitespace().take(4096).collect(),
            };
            Some(Value::list(parts.into_iter().map(Value::text).collect()))
        }
        ("hex", _) => None,
        ("maketrans", _) => table(arguments),
        ("translate", Some(whole)) => Some(translated(whole, values.first()).with(Marks::DECODED)),
        ("translate", _) => Some(Value::unknown(Marks::DECODED)),
        _ => None,
    };
    made.unwrap_or_default().with(marks)
}

/// The elements of a list or the characters of a string, with a separator.
fn join(separator: &str, elements: Option<&Value>) -> Option<Value> {
    let elements = elements?;
    let mut made = String::new();
    let mut marks = elements.marks | Marks::PIECED;
    match &elements.shape {
        Shape::List(list) => {
            for (place, element) in list.iter().enumerate() {
                if place > 0 {
                    made.push_str(separator);
                }
                push(&mut made, element, false, &mut marks);
                if made.len() > LONGEST {
                    return None;
                }
            }
        }
        Shape::Text(text) if separator.len().saturating_mul(text.len()) <= LONGEST => {
            for (place, c) in text.chars().enumerate() {
                if place > 0 {
                    made.push_str(separator);
                }
                made.push(c);
            }
        }
        _ => return None,
    }
    Some(Value::text(&made).with(marks))
}

fn swap(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
        .collect()
}
