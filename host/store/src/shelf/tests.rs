#![allow(clippy::unwrap_used, reason = "tests")]
use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::PathBuf;

use bytes::Bytes;
use nix_ai_model_core::path::FilePath;

use super::*;

mod filesystems;
mod model;
mod processes;

fn key(name: &str) -> PartialKey {
    PartialKey::new(&[], "pin", &FilePath::new(name).unwrap())
}

fn placement(name: &str, path: &str, executable: bool) -> Placement {
    Placement { key: key(name), path: FilePath::new(path).unwrap(), executable }
}

async fn put(depot: &dyn Depot, name: &str, bytes: &[u8]) {
    let mut partial = depot.open(&key(name), Some(bytes.len() as u64)).await.unwrap();
    partial.clear().await.unwrap();
    write(&mut *partial, 0, bytes).await.unwrap();
    partial.seal().await.unwrap();
}

/// Writes bytes in blocks.
async fn write(partial: &mut dyn Partial, mut offset: u64, bytes: &[u8]) -> Result<()> {
    for block in bytes.chunks(BLOCK) {
        partial.write(offset, vec![Bytes::copy_from_slice(block)]).await?;
        offset += block.len() as u64;
    }
    Ok(())
}

async fn open(shelf: &Shelf, name: &str) -> Box<dyn Partial> {
    shelf.open(&key(name), Some(10)).await.unwrap()
}

struct Folders {
    base: tempfile::TempDir,
}

impl Folders {
    fn new() -> Self {
        Self { base: tempfile::tempdir().unwrap() }
    }

    fn partials(&self) -> PathBuf {
        self.base.path().join("cache/partials")
    }

    fn out(&self) -> PathBuf {
        self.base.path().join("results/model")
    }

    fn shelf(&self) -> Shelf {
        Shelf::open(&self.partials(), &Target::tree(self.out())).unwrap()
    }

    /// Everything below the folder of results, staging included.
    fn results(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.base.path().join("results"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[tokio::test]
async fn a_tree_appears_with_exact_modes_and_no_partial_stays() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o027));
    let folders = Folders::new();
    let shelf = folders.shelf();
    put(&shelf, "a", b"first").await;
    put(&shelf, "b", b"").await;
    assert!(!folders.out().exists());
    shelf
        .publish(&[placement("a", "deep/er/run.sh", true), placement("b", "empty", false)])
        .await
        .unwrap();
    let out = folders.out();
    assert_eq!(fs::read(out.join("deep/er/run.sh")).unwrap(), b"first");
    assert_eq!(fs::read(out.join("empty")).unwrap(), b"");
    assert_eq!(mode(&out.join("deep/er/run.sh")), 0o755);
    assert_eq!(mode(&out.join("empty")), 0o644);
    for folder in ["", "deep", "deep/er"] {
        assert_eq!(mode(&out.join(folder)), 0o755);
    }
    assert_eq!(shelf.held(&key("a")).await.unwrap(), 0);
    drop(shelf);
    assert_eq!(folders.results(), ["model"], "staging is gone");
}

#[tokio::test]
async fn one_partial_fills_several_places_with_their_own_modes() {
    let folders = Folders::new();
    let shelf = folders.shelf();
    put(&shelf, "a", b"same").await;
    let places = [("x", false), ("y", true), ("z/x", false)];
    let placements: Vec<_> = places.map(|(path, exe)| placement("a", path, exe)).into();
    shelf.publish(&placements).await.unwrap();
    for (path, executable) in places {
        let path = folders.out().join(path);
        assert_eq!(fs::read(&path).unwrap(), b"same");
        assert_eq!(mode(&path), if executable { 0o755 } else { 0o644 });
    }
}

#[tokio::test]
async fn what_is_left_is_found_again() {
    let folders = Folders::new();
    let shelf = folders.shelf();
    let mut partial = open(&shelf, "a").await;
    write(&mut *partial, 0, b"half of").await.unwrap();
    drop(partial);
    drop(shelf);
    let shelf = folders.shelf();
    assert_eq!(shelf.held(&key("a")).await.unwrap(), 7);
    let mut partial = open(&shelf, "a").await;
    assert_eq!(partial.journal().gap(0), 7..u64::MAX);
    write(&mut *partial, 7, b" it").await.unwrap();
    assert_eq!(partial.read(5, 100).await.unwrap(), "of it");
    assert_eq!(partial.read(10, 100).await.unwrap(), "");
    assert!(shelf.open(&key("a"), None).await.is_err(), "it is the first caller's alone");
    let publish = shelf.publish(&[placement("a", "a", false)]).await;
    assert_eq!(publish.unwrap_err().kind(), Kind::Internal, "it is still being written");
}

