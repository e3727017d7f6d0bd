//! Packages of Node.js, in the versions that a lock file pins.

use std::fs;
use std::path::Path;

use super::say;
use crate::fault::{Fault, Result};
use crate::project::Project;

/// Installs what `source/package-lock.json` lists below `folder`; made anew
/// where it is not what that file says.
pub(super) fn packages(project: &Project, source: &Path, folder: &Path) -> Result<()> {
    let stamp = folder.join("made-from.json");
    let lock = source.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Fault::at(&lock))?;
    if fs::read(&stamp).is_ok_and(|made| made == wanted) {
        say("node", &format!("{} is there", folder.display()));
        return Ok(());
    }
    say("node", &format!("making {}", folder.display()));
    for name in ["package.json", "package-lock.json"] {
        let (from, to) = (source.join(name), folder.join(name));
        fs::copy(&from, &to).map_err(Fault::at(&from))?;
    }
    let npm = project.run("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
    npm.folder(folder).run()?;
    fs::write(&stamp, wanted).map_err(Fault::at(&stamp))
}
