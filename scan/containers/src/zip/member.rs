use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Memory, Range};
use nix_ai_model_scan_walk::{Fault, Level, Part, Result, Scan, View, cut_bytes};

use super::extra;
use super::record::{Header, Record};
use super::walk::Walk;
use crate::codec::{Codec, Content};
use crate::path::{escape, link_escape};
use crate::rules;

/// Stored members up to this size are held against their checksum; of larger
/// ones as little is read as their readers need.
const CHECKED: u64 = 64 << 10;
/// Members of a stream up to this size are held: going back in it is dear.
const HELD: u64 = 4 << 20;

/// Kinds of files in Unix's mode. Some archivers leave nonsense there.
const LINK: u16 = 0o120_000;
const PIPE: u16 = 0o010_000;
const CHARACTERS: u16 = 0o020_000;
const BLOCKS: u16 = 0o060_000;
const SOCKET: u16 = 0o140_000;

/// One way to read a member's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub method: u16,
    pub data: u64,
    pub compressed: u64,
    pub size: u64,
    /// `None` where it is not held against one.
    pub crc: Option<u32>,
    /// Whether the flags say that the bytes are encrypted or patched.
    pub is_encrypted: bool,
}

impl Reading {
    pub fn of(record: &Record, data: u64) -> Self {
        Self {
            method: record.method,
            data,
            compressed: record.compressed,
            size: record.size,
            crc: Some(record.crc),
            is_encrypted: record.is_encrypted(),
        }
    }

    /// Whether it gives the same bytes.
    fn is_same(&self, other: &Self) -> bool {
        let key = |reading: &Self| (reading.method, reading.data, reading.compressed, reading.size);
        key(self) == key(other)
    }
}

/// A member, by all that is said of it.
pub struct Member<'a> {
    part: Part<'a>,
    view: Rc<dyn View + 'a>,
    archive_size: u64,
    name: Vec<u8>,
    unicode: Option<Vec<u8>>,
    kind: u16,
    readings: Vec<Reading>,
}

impl<'a> Member<'a> {
    pub fn new(walk: &Walk<'_, 'a>, header: &Header) -> Self {
        Self {
            part: walk.part.clone(),
            view: walk.view.clone(),
            archive_size: walk.size,
            unicode: extra::unicode_path(&header.extra, &header.name).map(<[u8]>::to_vec),
            name: header.name.clone(),
            kind: header.record.kind,
            readings: Vec::new(),
        }
    }

    /// Adds a way to read the bytes, if it is another one.
    pub fn reading(&mut self, reading: Reading) {
        match self.readings.iter_mut().find(|other| other.is_same(&reading)) {
            Some(other) => other.is_encrypted |= reading.is_encrypted,
            None => self.readings.push(reading),
        }
    }

    /// Holds the local header against the directory's, and takes its reading
    /// where they differ.
    pub fn compare(&mut self, central: &Header, local: &Header, scan: &mut Scan<'a>) {
        let (ours, theirs) = (&central.record, &local.record);
        let mut differences = Vec::new();
        if central.name != local.name {
            differences.push(format!("the name is {:?} there", cut_bytes(&local.name)));
            self.judge_name(&local.name, scan);
        }
        if ours.method != theirs.method {
            differences.push(format!("method {} and {}", ours.method, theirs.method));
        }
        if ours.is_encrypted() != theirs.is_encrypted() {
            differences.push(format!("flags {:#06x} and {:#06x}", ours.flags, theirs.flags));
        }
        let is_described = theirs.is_described_later() || ours.is_described_later();
        let is_left_out = |number: u64| is_described && matches!(number, 0 | 0xffff_ffff);
        let mut reading = Reading::of(ours, theirs.data());
        for (what, one, other) in [
            ("compressed size", &mut reading.compressed, theirs.compressed),
            ("size", &mut reading.size, theirs.size),
        ] {
            if *one != other && !is_left_out(other) {
                differences.push(format!("{what} {one} and {other}"));
                *one = other;
            }
        }
        if ours.crc != theirs.crc && !is_left_out(theirs.crc.into()) {
            differences.push(format!("checksum {:08x} and {:08x}", ours.crc, theirs.crc));
        }
        if differences.is_empty() {
            return;
        }
        let message = format!(
            "the directory and the local header of the member {:?} differ: {}",
            cut_bytes(&self.name),
            differences.join(", ")
        );
        scan.find(&self.part, rules::ZIP_HEADERS.found(message).at(ours.at));
        reading.method = theirs.method;
        reading.crc = None;
        reading.is_encrypted = theirs.is_encrypted();
        self.reading(reading);
    }

