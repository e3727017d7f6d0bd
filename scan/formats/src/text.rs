//! Text of files: its lines, and what loaders take for paths.

use nix_ai_model_scan_walk::{Found, Part, Result, Scan};

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

/// Bytes of a line that are looked at together: names of all features are one.
const LINE: usize = 64 << 10;

/// Tells what `judged` finds in each line of a part, or in each stretch of a
/// long one.
///
/// # Errors
/// Where it cannot be read, or steps are spent.
pub fn lines(
    part: &Part<'_>,
    scan: &mut Scan<'_>,
    mut judged: impl FnMut(&str) -> Vec<Found>,
) -> Result<()> {
    let mut cursor = part.cursor();
    loop {
        let at = cursor.position();
        let line = cursor.line(LINE)?;
        if line.is_empty() {
            return Ok(());
        }
        scan.budget.step(1 + line.len() as u64 / 64)?;
        for found in judged(&String::from_utf8_lossy(&line)) {
            scan.find(part, found.at(at));
        }
    }
}
