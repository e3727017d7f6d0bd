#![allow(clippy::unwrap_used, reason = "tests")]
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use super::*;

fn opened(root: &Path) -> ScanTree {
    ScanTree::open(&[root.to_owned()], Path::new("/nix/store")).unwrap()
}

fn paths(tree: &ScanTree) -> Vec<&str> {
    tree.entries().iter().map(|entry| entry.path.as_str()).collect()
}

fn found(tree: &ScanTree) -> Vec<(&str, &str)> {
    let mut found: Vec<_> =
        tree.found().iter().map(|finding| (&*finding.path, &*finding.rule)).collect();
    found.sort_unstable();
    found
}

fn content(tree: &ScanTree, path: &str) -> Bytes {
    let number = tree.entries().iter().position(|entry| entry.path == path).unwrap();
    tree.read_at(number, 0, 1 << 20).unwrap()
}

#[test]
fn files_are_listed_and_read() {
    let base = tempfile::tempdir().unwrap();
    fs::create_dir_all(base.path().join("a/b")).unwrap();
    fs::write(base.path().join("a/b/c"), "hello").unwrap();
    fs::write(base.path().join("z"), "").unwrap();
    let files = opened(base.path());
    assert_eq!(paths(&files), ["a/b/c", "z"]);
    assert_eq!(files.read_at(0, 1, 3).unwrap(), "ell");
    assert_eq!(files.read_at(0, 3, usize::MAX).unwrap(), "lo");
    assert_eq!(files.read_at(0, u64::MAX, 10).unwrap(), "");
    assert_eq!(files.read_at(2, 0, 1).unwrap_err().kind(), Kind::NotFound);
    files.check(0).unwrap();
    assert_eq!(files.check(2).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn what_changes_is_not_read() {
    let base = tempfile::tempdir().unwrap();
    let path = |name: &str| base.path().join(name);
    for name in ["grows", "vanishes", "becomes-a-link", "becomes-a-pipe"] {
        fs::write(path(name), "old").unwrap();
    }
    let files = opened(base.path());
    fs::write(path("grows"), "old and more").unwrap();
    for name in ["vanishes", "becomes-a-link", "becomes-a-pipe"] {
        fs::remove_file(path(name)).unwrap();
    }
    fs::write(path("secret"), "secret").unwrap();
    symlink("secret", path("becomes-a-link")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, path("becomes-a-pipe"), rustix::fs::Mode::RUSR).unwrap();
    for number in 0..4 {
        let error = files.read_at(number, 0, 10).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused, "{error}");
        assert_eq!(files.check(number).unwrap_err().kind(), Kind::Refused);
    }
    // A file that is being read stays what was opened, and the check says so.
    fs::write(path("grows"), "new").unwrap();
    let files = opened(&path("grows"));
    assert_eq!(files.read_at(0, 0, 10).unwrap(), "new");
    fs::rename(path("secret"), path("grows")).unwrap();
    assert_eq!(files.read_at(0, 0, 10).unwrap(), "new");
    assert!(files.check(0).unwrap_err().message().contains("changed"));
}

#[test]
fn links_that_lead_outside_are_not_read() {
    let base = tempfile::tempdir().unwrap();
    fs::write(base.path().join("secret"), "secret").unwrap();
    let root = base.path().join("model");
    fs::create_dir_all(root.join("sub")).unwrap();
    fs::write(root.join("weights.bin"), "weights").unwrap();
    for (name, target) in [
        ("up", "../secret"),
        ("absolute", "/etc/passwd"),
        ("folder", "/etc"),
        ("nothing", "no/such"),
        ("circle", "circle"),
        ("elsewhere", "/home/somebody-else/.ssh/id_rsa"),
        ("higher", "sub/../../../.ssh/id_rsa"),
        ("sub/again", "../weights.bin"),
        ("sub/weights.bin", "../weights.bin"),
        ("self", "."),
        ("chain", "up"),
    ] {
        symlink(target, root.join(name)).unwrap();
    }
    symlink(root.join("weights.bin"), root.join("inside")).unwrap();
    let files = opened(&root);
    assert_eq!(paths(&files), ["inside", "sub/again", "weights.bin"]);
    assert_eq!(content(&files, "sub/again"), "weights");
    let [outside, dangling] = ["file/link-outside", "file/link-dangling"];
    assert_eq!(
        found(&files),
        [
            ("absolute", outside),
            ("chain", outside),
            ("circle", dangling),
            ("elsewhere", outside),
            ("folder", outside),
            ("higher", outside),
            ("inside", outside),
            ("nothing", dangling),
            ("up", outside),
        ]
    );
    // What the user named is scanned, wherever it leads.
    let files = opened(&root.join("up"));
    assert_eq!((paths(&files), content(&files, "up")), (vec!["up"], "secret".into()));
    assert_eq!(found(&files), []);
}

#[test]
fn links_into_the_store_are_followed() {
    let base = tempfile::tempdir().unwrap();
    let store = base.path().join("store");
    fs::create_dir_all(store.join("1-model/sub")).unwrap();
    fs::create_dir_all(store.join("3-raw/deep")).unwrap();
    fs::write(store.join("2-weights"), "weights").unwrap();
    fs::write(store.join("3-raw/deep/config.json"), "{}").unwrap();
    symlink("../2-weights", store.join("1-model/model.bin")).unwrap();
    symlink("../../3-raw/deep", store.join("1-model/sub/raw")).unwrap();
    symlink("../../1-model", store.join("3-raw/deep/back")).unwrap();
    let result = base.path().join("result");
    symlink(store.join("1-model"), &result).unwrap();
    let files = ScanTree::open(&[result], &store).unwrap();
    assert_eq!(paths(&files), ["model.bin", "sub/raw/config.json"]);
    assert_eq!(content(&files, "model.bin"), "weights");
    assert_eq!(content(&files, "sub/raw/config.json"), "{}");
    assert_eq!(found(&files), []);
    files.check(0).unwrap();
    let files = ScanTree::open(&[store.join("1-model")], Path::new("/nix/store")).unwrap();
    assert_eq!(paths(&files), [""; 0], "another folder is no store");
}

#[test]
fn a_snapshot_has_the_blobs_of_its_cache() {
    let base = tempfile::tempdir().unwrap();
    let repository = base.path().join("models--org--name");
    let snapshot = repository.join("snapshots/0123");
    fs::create_dir_all(repository.join("blobs")).unwrap();
    fs::create_dir_all(&snapshot).unwrap();
    fs::write(repository.join("blobs/abc"), "print()").unwrap();
    fs::write(repository.join("refs"), "secret").unwrap();
    symlink("../../blobs/abc", snapshot.join("model.py")).unwrap();
    symlink("../../refs", snapshot.join("refs")).unwrap();
    let files = opened(&snapshot);
    assert_eq!(paths(&files), ["model.py"]);
    assert_eq!(content(&files, "model.py"), "print()");
    assert_eq!(found(&files), [("refs", "file/link-outside")]);
    // The whole cache: content under its own name, and under the one that
    // loaders go by.
    let files = opened(&repository);
    assert_eq!(paths(&files), ["blobs/abc", "refs", "snapshots/0123/model.py"]);
    assert_eq!(found(&files), []);
}

#[test]
fn names_and_special_files_are_told() {
    let base = tempfile::tempdir().unwrap();
    let foreign = std::ffi::OsStr::from_bytes(b"a\xff.bin");
    fs::write(base.path().join(foreign), "x").unwrap();
    fs::write(base.path().join("model\u{202e}nib.py"), "x").unwrap();
    let pipe = base.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(base.path().join("socket")).unwrap();
    let files = opened(base.path());
    assert_eq!(paths(&files), ["a\\xff.bin", "model\u{202e}nib.py"]);
    assert_eq!(content(&files, "a\\xff.bin"), "x");
    assert_eq!(
        found(&files),
        [
            ("a\\xff.bin", "file/foreign-name"),
            ("model\u{202e}nib.py", "file/hidden-name"),
            ("pipe", "file/special"),
            ("socket", "file/special"),
        ]
    );
    assert_eq!(found(&opened(&pipe)), [("pipe", "file/special")]);
    drop(socket);
}

#[test]
fn several_roots_begin_their_paths() {
    let base = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| base.path().join(name));
    fs::create_dir(&one).unwrap();
    fs::write(one.join("a"), "1").unwrap();
    fs::write(&other, "2").unwrap();
    let files = ScanTree::open(&[one.clone(), other.clone()], Path::new("/nix/store")).unwrap();
    assert_eq!(paths(&files), [one.join("a").to_str().unwrap(), other.to_str().unwrap()]);
    let path = FilePath::new("x/y").unwrap();
    let parts = BTreeMap::from([(path, one.join("a"))]);
    assert_eq!(paths(&ScanTree::parts(&parts, &one).unwrap()), ["x/y"]);
    let none = ScanTree::open(&[base.path().join("none")], Path::new("/nix/store"));
    assert_eq!(none.unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn what_is_nested_too_deep_is_told() {
    let base = tempfile::tempdir().unwrap();
    let mut deep = base.path().to_owned();
    for _ in 0..=256 {
        deep.push("d");
        fs::create_dir(&deep).unwrap();
    }
    fs::write(base.path().join("file"), "").unwrap();
    let files = opened(base.path());
    assert_eq!(paths(&files), ["file"]);
    assert_eq!(files.found().len(), 1);
    assert_eq!(files.found()[0].rule, "file/limit");
}
