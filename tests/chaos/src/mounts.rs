//! File systems of this process's own: small disks, folders that cannot be
//! written, a second way to one folder.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set where mounts are this process's own.
const INSIDE: &str = "NIX_AI_MODEL_CHAOS_MOUNTS";

/// Whether file systems may be mounted.
pub(crate) fn are_possible() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Begins this program anew where its mounts are its own and its temporary
/// files are in memory. Comes back where that is done, or not to be had.
pub(crate) fn enter(folder: &Path) -> io::Result<()> {
    if are_possible() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let own = ["--mount", "--propagation", "private"];
    for more in [&[][..], &["--map-root-user"]] {
        let unshare = || {
            let mut command = Command::new("unshare");
            command.args(own).args(more).args(["--", "sh", "-c"]);
            command.arg("mount -t tmpfs -o mode=700,size=75% chaos \"$0\" && exec \"$@\"");
            command.arg(folder);
            command
        };
        let probed = unshare().arg("true").output();
        if probed.is_ok_and(|probe| probe.status.success()) {
            let mut again = unshare();
            again.arg(std::env::current_exe()?).args(std::env::args_os().skip(1));
            return Err(again.env(INSIDE, "1").env("TMPDIR", folder).exec());
        }
    }
    Ok(())
}

/// A mount that ends with this value.
#[derive(Debug)]
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// A disk of its own.
    pub(crate) fn disk(at: &Path) -> io::Result<Self> {
        mount(Command::new("mount").args(["-t", "tmpfs", "-o", "size=256M", "disk"]).arg(at))?;
        Ok(Self(at.to_owned()))
    }

    /// The folder `from` by another way.
    pub(crate) fn also(from: &Path, at: &Path) -> io::Result<Self> {
        fs::create_dir_all(at)?;
        mount(Command::new("mount").arg("--bind").arg(from).arg(at))?;
        Ok(Self(at.to_owned()))
    }

    /// A folder that cannot be written, not even by root.
    pub(crate) fn read_only(folder: &Path) -> io::Result<Self> {
        let mounted = Self::also(folder, folder)?;
        mount(Command::new("mount").args(["-o", "remount,bind,ro"]).arg(folder))?;
        Ok(mounted)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

fn mount(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Fills the disk that `file` is on, all but so many bytes.
pub(crate) fn fill(file: &Path, left: u64) -> io::Result<()> {
    let mut filler = File::create(file)?;
    let block = vec![0x5a; 64 << 10];
    loop {
        let space = rustix::fs::fstatvfs(&filler)?;
        let free = (space.f_bavail * space.f_frsize).saturating_sub(left);
        let count = usize::try_from(free).unwrap_or(block.len()).min(block.len());
        match filler.write(&block[..count]) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::StorageFull => return Ok(()),
            other => other.map(drop)?,
        }
    }
}