    /// Has the member read by every reading.
    pub fn hand_over(self, scan: &mut Scan<'a>) -> Result<()> {
        self.judge_name(&self.name, scan);
        if let Some(unicode) = &self.unicode {
            self.judge_unicode(unicode, scan);
        }
        let member = cut_bytes(&self.name);
        if matches!(self.kind, PIPE | CHARACTERS | BLOCKS | SOCKET) {
            let message = format!("the member {member:?} is a device, a pipe or a socket");
            // What a program piped into an archiver is a pipe by its mode, and a
            // file for everybody else.
            let is_file = self.kind == PIPE && self.readings.iter().any(|one| one.size > 0);
            let level = if is_file { Level::Low } else { rules::DEVICE.level };
            scan.find(&self.part, rules::DEVICE.found(message).level(level));
        }
        let is_folder = self.name.ends_with(b"/");
        for reading in &self.readings {
            if reading.compressed == 0 && reading.size == 0 {
                continue;
            }
            if is_folder && reading.size > 0 {
                let message =
                    format!("the member {member:?} is a folder by its name, and has content");
                scan.find(&self.part, rules::ZIP_FOLDER.found(message));
            }
            let view = self.content(&member, reading, scan)?;
            if self.kind == LINK {
                self.judge_link(&*view, scan)?;
            }
            scan.part(&self.part.within(&member, view));
        }
        Ok(())
    }

