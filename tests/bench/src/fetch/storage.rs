//! Where the files are that are served and fetched.

use std::path::{Path, PathBuf};

use crate::case::{Case, Scale};

/// Memory, where there is enough of it: the tools are compared, not the disk.
const MEMORY: &str = "/dev/shm";

#[derive(Debug)]
pub(crate) struct Storage {
    folder: PathBuf,
    pub(crate) in_memory: bool,
}

impl Storage {
    pub(crate) fn choose(scale: Scale) -> Self {
        let memory = Self { folder: MEMORY.into(), in_memory: true };
        let needed = Case::all(scale).iter().filter(|case| !case.sparse).map(Case::room).max();
        if memory.folder.is_dir() && memory.free() > needed.unwrap_or(0) {
            return memory;
        }
        Self { folder: std::env::temp_dir(), in_memory: false }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes that may be written. Of memory, a quarter is left to programs.
    pub(crate) fn free(&self) -> u64 {
        let space = rustix::fs::statvfs(&self.folder).unwrap();
        let free = space.f_bavail * space.f_frsize;
        if self.in_memory { free.min(available_memory() / 4 * 3) } else { free }
    }
}

fn available_memory() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
