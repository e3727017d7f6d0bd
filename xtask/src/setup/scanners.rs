//! The scanners that ours is held against, each in an environment of its own,
//! and what makes the models that they are tried on.

use std::path::PathBuf;

use super::python::listed_alone;
use crate::fault::Result;
use crate::project::Project;

/// As their commands are named.
const PEERS: [&str; 5] = ["picklescan", "modelscan", "fickling", "modelaudit", "hayward"];

/// Where they are, and the corpus.
pub(crate) fn folder(project: &Project) -> PathBuf {
    project.local("scanners")
}

/// The environment of the libraries that make models.
pub(crate) fn makers_folder(project: &Project) -> PathBuf {
    folder(project).join("makers")
}

pub(super) fn install(project: &Project) -> Result<()> {
    for peer in PEERS {
        let requirements = project.path(&format!("tests/bench/peers/{peer}.txt"));
        listed_alone(project, &folder(project).join(peer), &requirements, &[])?;
    }
    let requirements = project.path("tests/corpus/python/requirements.txt");
    let options = ["--system-site-packages"];
    listed_alone(project, &makers_folder(project), &requirements, &options)
}
