use std::borrow::Cow;

/// A name without letters that only look different: Python reads `ｏｓ` as `os`.
pub(crate) fn wide(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    let plain = |c: char| match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        // Mathematical letters: alphabets of 52 one after the other.
        code @ 0x1d400..=0x1d6a3 => {
            let letter = ((code - 0x1d400) % 52) as u8;
            char::from(if letter < 26 { b'A' + letter } else { b'a' + letter - 26 })
        }
        0x17f => 's',
        0xaa => 'a',
        0xba => 'o',
        0x2071 => 'i',
        0x207f => 'n',
        0x210e => 'h',
        0x212f => 'e',
        0x2134 => 'o',
        0x2139 => 'i',
        code @ 0x24d0..=0x24e9 => char::from(b'a' + (code - 0x24d0) as u8),
        _ => c,
    };
    Cow::Owned(name.chars().map(plain).collect())
}
