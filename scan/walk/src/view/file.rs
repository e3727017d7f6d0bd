use std::cell::RefCell;

use nix_ai_model_sdk::{Entry, Files};

use super::View;
use crate::{Fault, Result};

/// Bytes of a block, which small reads cost together.
const BLOCK: u64 = 64 << 10;
/// Blocks that are held: those of a directory and of what it speaks of.
const HELD: usize = 8;
/// Bytes that the host is asked for at once.
const MOST: usize = 1 << 20;

/// A file of the scan.
pub struct FileView<'a> {
    files: &'a dyn Files,
    id: u32,
    size: u64,
    /// Blocks by their number, the last used first.
    blocks: RefCell<Vec<(u64, Vec<u8>)>>,
}

impl<'a> FileView<'a> {
    /// The file of this entry.
    pub fn new(files: &'a dyn Files, entry: &Entry) -> Self {
        Self { files, id: entry.id, size: entry.size, blocks: RefCell::default() }
    }

    /// As many bytes as the host gives at this place: some, or it ends there.
    fn ask(&self, offset: u64, length: usize) -> Result<Vec<u8>> {
        let length = u32::try_from(length.min(MOST)).unwrap_or(u32::MAX);
        Ok(self.files.read_at(self.id, offset, length)?)
    }

    /// Copies from the block that holds `offset`.
    fn copy_from_block(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let number = offset / BLOCK;
        let mut blocks = self.blocks.borrow_mut();
        let block = match blocks.iter().position(|(held, _)| *held == number) {
            Some(place) => blocks.remove(place),
            None => {
                let length = BLOCK.min(self.size - number * BLOCK);
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let mut bytes = Vec::with_capacity(length);
                while bytes.len() < length {
                    let more =
                        self.ask(number * BLOCK + bytes.len() as u64, length - bytes.len())?;
                    if more.is_empty() {
                        break;
                    }
                    bytes.extend(more);
                }
                (number, bytes)
            }
        };
        let past = usize::try_from(offset - number * BLOCK).unwrap_or(usize::MAX);
        let held = block.1.get(past..).unwrap_or_default();
        let read = held.len().min(buffer.len());
        buffer[..read].copy_from_slice(&held[..read]);
        blocks.insert(0, block);
        blocks.truncate(HELD);
        Ok(read)
    }
}

impl View for FileView<'_> {
    fn size(&self) -> Result<u64> {
        Ok(self.size)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = self.size.saturating_sub(offset);
        let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut read = 0;
        while read < length {
            let place = offset + read as u64;
            let more = if length - read >= BLOCK as usize {
                let bytes = self.ask(place, length - read)?;
                buffer[read..read + bytes.len()].copy_from_slice(&bytes);
                bytes.len()
            } else {
                self.copy_from_block(place, &mut buffer[read..length])?
            };
            if more == 0 {
                let why = format!("it ended at byte {place} of {} during the scan", self.size);
                return Err(Fault::Unreadable(why));
            }
            read += more;
        }
        Ok(read)
    }
}
