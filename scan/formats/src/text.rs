//! Text of files, as loaders take it for paths.

/// Whether a path or address leads out of the model's folder: it is absolute,
/// of another host, of a user's home, or climbs.
pub fn leads_outside(path: &str) -> bool {
    let path = path.trim();
    let is_drive = matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    path.starts_with(['/', '\\', '~'])
        || is_drive
        || path.contains("://")
        || path.starts_with("file:")
        || path.contains("$")
        || path.contains('\0')
        || path.split(['/', '\\']).any(|name| name == "..")
}

/// Whether the text has one of these words.
pub fn holds(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| text.windows(word.len()).any(|window| window == word.as_bytes()))
}
