//! Python environments with pinned packages.

use std::fs;
use std::path::{Path, PathBuf};

use super::say;
use crate::fault::{Fault, Result};
use crate::project::Project;

/// Debian's own, whatever else is on the PATH: its PyTorch is seen by no other.
const PYTHON: &str = "/usr/bin/python3";

/// The environment of the real Hugging Face client.
pub(crate) fn tests_folder(project: &Project) -> PathBuf {
    project.local("venv")
}

/// The environment of the real MLflow server and client.
pub(crate) fn mlflow_folder(project: &Project) -> PathBuf {
    project.local("mlflow")
}

/// The environment of the real Git LFS server.
pub(crate) fn lfs_folder(project: &Project) -> PathBuf {
    project.local("giftless")
}

/// The environment that loads the model.
pub(crate) fn demo_folder(project: &Project) -> PathBuf {
    project.local("demo-venv")
}

/// What fetches as the tests' hub is to be fetched from.
pub(super) fn for_bench(project: &Project) -> Result<()> {
    let requirements = project.path("tests/requirements.txt");
    environment(project, &tests_folder(project), &requirements, &[])
}

pub(super) fn for_tests(project: &Project) -> Result<()> {
    for_bench(project)?;
    let requirements = project.path("tests/testkit/lfs/requirements.txt");
    environment(project, &lfs_folder(project), &requirements, &[])?;
    let requirements = project.path("tests/testkit/mlflow/requirements.txt");
    listed_alone(project, &mlflow_folder(project), &requirements, &[])
}

pub(super) fn for_demo(project: &Project) -> Result<()> {
    let requirements = project.path("xtask/demo/requirements.txt");
    environment(project, &demo_folder(project), &requirements, &["--system-site-packages"])
}

/// Made anew where it is not what `requirements` says.
pub(super) fn environment(
    project: &Project,
    folder: &Path,
    requirements: &Path,
    options: &[&str],
) -> Result<()> {
    make(project, folder, requirements, options, &[])
}

/// What the list names and nothing else, whatever it says that it needs.
pub(super) fn listed_alone(
    project: &Project,
    folder: &Path,
    requirements: &Path,
    options: &[&str],
) -> Result<()> {
    make(project, folder, requirements, options, &["--no-deps"])
}

fn make(
    project: &Project,
    folder: &Path,
    requirements: &Path,
    options: &[&str],
    install: &[&str],
) -> Result<()> {
    let wanted = fs::read_to_string(requirements).map_err(Fault::at(requirements))?;
    let version = project.run(PYTHON).arg("--version").quietly()?;
    let wanted = format!("{version} {options:?}\n{wanted}");
    let stamp = folder.join("made-from.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        say("python", &format!("{} is there", folder.display()));
        return Ok(());
    }
    say("python", &format!("making {}", folder.display()));
    project.run(PYTHON).args(["-m", "venv", "--clear"]).args(options).arg(folder).run()?;
    let pip = project.run(folder.join("bin/pip")).args(["install", "--quiet"]).args(install);
    pip.arg("--requirement").arg(requirements).run()?;
    fs::write(&stamp, wanted).map_err(Fault::at(&stamp))
}
