//! Numbers in lines of text.

/// A number as Python's `int(text, 0)` reads it, generously.
pub(super) fn number(line: Option<&[u8]>) -> Option<i64> {
    let line = line?;
    plain_number(line).or_else(|| any_number(line))
}

/// One of a few digits and nothing else, as almost all are.
fn plain_number(line: &[u8]) -> Option<i64> {
    if line.is_empty() || line.len() > 18 {
        return None;
    }
    line.iter().try_fold(0, |value, byte| {
        byte.is_ascii_digit().then(|| 10 * value + i64::from(byte - b'0'))
    })
}

#[cold]
fn any_number(line: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(line).ok()?.trim().replace('_', "");
    let text = text.strip_suffix(['L', 'l']).unwrap_or(&text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        _ => (10, digits),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    // One that is too large is as good as any that is.
    let value = i64::from_str_radix(digits, radix).unwrap_or(i64::MAX);
    is_number.then_some(sign * value)
}
