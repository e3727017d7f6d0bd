//! Tar archives.

/// A member: a name, a kind, where it links to, and its bytes.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The name.
    pub name: &'a str,
    /// `0` for a file, `1` and `2` for links, as the format has it.
    pub kind: u8,
    /// Where a link leads.
    pub link: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Entry<'a> {
    /// A file.
    pub fn file(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name, kind: b'0', link: "", bytes }
    }

    /// Anything else without bytes.
    pub fn special(name: &'a str, kind: u8, link: &'a str) -> Self {
        Self { name, kind, link, bytes: b"" }
    }
}

/// An archive in the format of POSIX, with its end.
pub fn tar(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut bytes: Vec<u8> = entries.iter().flat_map(entry).collect();
    bytes.extend([0; 1024]);
    bytes
}

fn entry(entry: &Entry<'_>) -> Vec<u8> {
    let mut header = vec![0; 512];
    let mut put = |place: usize, bytes: &[u8]| {
        header[place..place + bytes.len()].copy_from_slice(bytes);
    };
    put(0, entry.name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", entry.bytes.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[entry.kind]);
    put(157, entry.link.as_bytes());
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header.extend(entry.bytes);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}
