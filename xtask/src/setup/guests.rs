//! What the examples in JavaScript and Python are built with: the versions that
//! they name themselves. `componentize-js` is then in
//! `.local/guests/javascript/node_modules/.bin`, `componentize-py` in
//! `.local/guests/python/bin`.

use std::fs;

use super::{python, say};
use crate::fault::{Fault, Result};
use crate::project::Project;

/// The example whose tools all examples are built with.
const EXAMPLE: &str = "examples/tiny-registry";

pub(super) fn install(project: &Project) -> Result<()> {
    let requirements = project.path(&format!("{EXAMPLE}/python/requirements.txt"));
    python::environment(project, &project.local("guests/python"), &requirements, &[])?;
    rust(project)?;
    javascript(project)
}

/// The crates of the examples in Rust, so that the tests need no network.
fn rust(project: &Project) -> Result<()> {
    for example in [EXAMPLE, "examples/tiny-scanner"] {
        let manifest = project.path(&format!("{example}/rust/Cargo.toml"));
        project
            .cargo()
            .args(["fetch", "--quiet", "--locked", "--manifest-path"])
            .arg(manifest)
            .run()?;
    }
    Ok(())
}

/// Made anew where it is not what the lock file says.
fn javascript(project: &Project) -> Result<()> {
    let source = project.path(&format!("{EXAMPLE}/javascript"));
    let folder = project.local_folder("guests/javascript")?;
    let stamp = folder.join("made-from.json");
    let lock = source.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Fault::at(&lock))?;
    if fs::read(&stamp).is_ok_and(|made| made == wanted) {
        say("javascript", &format!("{} is there", folder.display()));
        return Ok(());
    }
    say("javascript", &format!("making {}", folder.display()));
    for name in ["package.json", "package-lock.json"] {
        let (from, to) = (source.join(name), folder.join(name));
        fs::copy(&from, &to).map_err(Fault::at(&from))?;
    }
    let npm = project.run("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
    npm.folder(&folder).run()?;
    fs::write(&stamp, wanted).map_err(Fault::at(&stamp))
}
