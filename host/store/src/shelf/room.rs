//! Space that is set aside for a file before it is written: the file system
//! then finds it in large pieces and need not look for it block by block, and
//! there is no surprise at the end.

use std::fs::File;

use rustix::io::Errno;

/// What is shorter is not worth it, in bytes.
const WORTH_IT: u64 = 64 << 20;
/// `f_type` of tmpfs, where setting aside is as much work as writing.
#[cfg(target_os = "linux")]
const TMPFS: u64 = 0x0102_1994;

/// Space set aside for a file; what was not written to goes back when this is
/// dropped.
#[derive(Debug)]
pub(super) struct Room(File);

impl Room {
    /// Sets space aside for a file that is to have `size` bytes, where that is
    /// worth it and the file system can.
    ///
    /// # Errors
    /// Where there is not so much space.
    pub(super) fn for_file(file: &File, size: u64) -> Result<Option<Self>, Errno> {
        match if size < WORTH_IT { Err(Errno::OPNOTSUPP) } else { set_aside(file, size) } {
            Ok(()) => Ok(file.try_clone().ok().map(Self)),
            Err(error @ (Errno::NOSPC | Errno::DQUOT)) => Err(error),
            Err(_) => Ok(None),
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        give_back(&self.0);
    }
}

/// Gives back what was set aside for a file and not written to.
pub(super) fn give_back(file: &File) {
    // Cutting it where it ends anyhow takes away what lies behind.
    if let Ok(metadata) = file.metadata() {
        let _ = file.set_len(metadata.len());
    }
}

#[cfg(target_os = "linux")]
fn set_aside(file: &File, size: u64) -> Result<(), Errno> {
    if rustix::fs::fstatfs(file)?.f_type as u64 == TMPFS {
        return Err(Errno::OPNOTSUPP);
    }
    rustix::fs::fallocate(file, rustix::fs::FallocateFlags::KEEP_SIZE, 0, size)
}

#[cfg(not(target_os = "linux"))]
fn set_aside(_: &File, _: u64) -> Result<(), Errno> {
    Err(Errno::OPNOTSUPP)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::io::Write as _;
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn what_was_not_written_to_goes_back() {
        let mut file = tempfile::tempfile().unwrap();
        assert!(Room::for_file(&file, WORTH_IT - 1).unwrap().is_none());
        let Some(room) = Room::for_file(&file, WORTH_IT).unwrap() else { return };
        assert!(file.metadata().unwrap().blocks() * 512 >= WORTH_IT);
        assert_eq!(file.metadata().unwrap().len(), 0);
        file.write_all(&[1; 4096]).unwrap();
        drop(room);
        assert!(file.metadata().unwrap().blocks() * 512 <= 1 << 20);
        assert_eq!(file.metadata().unwrap().len(), 4096);
    }

    #[test]
    fn more_than_there_is_is_told_at_once() {
        let file = tempfile::tempfile().unwrap();
        let space = rustix::fs::fstatvfs(&file).unwrap();
        let more = space.f_blocks * space.f_frsize + WORTH_IT;
        assert!(matches!(Room::for_file(&file, more), Err(Errno::NOSPC) | Ok(None)));
    }
}
