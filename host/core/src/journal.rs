//! What a partial file holds: which of its blocks were written, and a checksum
//! of each, so that what a crash tore is found and fetched again, alone.
//!
//! The checksums guard against accidents. Who could write the journal could
//! write the blocks too; what decides in the end is the file's digest.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
use crc_fast::CrcAlgorithm::Crc64Nvme;

/// How many bytes are gathered before they are written and recorded. A process
/// that is killed loses two blocks at most of each of its connections: one that
/// is gathered, and one that is written.
pub const BLOCK: usize = 1 << 20;
/// The longest block that is believed, in bytes: one is read at once.
const LONGEST_BLOCK: u64 = 16 << 20;
/// The longest validator, in bytes.
const LONGEST_VALIDATOR: usize = 2048;
/// The first line of a journal.
const TITLE: &str = "nix-ai-model journal 1";

/// A block of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its length in bytes; never 0.
    pub length: u64,
    /// CRC-64/NVME of its bytes, where it was recorded.
    pub checksum: Option<u64>,
}

/// The blocks that a file holds, by their offsets; none overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    validator: Option<String>,
    blocks: BTreeMap<u64, Block>,
    /// Bytes of all blocks.
    held: u64,
}

impl Journal {
    /// Reads a journal's file. What comes after the first line that is
    /// malformed is not believed: a crash tears the end.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut journal = Self::default();
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').map_while(|line| {
            let line = line.strip_suffix(b"\n")?;
            std::str::from_utf8(line).ok()
        });
        if lines.next() == Some(TITLE) {
            for line in lines {
                if journal.read(line).is_none() {
                    break;
                }
            }
        }
        journal
    }

    /// A file of `length` bytes of which nothing was recorded.
    pub fn unrecorded(length: u64) -> Self {
        let blocks = (0..length).step_by(BLOCK).map(|offset| {
            let length = (length - offset).min(BLOCK as u64);
            (offset, Block { length, checksum: None })
        });
        Self { validator: None, blocks: blocks.collect(), held: length }
    }

    fn read(&mut self, line: &str) -> Option<()> {
        if let Some(validator) = line.strip_prefix("of ") {
            self.validator = Some(checked_validator(validator)?.to_owned());
            return Some(());
        }
        let mut words = line.strip_prefix("block ")?.split(' ');
        let (offset, length, checksum) = (words.next()?, words.next()?, words.next()?);
        let (offset, length) = (number(offset)?, number(length)?);
        let sound = words.next().is_none()
            && (1..=LONGEST_BLOCK).contains(&length)
            && offset <= u64::MAX / 2
            && (checksum.len() == 16 || checksum == "-");
        if !sound {
            return None;
        }
        let checksum = match checksum {
            "-" => None,
            digits => Some(u64::from_str_radix(digits, 16).ok()?),
        };
        self.insert(offset, Block { length, checksum });
        Some(())
    }

    /// Takes a block up, in place of those that it overlaps.
    pub fn insert(&mut self, offset: u64, block: Block) {
        let end = offset.saturating_add(block.length);
        while let Some((before, found)) = self.blocks.range(..end).next_back()
            && before + found.length > offset
        {
            let before = *before;
            self.remove(before);
        }
        self.held += block.length;
        self.blocks.insert(offset, block);
    }

    /// Forgets the block at this offset.
    pub fn remove(&mut self, offset: u64) {
        if let Some(block) = self.blocks.remove(&offset) {
            self.held -= block.length;
        }
    }

    /// The block that begins at this offset.
    pub fn block(&self, offset: u64) -> Option<Block> {
        self.blocks.get(&offset).copied()
    }

    /// The first bytes at or after `from` that are in no block; the range's end
    /// is [`u64::MAX`] where no block follows.
    pub fn gap(&self, from: u64) -> Range<u64> {
        let mut begin = from;
        if let Some((offset, block)) = self.blocks.range(..=from).next_back() {
            begin = begin.max(offset + block.length);
        }
        for (offset, block) in self.blocks.range(from..) {
            if *offset > begin {
                return begin..*offset;
            }
            begin = begin.max(offset + block.length);
        }
        begin..u64::MAX
    }

    /// The end of its last block, in bytes.
    pub fn end(&self) -> u64 {
        self.blocks.last_key_value().map_or(0, |(offset, block)| offset + block.length)
    }

    /// Bytes of all its blocks.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// What the server called the state of the file that these bytes are of.
    pub fn validator(&self) -> Option<&str> {
        self.validator.as_deref()
    }

    /// Sets what the server calls the state of the file; none where it is too
    /// long or not plain text.
    pub fn set_validator(&mut self, validator: &str) {
        self.validator = checked_validator(validator).map(str::to_owned);
    }

    /// The text of a journal's file that says the same.
    pub fn to_text(&self) -> String {
        let mut text = format!("{TITLE}\n");
        self.validator.iter().for_each(|validator| text += &validator_line(validator));
        for (offset, block) in &self.blocks {
            text += &line(*offset, *block);
        }
        text
    }
}

