//! What a scan by this crate's readers found, and each part it came to.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "each test file uses some of it")]

use nix_ai_model_scan_containers::READERS;
use nix_ai_model_scan_walk::{Budget, Head, Level, Part, Reader, Result, Rule, Scan, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;

static PART: Rule = Rule { id: "test/part", level: Level::Note, title: "", why: "", advice: "" };

/// Tells the content of every part that is no container.
struct Witness;

impl Reader for Witness {
    fn format(&self) -> &'static str {
        "part"
    }

    fn recognises(&self, head: &Head) -> bool {
        !READERS.iter().any(|reader| reader.recognises(head))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let content = part.view().bytes(0, 200)?;
        scan.find(part, PART.found(String::from_utf8_lossy(&content)).level(Level::Critical));
        Ok(())
    }
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Found {
    /// Each part's name and begin.
    pub parts: Vec<(String, String)>,
    /// Rules and levels, in order, each once.
    pub rules: Vec<(String, Level)>,
    pub messages: Vec<String>,
}

impl Found {
    pub fn has(&self, rule: &str) -> bool {
        self.rules.iter().any(|(id, _)| id == rule)
    }

    pub fn holds(&self, content: &str) -> bool {
        self.parts.iter().any(|(_, begin)| begin.contains(content))
    }

    /// Whether the default policy refuses the file.
    pub fn is_refused(&self) -> bool {
        let bad = [Level::High, Level::Critical, Level::Unjudged];
        self.rules.iter().any(|(_, level)| bad.contains(level))
    }
}

/// Scans one file.
pub fn read(name: &str, bytes: &[u8]) -> Found {
    let files = ScriptedFiles::new().file(name, bytes);
    let mut readers: Vec<&dyn Reader> = vec![&Witness];
    readers.extend(READERS);
    let budget = Budget { inflated: 64 << 20, findings: 100_000, ..Budget::default() };
    let report = scan(&files, &readers, budget);
    let mut found = Found::default();
    for finding in report.findings {
        if finding.rule == PART.id {
            found.parts.push((finding.member.unwrap_or_default(), finding.message));
        } else {
            if !found.has(&finding.rule) {
                found.rules.push((finding.rule, finding.level));
            }
            found.messages.push(finding.message);
        }
    }
    found
}

/// Deflate with zlib's frame.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0; zlib_rs::compress_bound(bytes.len())];
    let (packed, _) =
        zlib_rs::compress_slice(&mut packed, bytes, zlib_rs::DeflateConfig::default());
    packed.to_vec()
}

/// Deflate without it.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let packed = zlib(bytes);
    packed[2..packed.len() - 4].to_vec()
}

/// A gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    packed.extend(deflate(bytes));
    packed.extend(crc32fast::hash(bytes).to_le_bytes());
    packed.extend((bytes.len() as u32).to_le_bytes());
    packed
}

/// A zip member, as each header tells it.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: Vec<u8>,
    pub local_name: Vec<u8>,
    pub flags: [u16; 2],
    pub methods: [u16; 2],
    pub crcs: [u32; 2],
    pub compressed: [u32; 2],
    pub sizes: [u32; 2],
    pub data: Vec<u8>,
    pub extra: Vec<u8>,
    pub attributes: u32,
    /// Bytes before its local header, that nothing speaks of.
    pub before: Vec<u8>,
    /// Bytes behind its data.
    pub descriptor: Vec<u8>,
    /// Whether the directory has it.
    pub is_listed: bool,
}

/// A member that is as it says.
pub fn stored(name: &str, data: &[u8]) -> Member {
    Member {
        name: name.into(),
        local_name: name.into(),
        flags: [0; 2],
        methods: [0; 2],
        crcs: [crc32fast::hash(data); 2],
        compressed: [data.len() as u32; 2],
        sizes: [data.len() as u32; 2],
        data: data.to_vec(),
        extra: Vec::new(),
        attributes: 0,
        before: Vec::new(),
        descriptor: Vec::new(),
        is_listed: true,
    }
}

/// A deflated one.
pub fn deflated(name: &str, data: &[u8]) -> Member {
    let packed = deflate(data);
    Member {
        methods: [8; 2],
        compressed: [packed.len() as u32; 2],
        data: packed,
        ..stored(name, data)
    }
}

/// An archive of these members.
pub fn zip(members: &[Member]) -> Vec<u8> {
    let (mut bytes, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for member in members {
        bytes.extend(&member.before);
        let at = bytes.len() as u32;
        bytes.extend(b"PK\x03\x04\x14\0");
        fields(&mut bytes, member, 1);
        bytes.extend((member.local_name.len() as u16).to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(&member.local_name);
        bytes.extend(&member.data);
        bytes.extend(&member.descriptor);
        if !member.is_listed {
            continue;
        }
        count += 1;
        directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        fields(&mut directory, member, 0);
        directory.extend((member.name.len() as u16).to_le_bytes());
        directory.extend((member.extra.len() as u16).to_le_bytes());
        directory.extend([0; 6]);
        directory.extend(member.attributes.to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(&member.name);
        directory.extend(&member.extra);
    }
    let begin = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(end(count, directory.len() as u32, begin));
    bytes
}

/// An end record.
pub fn end(count: u16, size: u32, offset: u32) -> Vec<u8> {
    let mut bytes = b"PK\x05\x06\0\0\0\0".to_vec();
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

fn fields(bytes: &mut Vec<u8>, member: &Member, which: usize) {
    bytes.extend(member.flags[which].to_le_bytes());
    bytes.extend(member.methods[which].to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(member.crcs[which].to_le_bytes());
    bytes.extend(member.compressed[which].to_le_bytes());
    bytes.extend(member.sizes[which].to_le_bytes());
}
