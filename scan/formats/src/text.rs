//! Text of files, as findings quote it and as loaders take it for paths.

/// Characters of foreign text that a finding quotes.
const QUOTED: usize = 200;

/// The first of it.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

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