/// The line that records a block.
pub fn line(offset: u64, block: Block) -> String {
    match block.checksum {
        Some(checksum) => format!("block {offset} {} {checksum:016x}\n", block.length),
        None => format!("block {offset} {} -\n", block.length),
    }
}

/// The line that records what the server calls the file's state, as a journal
/// has it.
pub fn validator_line(validator: &str) -> String {
    format!("of {validator}\n")
}

/// The checksum of a block that is in pieces.
pub fn checksum<'a>(pieces: impl IntoIterator<Item = &'a Bytes>) -> u64 {
    let mut digest = crc_fast::Digest::new(Crc64Nvme);
    pieces.into_iter().for_each(|piece| digest.update(piece));
    digest.finalize()
}

/// Digits alone: no sign, no space.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|digit| digit.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn checked_validator(text: &str) -> Option<&str> {
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    (plain && !text.is_empty() && text.len() <= LONGEST_VALIDATOR).then_some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn block(length: u64) -> Block {
        Block { length, checksum: Some(7) }
    }

    #[test]
    fn gaps_are_between_blocks() {
        let mut journal = Journal::default();
        assert_eq!(journal.gap(5), 5..u64::MAX);
        journal.insert(10, block(10));
        journal.insert(20, block(5));
        journal.insert(40, block(1));
        assert_eq!(journal.gap(0), 0..10);
        assert_eq!(journal.gap(9), 9..10);
        for inside in [10, 15, 20, 24, 25] {
            assert_eq!(journal.gap(inside), 25..40, "{inside}");
        }
        assert_eq!(journal.gap(40), 41..u64::MAX);
        assert_eq!((journal.held(), journal.end()), (16, 41));
    }

    #[test]
    fn a_block_replaces_those_that_it_overlaps() {
        let mut journal = Journal::default();
        for offset in [0, 10, 20, 30] {
            journal.insert(offset, block(10));
        }
        journal.insert(15, block(10));
        let offsets: Vec<_> = journal.blocks.keys().copied().collect();
        assert_eq!(offsets, [0, 15, 30]);
    }

    #[test]
    fn what_follows_a_torn_line_is_not_believed() {
        let text = "nix-ai-model journal 1\nof \"v1\"\nblock 0 10 00000000000000ff\nblock 10 1";
        let journal = Journal::parse(text.as_bytes());
        assert_eq!(journal.validator(), Some("\"v1\""));
        assert_eq!(journal.block(0), Some(Block { length: 10, checksum: Some(255) }));
        assert_eq!(journal.held(), 10);
        for torn in [
            "",
            "another journal\nblock 0 10 00000000000000ff\n",
            "nix-ai-model journal 1\nblock 0 0 00000000000000ff\n",
            "nix-ai-model journal 1\nblock +1 1 00000000000000ff\n",
            "nix-ai-model journal 1\nblock 0 99999999999 00000000000000ff\n",
            "nix-ai-model journal 1\nblock 18446744073709551615 1 00000000000000ff\n",
            "nix-ai-model journal 1\nblock 0 1 ff\n",
            "nix-ai-model journal 1\nblock 0 1 00000000000000ff 1\n",
        ] {
            assert_eq!(Journal::parse(torn.as_bytes()), Journal::default(), "{torn}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_no_blocks_overlap(
            lines in proptest::collection::vec("block [0-9]{1,20} [0-9]{1,8} [0-9a-f]{16}|\\PC{0,30}", 0..20)
        ) {
            let journal = Journal::parse(format!("{TITLE}\n{}\n", lines.join("\n")).as_bytes());
            let mut end = 0;
            for (offset, block) in &journal.blocks {
                prop_assert!(*offset >= end && block.length > 0);
                end = offset.checked_add(block.length).unwrap();
            }
        }

        #[test]
        fn what_is_written_is_read(
            blocks in proptest::collection::vec((0..1000_u64, 1..100_u64, any::<Option<u64>>()), 0..20),
            validator in proptest::option::of("[ -~]{1,40}"),
        ) {
            let mut journal = Journal::default();
            validator.iter().for_each(|text| journal.set_validator(text));
            let mut text = journal.to_text();
            for (offset, length, checksum) in blocks {
                text += &line(offset, Block { length, checksum });
                journal.insert(offset, Block { length, checksum });
            }
            prop_assert_eq!(&Journal::parse(text.as_bytes()), &journal);
            prop_assert_eq!(Journal::parse(journal.to_text().as_bytes()), journal);
        }
    }
}
