use nix_ai_model_scan_walk::{Fault, Result};

/// Bytes of a header, and of the blocks that all is made of.
pub const BLOCK: u64 = 512;
/// A block.
pub type Block = [u8; BLOCK as usize];

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub kind: u8,
    pub name: Vec<u8>,
    pub target: Vec<u8>,
    /// Bytes of the content that follow.
    pub size: u64,
}

impl Header {
    /// Reads one whose checksum is right.
    pub fn read(block: &Block, at: u64) -> Result<Self> {
        let mut name = text(&block[..100]).to_vec();
        let prefix = text(&block[345..500]);
        // GNU's own form has other things there.
        if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
        let size = number(&block[124..136])
            .ok_or_else(|| Fault::broken(at, "has a member whose size is no number"))?;
        Ok(Self { kind: block[156], name, target: text(&block[157..257]).to_vec(), size })
    }

    /// Whether loaders that go by the kind find no content behind it, whatever
    /// its size.
    pub fn is_bare(&self) -> bool {
        matches!(self.kind, b'1'..=b'6') || self.kind == 0 && self.name.ends_with(b"/")
    }
}

/// Whether a block's checksum is right, the bytes taken without sign or, as
/// some did, with it.
pub fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.first_chunk::<{ BLOCK as usize }>() else { return false };
    let Some(told) = number(&block[148..156]) else { return false };
    let blank = |place: usize| (148..156).contains(&place);
    let bytes = || {
        let bytes = block.iter().enumerate();
        bytes.map(move |(place, byte)| if blank(place) { b' ' } else { *byte })
    };
    let unsigned: u64 = bytes().map(u64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte as i8)).sum();
    // Without a checksum, bytes of any kind may have the sum zero with sign.
    let is_plausible =
        told > 0 || block[0].is_ascii_graphic() && number(&block[124..136]).is_some();
    // All zeros have the sum of the blanks.
    let is_right = told == unsigned || i64::try_from(told) == Ok(signed);
    unsigned > 256 && is_plausible && is_right
}

/// Whether a block has the magic number of newer archives.
pub fn has_magic(block: &[u8]) -> bool {
    block.get(257..262) == Some(b"ustar")
}

/// A text up to its first NUL.
pub fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number: octal digits among blanks and NULs, or binary where the first bit
/// is set; `None` for what is neither, or negative.
pub fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        let (high, low) = rest.split_at(rest.len().saturating_sub(8));
        let is_small = high.iter().all(|byte| *byte == 0);
        return is_small.then(|| low.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
    }
    let text = std::str::from_utf8(text(field)).ok()?.trim_matches(' ');
    if text.is_empty() {
        return Some(0);
    }
    let is_octal = text.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    is_octal.then(|| u64::from_str_radix(text, 8).ok()).flatten()
}
