use nix_ai_model_scan_walk::{Fault, Result};

/// Bytes of the records that are read; honest ones have some hundred.
pub const MOST: u64 = 1 << 20;

/// What extended headers say of the next member, or of all that follow.
#[derive(Debug, Clone, Default)]
pub struct Pax {
    pub path: Option<Vec<u8>>,
    pub target: Option<Vec<u8>>,
    pub size: Option<u64>,
    /// What GNU's sparse files are told by.
    pub sparse: Sparse,
}

/// A sparse file, as the records tell it.
#[derive(Debug, Clone, Default)]
pub struct Sparse {
    pub size: Option<u64>,
    /// Whether the map is before the content: version 1.0.
    pub is_in_content: bool,
    /// Offsets and lengths by turns.
    pub map: Vec<u64>,
}

impl Pax {
    /// Takes what records say: `LENGTH KEY=VALUE\n` each.
    pub fn read(&mut self, records: &[u8], at: u64) -> Result<()> {
        let mut rest = records;
        while !rest.is_empty() && rest[0] != 0 {
            let record = record(rest)
                .ok_or_else(|| Fault::broken(at, "has an extended header that is broken"))?;
            let body = &rest[record.0..record.1 - 1];
            rest = &rest[record.1..];
            let Some(equals) = body.iter().position(|byte| *byte == b'=') else { continue };
            self.take(&body[..equals], &body[equals + 1..]);
        }
        Ok(())
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        let number = || std::str::from_utf8(value).ok()?.trim().parse().ok();
        match key {
            b"path" | b"GNU.sparse.name" => self.path = Some(value.to_vec()),
            b"linkpath" => self.target = Some(value.to_vec()),
            b"size" => self.size = number(),
            b"GNU.sparse.size" | b"GNU.sparse.realsize" => self.sparse.size = number(),
            b"GNU.sparse.major" => self.sparse.is_in_content = number() == Some(1),
            b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => self.sparse.map.extend(number()),
            b"GNU.sparse.map" => {
                let numbers = value.split(|byte| *byte == b',');
                let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse().ok();
                self.sparse.map = numbers.filter_map(number).collect();
            }
            _ => {}
        }
    }
}

/// Where the first record's body begins, and where the record ends.
fn record(bytes: &[u8]) -> Option<(usize, usize)> {
    let digits = bytes.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let length: usize = std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()?;
    let is_whole = bytes.get(digits) == Some(&b' ') && digits + 1 < length && length <= bytes.len();
    is_whole.then_some((digits + 1, length))
}