#[tokio::test]
async fn two_shelves_never_share_a_partial() {
    let folders = Folders::new();
    let first = folders.shelf();
    put(&first, "a", b"first").await;
    let second = folders.shelf();
    assert_eq!(second.held(&key("a")).await.unwrap(), 0);
    put(&second, "a", b"second's").await;
    assert_eq!(open(&first, "a").await.read(0, 9).await.unwrap(), "first");
    // Both are gone: the longer one is taken over, and one lane is left.
    drop((first, second));
    let third = folders.shelf();
    assert_eq!(third.held(&key("a")).await.unwrap(), 8);
    assert_eq!(fs::read_dir(folders.partials()).unwrap().count(), 1);
}

#[tokio::test]
async fn what_another_fetches_is_waited_for_and_copied() {
    let folders = Folders::new();
    let first = folders.shelf();
    let second = folders.shelf();
    let large = vec![5; 2 << 20];
    assert_eq!(second.holder(&key("a")).await.unwrap(), None);
    let mut theirs = first.open(&key("a"), Some(2 << 20)).await.unwrap();
    write(&mut *theirs, 0, &large).await.unwrap();
    let holder = second.holder(&key("a")).await.unwrap().unwrap();
    assert!(holder.starts_with(&std::process::id().to_string()), "{holder}");
    let theirs_is_done = async {
        theirs.seal().await.unwrap();
        drop(theirs);
        first.publish(&[placement("a", "a", false)]).await.unwrap();
    };
    let key = key("a");
    let ours = second.open(&key, Some(2 << 20));
    let (ours, ()) = futures::join!(ours, theirs_is_done);
    assert_eq!(ours.unwrap().journal().held(), 2 << 20);
}

#[tokio::test]
async fn what_another_did_not_finish_is_not_copied() {
    let folders = Folders::new();
    let first = folders.shelf();
    let second = folders.shelf();
    let mut theirs = first.open(&key("a"), None).await.unwrap();
    write(&mut *theirs, 0, b"half of").await.unwrap();
    let stopped = async {
        drop(theirs);
    };
    let key = key("a");
    let (ours, ()) = futures::join!(second.open(&key, None), stopped);
    assert_eq!(ours.unwrap().journal().held(), 0);
    drop(first);
    assert_eq!(second.held(&key).await.unwrap(), 0, "it is taken over when a shelf is opened");
}

#[tokio::test]
async fn a_block_that_was_torn_is_alone_forgotten() {
    let folders = Folders::new();
    let shelf = folders.shelf();
    let mut partial = shelf.open(&key("a"), None).await.unwrap();
    write(&mut *partial, 0, &vec![1; 3 << 20]).await.unwrap();
    drop(partial);
    let file = shelf.inner.lane.folder().file(key("a").as_str(), rustix::fs::OFlags::RDWR);
    std::os::unix::fs::FileExt::write_at(&file.unwrap(), b"torn", 1 << 20).unwrap();
    let mut partial = shelf.open(&key("a"), None).await.unwrap();
    for (offset, intact) in [(0, true), (1 << 20, false), (2 << 20, true)] {
        let block = partial.journal().block(offset).unwrap();
        let bytes = partial.read(offset, BLOCK).await.unwrap();
        let found = nix_ai_model_core::journal::checksum([&bytes]);
        assert_eq!(block.checksum == Some(found), intact, "{offset}");
    }
}

#[tokio::test]
async fn a_target_that_exists_is_never_overwritten() {
    let folders = Folders::new();
    let shelf = folders.shelf();
    put(&shelf, "a", b"new").await;
    fs::create_dir(folders.out()).unwrap();
    let placements = [placement("a", "a", false)];
    let error = shelf.publish(&placements).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage, "{error}");
    assert_eq!(fs::read_dir(folders.out()).unwrap().count(), 0);
    assert_eq!(shelf.held(&key("a")).await.unwrap(), 3, "it is kept");
    assert!(Shelf::open(&folders.partials(), &Target::tree(folders.out())).is_err());
    fs::remove_dir(folders.out()).unwrap();
    shelf.publish(&placements).await.unwrap();
    assert_eq!(fs::read(folders.out().join("a")).unwrap(), b"new");
}

