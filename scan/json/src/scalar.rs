/// A value that holds no others.
#[derive(Debug, Clone, Copy)]
pub enum Scalar<'t> {
    /// A string.
    Text(&'t Text),
    /// A number as it is written.
    Number(&'t str),
    /// `true`, `false` or `null`.
    Word(&'t str),
}

impl<'t> Scalar<'t> {
    /// The string, as far as it is held.
    pub fn text(self) -> Option<&'t str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// What stands without quotes; `None` where JSON has no such value.
    pub(crate) fn bare(word: &'t str) -> Option<Self> {
        match word.as_bytes() {
            b"true" | b"false" | b"null" => Some(Self::Word(word)),
            [b'-' | b'+' | b'.' | b'0'..=b'9', ..] | b"NaN" | b"Infinity" => {
                Some(Self::Number(word))
            }
            _ => None,
        }
    }
}

/// A string of the file.
#[derive(Debug, Default)]
pub struct Text {
    pub(crate) held: String,
    pub(crate) length: u64,
}

impl Text {
    /// Its first bytes, what is no UTF-8 replaced.
    pub fn as_str(&self) -> &str {
        &self.held
    }

    /// Bytes of all of it.
    pub fn length(&self) -> u64 {
        self.length
    }
}
