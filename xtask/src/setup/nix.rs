//! Settings for Nix, so that no file outside the project decides a build.

use std::fs;

use super::say;
use crate::fault::{Fault, Result};
use crate::project::Project;

/// A store of a single user, without substituters, with a sandbox that holds
/// nothing of the machine (not even a shell).
const SETTINGS: &str = "\
build-users-group =
substituters =
experimental-features = nix-command flakes
sandbox = true
sandbox-paths =
";

pub(super) fn configure(project: &Project) -> Result<()> {
    let file = project.local_folder("nix/conf")?.join("nix.conf");
    if fs::read_to_string(&file).is_ok_and(|text| text == SETTINGS) {
        say("nix", &format!("{} is there", file.display()));
        return Ok(());
    }
    say("nix", &format!("writing {}", file.display()));
    fs::write(&file, SETTINGS).map_err(Fault::at(&file))
}