    /// A reading's bytes; says what is wrong with them.
    fn content(
        &self,
        member: &str,
        reading: &Reading,
        scan: &mut Scan<'a>,
    ) -> Result<Rc<dyn View + 'a>> {
        let most = self.archive_size.saturating_sub(reading.data);
        let raw = |length: u64| -> Rc<dyn View + 'a> {
            Rc::new(Range::new(self.view.clone(), reading.data, length.min(most)))
        };
        let part = self.part.within(member, raw(0));
        if reading.compressed > most {
            scan.give_up(&part, "archive member", &Fault::Truncated(most));
        }
        if reading.method == 0 {
            // Loaders go by the one size or the other.
            let view = raw(reading.compressed.max(reading.size));
            return self.stored(&part, view, reading, scan);
        }
        let Some(codec) = codec(reading.method) else {
            let method = format!("the compression method {}", reading.method);
            scan.give_up(&part, "archive member", &Fault::Unsupported(method));
            return Ok(raw(reading.compressed));
        };
        let content = codec.content(raw(reading.compressed), &scan.inflated);
        if let Content::Whole(bytes) | Content::Cut(bytes, _) = &content {
            let is_whole = matches!(content, Content::Whole(_));
            self.check(&part, bytes, is_whole, reading, scan);
        }
        content.judge(&part, scan);
        let (view, fault) = content.into_view();
        if let Some(fault) = fault.filter(|_| !reading.is_encrypted) {
            scan.give_up(&part, "archive member", &fault);
        }
        Ok(view)
    }

    /// Bytes that are as they are.
    fn stored(
        &self,
        part: &Part<'a>,
        view: Rc<dyn View + 'a>,
        reading: &Reading,
        scan: &mut Scan<'a>,
    ) -> Result<Rc<dyn View + 'a>> {
        let most = if view.is_random() { CHECKED } else { HELD };
        let length = view.size()?;
        if length > most {
            if reading.is_encrypted {
                scan.give_up(part, "archive member", &encryption());
            }
            if reading.compressed != reading.size {
                self.say_size(part, reading, reading.compressed, scan);
            }
            return Ok(view);
        }
        let bytes = view.bytes(0, usize::try_from(length).unwrap_or(0))?;
        self.check(part, &bytes, true, reading, scan);
        Ok(Rc::new(Memory::new(bytes)))
    }

    /// Holds a reading's bytes against what is said of them.
    fn check(
        &self,
        part: &Part<'a>,
        bytes: &[u8],
        is_whole: bool,
        reading: &Reading,
        scan: &mut Scan<'a>,
    ) {
        let is_right = is_whole && reading.crc == Some(crc32fast::hash(bytes));
        if reading.is_encrypted {
            if is_right {
                let message = "its flags say that it is encrypted or patched, and it is not";
                scan.find(part, rules::ZIP_FLAGS.found(message));
            } else {
                scan.give_up(part, "archive member", &encryption());
            }
            return;
        }
        if !is_whole || reading.crc.is_none() {
            return;
        }
        if reading.size != bytes.len() as u64 {
            self.say_size(part, reading, bytes.len() as u64, scan);
        } else if !is_right {
            let message = "its checksum is wrong: some loaders refuse it, and others do not look";
            scan.find(part, rules::ZIP_CHECKSUM.found(message));
        }
    }

    fn say_size(&self, part: &Part<'a>, reading: &Reading, has: u64, scan: &mut Scan<'a>) {
        let message = format!("its size is told as {} bytes and it has {has}", reading.size);
        scan.find(part, rules::ZIP_SIZE.found(message));
    }

    fn judge_name(&self, name: &[u8], scan: &mut Scan<'a>) {
        let shown = cut_bytes(name);
        if let Some(how) = escape(&shown) {
            let message = format!("the member {shown:?} {how}");
            scan.find(&self.part, rules::PATH.found(message));
        }
        if name.contains(&0) {
            let message = format!("the member {shown:?} has a NUL in its name, where some cut it");
            scan.find(&self.part, rules::ZIP_NAME.found(message));
        }
    }

    /// Writers keep the true name in the Unicode path where the name itself
    /// cannot show it, which is never so of ASCII.
    fn judge_unicode(&self, unicode: &[u8], scan: &mut Scan<'a>) {
        self.judge_name(unicode, scan);
        if unicode != self.name {
            let level = if unicode.is_ascii() { rules::ZIP_NAME.level } else { Level::Note };
            let message = format!(
                "the member {:?} is named {:?} by its Unicode path",
                cut_bytes(&self.name),
                cut_bytes(unicode)
            );
            scan.find(&self.part, rules::ZIP_NAME.found(message).level(level));
        }
    }

    fn judge_link(&self, view: &dyn View, scan: &mut Scan<'a>) -> Result<()> {
        let (from, target) = (cut_bytes(&self.name), cut_bytes(&view.bytes(0, 4096)?));
        let (rule, how) = match link_escape(&from, &target) {
            Some(how) => (&rules::LINK, how),
            None => return Ok(()),
        };
        let message = format!("the member {from:?} is a link to {target:?}, which {how}");
        scan.find(&self.part, rule.found(message));
        Ok(())
    }
}

fn encryption() -> Fault {
    Fault::Unsupported("encryption".to_owned())
}

/// The codec of a compression method.
fn codec(method: u16) -> Option<Codec> {
    match method {
        8 => Some(Codec::Deflate),
        9 => Some(Codec::Deflate64),
        12 => Some(Codec::Bzip2),
        14 => Some(Codec::ZipLzma),
        20 | 93 => Some(Codec::Zstd),
        95 => Some(Codec::Xz),
        _ => None,
    }
}
