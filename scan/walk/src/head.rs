/// What readers recognise a part by.
#[derive(Debug)]
pub struct Head {
    /// The part's first bytes: 4096, or all of a shorter part.
    pub begin: Vec<u8>,
    /// Its last bytes: 1024 of a part within a file, 65,557 of a file itself (a
    /// zip archive's end record with the longest comment), or all of a shorter
    /// one. Empty for a stream, whose end is known only when all is read.
    pub end: Vec<u8>,
    /// Its size in bytes; `None` for a stream.
    pub size: Option<u64>,
    /// The last name of its path, in lower case.
    pub name: String,
    /// Whether it is, or is in, an excerpt: see [`crate::Part::excerpt`].
    pub is_excerpt: bool,
}

impl Head {
    /// Bytes of [`Self::begin`].
    pub const BEGIN: usize = 4096;
    /// Bytes of [`Self::end`] of a part within a file.
    pub const END: usize = 1024;
    /// Bytes of [`Self::end`] of a file.
    pub const END_OF_FILE: usize = 65_557;

    /// Whether it begins with these bytes.
    pub fn begins_with(&self, magic: &[u8]) -> bool {
        self.begin.starts_with(magic)
    }

    /// Whether these bytes are at this place of the begin.
    pub fn has_at(&self, offset: usize, magic: &[u8]) -> bool {
        self.begin.get(offset..).is_some_and(|rest| rest.starts_with(magic))
    }

    /// Whether the begin has one of these words.
    pub fn holds(&self, words: &[&str]) -> bool {
        holds(&self.begin, words)
    }

    /// Whether the name ends with one of these, dots included.
    pub fn is_named(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.name.ends_with(ending))
    }

    /// Whether the begin is text: UTF-8 without control characters but white
    /// space, cut characters at its end aside.
    pub fn is_text(&self) -> bool {
        let text = match std::str::from_utf8(&self.begin) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                let valid = &self.begin[..error.valid_up_to()];
                std::str::from_utf8(valid).unwrap_or_default()
            }
            Err(_) => return false,
        };
        !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_ascii_whitespace())
    }
}

/// Whether bytes have one of these words.
pub fn holds(bytes: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
}
