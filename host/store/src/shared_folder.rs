//! A folder that several users have in common: each keeps to one of their own
//! in it, which nobody else may enter.

use std::path::{Path, PathBuf};

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::Access;

use crate::fault::{disk, shown};
use crate::folder::private_folder;

/// What the kernel says about the users of this process's namespace.
const USERS: &str = "/proc/self/uid_map";

/// This user's own folder below `shared`, which is made where it is missing
/// (mode 0700). `shared` itself is never made: one that a build's sandbox does
/// not have would go with the sandbox.
///
/// # Errors
/// [`Kind::NotFound`] where `shared` is no folder that is here, [`Kind::Disk`]
/// where nothing can be made in it, [`Kind::Refused`] where what is there
/// belongs to someone else.
pub fn own_folder(shared: &Path) -> Result<PathBuf> {
    if !shared.is_dir() {
        return Err(Error::new(
            Kind::NotFound,
            format!("there is no folder \"{}\" here", shown(shared)),
        ));
    }
    let inside = rustix::process::geteuid().as_raw();
    let map = std::fs::read_to_string(USERS).unwrap_or_default();
    let own =
        private_folder(&shared.join(format!("uid-{}", outside(inside, &map).unwrap_or(inside))))?;
    // It may be from before the file system became read-only.
    rustix::fs::access(&own, Access::WRITE_OK).map_err(|error| disk("write to", &own, error))?;
    Ok(own)
}

/// The user's number outside the namespace. A build's sandbox gives every build
/// user the same number inside.
fn outside(inside: u32, map: &str) -> Option<u32> {
    map.lines().find_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        let mut next = || numbers.next()?.ok();
        let (first, first_outside, count) = (next()?, next()?, next()?);
        let distance = inside.checked_sub(first).filter(|distance| *distance < count)?;
        first_outside.checked_add(distance)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt};

    use super::*;

    #[test]
    fn each_user_has_a_folder_of_their_own() {
        let base = tempfile::tempdir().unwrap();
        std::fs::set_permissions(base.path(), PermissionsExt::from_mode(0o1777)).unwrap();
        let own = own_folder(base.path()).unwrap();
        assert_eq!(own.parent(), Some(base.path()));
        assert_eq!(std::fs::metadata(&own).unwrap().mode() & 0o777, 0o700);
        assert_eq!(own_folder(base.path()).unwrap(), own);
    }

    #[test]
    fn the_shared_one_is_never_made() {
        let base = tempfile::tempdir().unwrap();
        let missing = base.path().join("missing");
        assert_eq!(own_folder(&missing).unwrap_err().kind(), Kind::NotFound);
        assert!(!missing.exists());
        std::fs::write(&missing, "a file").unwrap();
        assert_eq!(own_folder(&missing).unwrap_err().kind(), Kind::NotFound);
    }

    #[test]
    fn users_are_known_by_their_numbers_outside() {
        assert_eq!(outside(1000, "      1000      30001          1\n"), Some(30001));
        assert_eq!(outside(7, "0 100000 5\n5 4294967294 10\n"), None);
        assert_eq!(outside(6, "0 100000 5\n5 200000 10\n"), Some(200_001));
        assert_eq!(outside(0, "         0          0 4294967295\n"), Some(0));
        for odd in ["", "a b c", "0 1", "\n\n"] {
            assert_eq!(outside(0, odd), None, "{odd}");
        }
    }
}
