//! Private keys.

use nix_ai_model_scan_walk::Level;

use super::Found;
use crate::rules;
use crate::syntax::base64;

/// A private key that a text begins with.
pub(super) fn find(text: &[u8]) -> Option<Found> {
    let rest = text.strip_prefix(b"-----BEGIN ").or_else(|| putty(text))?;
    if rest.len() == text.len() {
        return Some(found("a private key of PuTTY", text));
    }
    let line = rest.get(..64.min(rest.len()))?;
    let end = line.windows(5).position(|window| window == b"-----")?;
    let label = std::str::from_utf8(&line[..end]).ok()?;
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let body = &rest[end + 5..];
    let close = body.windows(5).take(16 << 10).position(|window| window == b"-----")?;
    if !body[close..].starts_with(b"-----END ") {
        return None;
    }
    let body = plain(&body[..close]);
    if label.starts_with("PGP") {
        return (body.len() > 100).then(|| found("a private key of PGP", text));
    }
    let bytes = base64(body.as_bytes())?;
    let shaped = match label {
        "OPENSSH PRIVATE KEY" => bytes.starts_with(b"openssh-key-v1\0"),
        "SSH2 ENCRYPTED PRIVATE KEY" => bytes.starts_with(&[0x3f, 0x6f]),
        // A sequence whose length is that of the rest.
        _ => der(&bytes),
    };
    if !shaped || bytes.len() < 40 {
        return None;
    }
    Some(found("a private key", text))
}

fn putty(text: &[u8]) -> Option<&[u8]> {
    // Programs that read such keys name the header, too.
    let rest = text.strip_prefix(b"PuTTY-User-Key-File-")?;
    let versioned = matches!(rest, [b'1'..=b'3', b':', b' ', b's' | b'e', ..]);
    let near = rest.get(..rest.len().min(8 << 10))?;
    (versioned && near.windows(14).any(|window| window == b"Private-Lines:")).then_some(text)
}

fn found(what: &'static str, text: &[u8]) -> Found {
    let middle = String::from_utf8_lossy(&text[..text.len().min(200)]).into_owned();
    Found { what, rule: &rules::PRIVATE_KEY, level: Level::High, text: middle }
}

/// The lines of a body without headers, quotes and escaped line ends.
fn plain(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).replace("\\n", "\n").replace("\\r", "\n");
    text.lines()
        .map(|line| line.trim_matches(|c: char| c.is_whitespace() || "\"',+\\>#*".contains(c)))
        .filter(|line| !line.contains(':') && !line.starts_with('='))
        .collect()
}

/// Whether bytes are a sequence of DER of about their length, or encrypted so
/// that only their length tells.
fn der(bytes: &[u8]) -> bool {
    let length = match bytes {
        [0x30, 0x82, high, low, ..] => 4 + (usize::from(*high) << 8 | usize::from(*low)),
        [0x30, 0x81, length, ..] => 3 + usize::from(*length),
        [0x30, length, ..] => 2 + usize::from(*length),
        // Old encrypted keys are blocks of a cipher.
        _ => return bytes.len().is_multiple_of(8) && bytes.len() >= 64,
    };
    length <= bytes.len() + 2 && length + 64 > bytes.len()
}
