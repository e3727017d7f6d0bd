//! What rendering a template costs, as its tokens tell.

use crate::syntax::{Kind, Token};

/// More characters or elements than anybody wants.
const LARGE: f64 = 2e7;

/// Whether tokens compute more than memory holds.
pub(super) fn overflows(tokens: &[Token<'_>]) -> bool {
    let large = |token: &Token<'_>| number(token).is_some_and(|number| number >= LARGE);
    let powers = tokens.iter().filter(|token| token.is("**")).count();
    let made = tokens
        .windows(2)
        .any(|pair| pair[0].is("*") && large(&pair[1]) || large(&pair[0]) && pair[1].is("*"));
    let exponent = tokens
        .windows(2)
        .any(|pair| pair[0].is("**") && number(&pair[1]).is_some_and(|number| number > 1000.0));
    let text = tokens.iter().any(|token| token.kind == Kind::Text);
    made && (text || tokens.len() < 400)
        || repeats(tokens)
        || exponent
        || powers >= 2 && tokens.iter().any(|token| token.kind == Kind::Number)
        || tokens.iter().any(|token| token.kind == Kind::Text && is_wide(token.text))
}

fn number(token: &Token<'_>) -> Option<f64> {
    let is_number = token.kind == Kind::Number;
    is_number.then(|| token.text.replace('_', "").parse().ok()).flatten()
}

/// Whether a string or list is multiplied by numbers that are large together.
fn repeats(tokens: &[Token<'_>]) -> bool {
    let mut product = 1.0_f64;
    let (mut is_value, mut times, mut power) = (false, false, None);
    for token in tokens {
        match (token.kind, token.text) {
            (Kind::Text, _) | (Kind::Sign, "]") => is_value = true,
            (Kind::Number, _) => {
                let held = number(token).unwrap_or(1.0);
                product = match power.take() {
                    Some(base) if times => product / base * f64::powf(base, held),
                    _ if times || !is_value => product * held,
                    _ => product,
                };
            }
            (Kind::Sign, "*") => times = true,
            (Kind::Sign, "**") => power = Some(product.max(1.0)),
            (Kind::Sign, "(" | ")") => {}
            _ => (product, is_value, times, power) = (1.0, false, false, None),
        }
        if is_value && times && product >= LARGE {
            return true;
        }
    }
    false
}

/// Whether a format asks for a width that no memory holds: `%999999999d`.
fn is_wide(text: &str) -> bool {
    let digits = |rest: &str| {
        let rest = rest.trim_start_matches(['-', '+', '0', ' ', '<', '>', '^', '.']);
        rest.bytes().take_while(u8::is_ascii_digit).count() >= 8
    };
    text.split('%').skip(1).any(digits)
        || text.contains('{') && text.split(':').skip(1).take(64).any(digits)
}

/// The macro that is read.
#[derive(Default)]
pub(super) struct Bounds<'s> {
    name: &'s str,
    parameters: Vec<&'s str>,
    calls: usize,
}

impl<'s> Bounds<'s> {
    /// Whether the macro calls itself, for the second time, with what it was
    /// given or less: it ends, if ever, after 2ⁿ calls. Calls for the parts of
    /// what was given end with them.
    pub(super) fn recurs(&mut self, tokens: &[Token<'s>]) -> bool {
        match tokens {
            [first, name, rest @ ..] if first.is("macro") => {
                let names = rest.iter().filter(|token| token.kind == Kind::Name).take(32);
                let parameters = names.map(|token| token.text).collect();
                *self = Self { name: name.text, parameters, calls: 0 };
                return false;
            }
            [first, ..] if first.is("endmacro") => *self = Self::default(),
            _ => {}
        }
        if self.name.is_empty() {
            return false;
        }
        let before = self.calls;
        for (place, pair) in tokens.windows(2).enumerate() {
            let is_call = pair[0].kind == Kind::Name && pair[0].text == self.name;
            if !is_call || !pair[1].is("(") {
                continue;
            }
            let mut given = tokens[place + 2..].iter().take_while(|token| !token.is(")"));
            let same = given.by_ref().take(16).all(|token| {
                token.kind == Kind::Number
                    || self.parameters.contains(&token.text)
                    || matches!(token.text, "-" | "+" | ",")
            });
            self.calls += usize::from(same);
        }
        before < 2 && self.calls >= 2
    }
}
