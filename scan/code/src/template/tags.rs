use super::meaning::Template;
use crate::syntax::{Evaluator, Kind, Lexer, Meaning, Token, Value};

/// Reads the tags of a template in turn.
pub(super) fn read<'s>(source: &'s str, template: &mut Template<'s>) {
    let mut rest = source;
    while let Some(place) = rest.find('{') {
        let from = source.len() - rest.len() + place;
        rest = &rest[place + 1..];
        let closing = match rest.as_bytes().first() {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => {
                rest = rest.find("#}").map_or("", |end| &rest[end + 2..]);
                continue;
            }
            _ => continue,
        };
        let inner = &rest[1..];
        let end = end(inner, closing);
        let code = inner[..end].trim_start_matches(['-', '+']).trim_end_matches(['-', '+']);
        rest = inner.get(end + 2..).unwrap_or_default();
        template.at = from;
        let tag = closing == "%}";
        if tag && code.trim() == "raw" {
            let after = rest.find("endraw").map_or("", |end| &rest[end..]);
            rest = after.find("%}").map_or("", |end| &after[end + 2..]);
            continue;
        }
        let line = Lexer::expression(code);
        template.numbers(&line.tokens);
        template.recursion(&line.tokens);
        if tag {
            statement(&line.tokens, template);
        } else {
            evaluate(&line.tokens, template);
        }
        if line.is_cut {
            template.too_deep();
        }
    }
}

/// Where a tag ends: outside of strings.
fn end(inner: &str, closing: &str) -> usize {
    let bytes = inner.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, _) if bytes[at..].starts_with(closing.as_bytes()) => {
                // `{{ {'a': {}}}}`: the last braces that follow each other end it.
                while closing == "}}" && bytes.get(at + 2) == Some(&b'}') {
                    at += 1;
                }
                return at;
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn evaluate<'s>(tokens: &[Token<'s>], template: &mut Template<'s>) -> Value {
    let mut value = Value::default();
    let mut rest = tokens;
    while !rest.is_empty() {
        let mut evaluator = Evaluator::new(rest);
        value = evaluator.expressions(template);
        if evaluator.is_too_deep {
            template.too_deep();
        }
        let used = evaluator.place().max(1);
        rest = rest.get(used..).unwrap_or_default();
    }
    value
}

fn statement<'s>(tokens: &[Token<'s>], template: &mut Template<'s>) {
    let Some((first, rest)) = tokens.split_first() else { return };
    match first.text {
        "set" | "with" => set(rest, template),
        "for" => begin_loop(rest, template),
        "endfor" => template.end_loop(),
        "include" | "import" | "from" | "extends" => {
            let value = evaluate(rest, template);
            template.includes(first.text, &value);
        }
        "macro" | "call" | "block" | "filter" => {
            // Parameters may have defaults, and filters are names.
            if first.text == "filter" {
                let name = rest.first().map_or("", |token| token.text);
                template.filter(Value::default(), name, &[], first.at);
            }
            evaluate(rest, template);
        }
        _ => {
            evaluate(rest, template);
        }
    }
}

/// `set a = value`, `set a.b = value`, `set a, b = values`
fn set<'s>(tokens: &[Token<'s>], template: &mut Template<'s>) {
    let Some(place) = tokens.iter().position(|token| token.is("=")) else {
        evaluate(tokens, template);
        return;
    };
    let (target, value) = (&tokens[..place], &tokens[place + 1..]);
    let made = evaluate(value, template);
    // `s = s ~ s`, `ns.s = ns.s + ns.s`, `s = [s, s] | join`
    let again = |place: usize| {
        value.get(place..place + target.len()).is_some_and(|held| {
            held.iter().zip(target).all(|(held, wanted)| held.text == wanted.text)
        })
    };
    let times = (0..value.len()).filter(|place| again(*place)).count();
    let only = value.iter().all(|token| {
        token.kind == Kind::Text
            || target.iter().any(|wanted| wanted.text == token.text)
            || matches!(token.text, "~" | "+" | "*" | "(" | ")" | "[" | "]" | "," | "|" | "join")
    });
    let doubles = !target.is_empty() && times >= 2 && only && !value.iter().any(|one| one.is("=="));
    if doubles {
        template.doubles();
    }
    match target {
        [name] => {
            template.bind(name.text, Some(made));
        }
        _ => {
            evaluate(target, template);
        }
    }
}

/// `for names in values if condition`
fn begin_loop<'s>(tokens: &[Token<'s>], template: &mut Template<'s>) {
    let place = tokens.iter().position(|token| token.is("in")).unwrap_or(0);
    template.turns = None;
    let values = evaluate(tokens.get(place + 1..).unwrap_or_default(), template);
    let one = values.elements().and_then(|all| all.first()).cloned().unwrap_or_default();
    for name in tokens[..place].iter().filter(|token| token.kind == Kind::Name) {
        let single = place == 1;
        template.bind(name.text, Some(if single { one.clone() } else { Value::default() }));
    }
    let turns = template.turns.take().or(values.elements().map(|all| all.len() as u64));
    template.begin_loop(turns.unwrap_or(1));
}
