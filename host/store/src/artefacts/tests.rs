#![allow(clippy::unwrap_used, reason = "tests")]
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use super::*;

fn filled(path: &Path) -> ArtefactFolder {
    let artefacts = ArtefactFolder::new(Vec::new(), Some(path.to_owned()));
    artefacts.save("key", b"machine code").unwrap();
    artefacts
}

#[test]
fn what_was_saved_is_loaded_from_a_private_folder() {
    let base = tempfile::tempdir().unwrap();
    let cache = base.path().join("a/compiled");
    assert_eq!(ArtefactFolder::new(vec![], Some(cache.clone())).load("key").unwrap(), None);
    let artefacts = filled(&cache);
    assert_eq!(artefacts.load("key").unwrap().unwrap(), b"machine code");
    assert_eq!(artefacts.load("other").unwrap(), None);
    assert_eq!(fs::metadata(&cache).unwrap().mode() & 0o777, 0o700);
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 2, "no temporary file stays");
    artefacts.save("key", b"newer").unwrap();
    assert_eq!(artefacts.load("key").unwrap().unwrap(), b"newer");
}

#[test]
fn a_broken_cached_artefact_is_dropped() {
    let base = tempfile::tempdir().unwrap();
    let file = base.path().join("key");
    let breaks: [&dyn Fn(); 5] = [
        &|| fs::write(&file, b"machine c0de").unwrap(),
        &|| fs::write(&file, b"machine").unwrap(),
        &|| fs::remove_file(base.path().join("key.sha256")).unwrap(),
        &|| fs::write(base.path().join("key.sha256"), "").unwrap(),
        &|| {
            fs::rename(&file, base.path().join("elsewhere")).unwrap();
            symlink(base.path().join("elsewhere"), &file).unwrap();
        },
    ];
    for break_it in breaks {
        let artefacts = filled(base.path());
        break_it();
        assert_eq!(artefacts.load("key").unwrap(), None);
        assert!(fs::symlink_metadata(&file).is_err(), "it is gone");
    }
}

#[test]
fn packaged_artefacts_come_first_and_must_be_intact() {
    let base = tempfile::tempdir().unwrap();
    let packaged = base.path().join("packaged");
    filled(&packaged);
    let cache = base.path().join("cache");
    let search = vec![base.path().join("none"), packaged.clone()];
    let artefacts = ArtefactFolder::new(search, Some(cache.clone()));
    artefacts.save("key", b"of the cache").unwrap();
    assert_eq!(artefacts.load("key").unwrap().unwrap(), b"machine code");

    fs::set_permissions(&packaged, fs::Permissions::from_mode(0o775)).unwrap();
    assert_eq!(artefacts.load("key").unwrap_err().kind(), Kind::Refused);
    fs::set_permissions(&packaged, fs::Permissions::from_mode(0o555)).unwrap();
    assert_eq!(artefacts.load("key").unwrap().unwrap(), b"machine code");
    fs::set_permissions(&packaged, fs::Permissions::from_mode(0o755)).unwrap();

    fs::write(packaged.join("key"), b"tampered").unwrap();
    assert_eq!(artefacts.load("key").unwrap_err().kind(), Kind::Refused);
    assert!(packaged.join("key").exists(), "a package is never changed");
}

#[test]
fn a_cache_that_others_may_write_is_refused() {
    let base = tempfile::tempdir().unwrap();
    let artefacts = filled(base.path());
    fs::set_permissions(base.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(artefacts.load("key").unwrap_err().kind(), Kind::Refused);
    assert_eq!(artefacts.save("key", b"x").unwrap_err().kind(), Kind::Refused);
}

#[test]
fn keys_are_plain_names() {
    let artefacts = ArtefactFolder::new(vec![], None);
    for key in ["", ".", "..", "../x", "a/b", ".hidden", "a\0", "é"] {
        assert_eq!(artefacts.load(key).unwrap_err().kind(), Kind::Internal, "{key:?}");
    }
    artefacts.save("key", b"nowhere to keep it").unwrap();
}

#[test]
fn a_home_that_cannot_be_written_is_no_failure() {
    let base = tempfile::tempdir().unwrap();
    fs::write(base.path().join("file"), "").unwrap();
    let artefacts = ArtefactFolder::new(vec![], Some(base.path().join("file/cache")));
    artefacts.save("key", b"x").unwrap();
    assert_eq!(artefacts.load("key").unwrap(), None);
    let package = ArtefactFolder::package(base.path().join("file/package"));
    assert_eq!(package.save("key", b"x").unwrap_err().kind(), Kind::Disk, "a package needs it");
}

#[test]
fn what_is_forgotten_is_gone_and_nothing_else() {
    let base = tempfile::tempdir().unwrap();
    let folder = ArtefactFolder::new(Vec::new(), Some(base.path().join("cache")));
    folder.forget("aa").unwrap();
    folder.save("aa-1", b"one").unwrap();
    folder.save("bb-1", b"two").unwrap();
    folder.forget("aa").unwrap();
    assert_eq!(folder.load("aa-1").unwrap(), None);
    assert_eq!(folder.load("bb-1").unwrap().unwrap(), b"two");
    assert_eq!(std::fs::read_dir(base.path().join("cache")).unwrap().count(), 2);
}
