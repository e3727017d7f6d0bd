/// A file's name, and whether it is a link.
#[derive(Debug, Clone, Default)]
pub struct Name {
    pub text: String,
    pub is_link: bool,
}

/// Whether these are the attributes of a link: Windows' own, or Unix's mode in
/// the upper half.
pub fn is_link(attributes: u32) -> bool {
    const POINT: u32 = 0x400;
    const UNIX: u32 = 0x8000;
    const LINK: u32 = 0o12;
    attributes & POINT != 0 || attributes & UNIX != 0 && attributes >> 28 == LINK
}
