//! Where the files are that are served and fetched.

use std::fs;
use std::path::{Path, PathBuf};

use crate::case::{Case, Scale};

/// Memory, where there is enough of it: the tools are compared, not the disk.
const MEMORY: &str = "/dev/shm";

/// A folder's name before the process that made it.
const PREFIX: &str = "nix-ai-model-bench-";

/// A folder that goes with this value.
#[derive(Debug)]
pub(crate) struct Storage {
    folder: PathBuf,
    pub(crate) in_memory: bool,
}

impl Storage {
    pub(crate) fn choose(scale: Scale) -> Self {
        let needed = Case::all(scale).iter().filter(|case| !case.sparse).map(Case::room).max();
        if Path::new(MEMORY).is_dir() {
            let memory = Self::in_folder(MEMORY.as_ref(), true);
            if memory.free() > needed.unwrap_or(0) {
                return memory;
            }
        }
        Self::in_folder(&std::env::temp_dir(), false)
    }

    fn in_folder(parent: &Path, in_memory: bool) -> Self {
        sweep(parent);
        let folder = parent.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Self { folder, in_memory }
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

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes what runs that were ended left: gigabytes, and of memory.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).unwrap().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn available_memory() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