#[test]
fn whatever_is_at_the_target_is_found_before_anything_starts() {
    let folders = Folders::new();
    fs::create_dir_all(folders.base.path().join("results")).unwrap();
    symlink("/nowhere", folders.out()).unwrap();
    for target in
        [Target::tree(folders.out()), Target::output(folders.out()), Target::file(folders.out())]
    {
        let error = Shelf::open(&folders.partials(), &target).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.message().contains("already exists"), "{error}");
    }
    assert_eq!(OutputFile::create(&folders.out()).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn only_abandoned_staging_is_swept() {
    let folders = Folders::new();
    let living = folders.shelf();
    let stale = folders.base.path().join("results/.nix-ai-model-staging-7");
    fs::create_dir_all(stale.join("tree/a")).unwrap();
    let second = folders.shelf();
    assert!(!stale.exists());
    assert_eq!(folders.results().len(), 2, "one for each of the living");
    drop((living, second));
    assert!(folders.results().is_empty());
}

#[tokio::test]
async fn a_partial_that_was_published_is_not_written_to() {
    let folders = Folders::new();
    let shelf = folders.shelf();
    put(&shelf, "a", b"published").await;
    // As if the process stopped just after the rename.
    let lane = shelf.inner.lane.folder().join(key("a").as_str());
    let published = folders.base.path().join("published");
    fs::hard_link(&lane, &published).unwrap();
    assert_eq!(shelf.held(&key("a")).await.unwrap(), 0);
    put(&shelf, "a", b"other").await;
    assert_eq!(fs::read(&published).unwrap(), b"published");
}

#[tokio::test]
async fn what_is_no_file_of_ours_is_no_partial() {
    let folders = Folders::new();
    let outside = folders.base.path().join("outside");
    fs::write(&outside, "kept").unwrap();
    let shelf = folders.shelf();
    let lane = shelf.inner.lane.folder().path().to_owned();
    symlink(&outside, lane.join(key("link").as_str())).unwrap();
    fs::create_dir(lane.join(key("folder").as_str())).unwrap();
    let pipe = lane.join(key("pipe").as_str());
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
    for name in ["link", "folder", "pipe"] {
        let error = shelf.open(&key(name), Some(1)).await.map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), Kind::Disk, "{name}: {error}");
    }
    assert_eq!(fs::read(&outside).unwrap(), b"kept");
}

#[tokio::test]
async fn an_output_is_built_in_place() {
    let folders = Folders::new();
    fs::create_dir_all(folders.base.path().join("results")).unwrap();
    let shelf = Shelf::in_output(&folders.out()).unwrap();
    put(&shelf, "a", b"bytes").await;
    shelf.publish(&[placement("a", "x/a", false), placement("a", "b", false)]).await.unwrap();
    drop(shelf);
    assert_eq!(folders.results(), ["model"]);
    let names: Vec<_> = crate::walk(&folders.out())
        .unwrap()
        .map(|entry| String::from_utf8(entry.unwrap().path).unwrap())
        .collect();
    assert_eq!(names, ["", "b", "x", "x/a"]);
}

#[tokio::test]
async fn a_flat_output_is_one_file() {
    let folders = Folders::new();
    fs::create_dir_all(folders.base.path().join("results")).unwrap();
    let depot = OutputFile::create(&folders.out()).unwrap();
    put(&depot, "a", b"bytes").await;
    let two = [placement("a", "a", false), placement("b", "b", false)];
    assert_eq!(depot.publish(&two).await.unwrap_err().kind(), Kind::Usage);
    depot.publish(&two[..1]).await.unwrap();
    assert_eq!(fs::read(folders.out()).unwrap(), b"bytes");
    assert_eq!(mode(&folders.out()), 0o644);

    let second = folders.base.path().join("results/second");
    let shelf = Shelf::open(&folders.partials(), &Target::file(&second)).unwrap();
    put(&shelf, "a", b"bytes").await;
    assert_eq!(shelf.publish(&two).await.unwrap_err().kind(), Kind::Usage);
    shelf.publish(&two[..1]).await.unwrap();
    assert_eq!(fs::read(second).unwrap(), b"bytes");
}
