//! A clock that jumps under a program that runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix_ai_model_testkit::Program;

/// Where Debian's package `libfaketime` puts it.
const FOLDERS: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"];
const LIBRARY: &str = "libfaketimeMT.so.1";

/// The wall clock of a program; time that is measured goes on.
#[derive(Debug)]
pub(crate) struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// A right one; none where the library is not installed.
    pub(crate) fn new(folder: &Path) -> io::Result<Option<Self>> {
        let mut libraries = FOLDERS.iter().map(|folder| Path::new(folder).join(LIBRARY));
        let Some(library) = libraries.find(|library| library.is_file()) else { return Ok(None) };
        let clock = Self { library, file: folder.join("clock") };
        clock.jump(0)?;
        Ok(Some(clock))
    }

    /// The program by this clock.
    pub(crate) fn tell(&self, program: Program) -> Program {
        program
            .variable("LD_PRELOAD", &self.library)
            .variable("FAKETIME_TIMESTAMP_FILE", &self.file)
            .variable("FAKETIME_NO_CACHE", "1")
            .variable("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .variable("DONT_FAKE_MONOTONIC", "1")
    }

    /// Jumps so many seconds off the right time.
    pub(crate) fn jump(&self, seconds: i64) -> io::Result<()> {
        // Whole or not at all: the program may look at any moment.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n"))?;
        fs::rename(&new, &self.file)
    }
}
