//! What the examples in JavaScript and Python are built with: the versions that
//! they name themselves. `componentize-js` is then in
//! `.local/guests/javascript/node_modules/.bin`, `componentize-py` in
//! `.local/guests/python/bin`.

use super::{node, python};
use crate::fault::Result;
use crate::project::Project;

/// The example whose tools all examples are built with.
const EXAMPLE: &str = "examples/tiny-registry";

pub(super) fn install(project: &Project) -> Result<()> {
    let requirements = project.path(&format!("{EXAMPLE}/python/requirements.txt"));
    python::environment(project, &project.local("guests/python"), &requirements, &[])?;
    rust(project)?;
    let source = project.path(&format!("{EXAMPLE}/javascript"));
    node::packages(project, &source, &project.local_folder("guests/javascript")?)
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
