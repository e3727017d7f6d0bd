//! The download operation against doubles of its ports: what is kept, what is
//! fetched again, and that the tree's digest is right in whatever order files
//! arrive.
#![allow(clippy::unwrap_used, reason = "tests")]

mod doubles;

use std::num::NonZeroUsize;
use std::sync::Arc;

use doubles::{Hub, Memory, PlainTree, download, sha256, tree_of};
use futures::executor::block_on;
use nix_ai_model_core::digest::{Algorithm, Sri};
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::{Error, Kind};
use proptest::prelude::*;

const FILES: [(&str, &[u8]); 4] =
    [("a", b"alpha"), ("b/x", b""), ("b.c", b"alpha"), ("z", b"the last one, and the longest")];

fn run(hub: Hub, memory: &Arc<Memory>, jobs: usize) -> Result<String, Error> {
    let mut download = download(hub, memory.clone());
    download.jobs = NonZeroUsize::new(jobs).unwrap();
    let (_, digest) = block_on(download.run(Some(Box::new(PlainTree::default()))))?;
    Ok(digest.unwrap().to_hex())
}

#[test]
fn everything_is_fetched_once_and_published_whole() {
    let memory = Arc::new(Memory::default());
    let hub = Hub::new(&FILES);
    let served = hub.served();
    assert_eq!(run(hub, &memory, 2).unwrap(), tree_of(&FILES));
    assert_eq!(memory.tree(), FILES.map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).into());
    // "a" and "b.c" hold the same bytes, and are fetched once.
    assert_eq!(served.total(), 5 + 29);
}

#[test]
fn a_partial_of_an_earlier_run_is_taken_up() {
    let memory = Arc::new(Memory::default());
    memory.leave(&sha256(FILES[3].1), b"the last");
    let hub = Hub::new(&FILES);
    let served = hub.served();
    assert_eq!(run(hub, &memory, 1).unwrap(), tree_of(&FILES));
    assert_eq!(served.total(), 5 + 29 - 8);
}

#[test]
fn a_partial_of_other_bytes_is_fetched_again() {
    for wrong in
        [&b"THE LAST"[..], b"as long as the last one is ..", b"longer than the last one, by a lot"]
    {
        let memory = Arc::new(Memory::default());
        memory.leave(&sha256(FILES[3].1), wrong);
        assert_eq!(run(Hub::new(&FILES), &memory, 1).unwrap(), tree_of(&FILES));
    }
}

#[test]
fn bytes_that_could_not_be_verified_later_are_not_taken_up() {
    let memory = Arc::new(Memory::default());
    let hub = Hub::new(&FILES).without_digests();
    let key = hub.keys()[3].clone();
    memory.leave_key(&key, b"the LAST");
    assert_eq!(run(hub, &memory, 1).unwrap(), tree_of(&FILES));
}

#[test]
fn wrong_bytes_are_a_mismatch_and_are_not_kept() {
    let memory = Arc::new(Memory::default());
    let error = run(Hub::new(&FILES).flipping("z"), &memory, 2).unwrap_err();
    assert_eq!(error.kind(), Kind::HashMismatch);
    assert!(error.message().contains("file \"z\""), "{error}");
    assert!(memory.tree().is_empty());
    assert_eq!(memory.held_bytes(&sha256(FILES[3].1)), 0);
    // What was right is kept for the next run.
    assert_eq!(memory.held_bytes(&sha256(FILES[0].1)), 5);
}

#[test]
fn more_bytes_than_planned_are_a_mismatch() {
    let memory = Arc::new(Memory::default());
    let error = run(Hub::new(&FILES).appending("z"), &memory, 1).unwrap_err();
    assert_eq!(error.kind(), Kind::HashMismatch);
}

#[test]
fn a_pin_of_the_users_is_checked_too() {
    let pin = |bytes: &[u8]| Sri::new(sha256(bytes)).unwrap();
    for (path, sri, expected) in [
        ("a", pin(b"alpha"), None),
        ("a", pin(b"other"), Some(Kind::HashMismatch)),
        ("missing", pin(b"alpha"), Some(Kind::NotFound)),
    ] {
        let mut download = download(Hub::new(&FILES), Arc::new(Memory::default()));
        download.pins.insert(FilePath::new(path).unwrap(), sri);
        assert_eq!(
            block_on(download.run(None)).err().map(|error| error.kind()),
            expected,
            "{path}"
        );
    }
}

#[test]
fn a_tree_of_another_digest_is_not_published() {
    let memory = Arc::new(Memory::default());
    let mut download = download(Hub::new(&FILES), memory.clone());
    download.expect = Some(sha256(b"another tree"));
    let error = block_on(download.run(Some(Box::new(PlainTree::default())))).unwrap_err();
    assert_eq!(error.kind(), Kind::HashMismatch);
    assert!(memory.tree().is_empty());
}

#[test]
fn no_room_is_said_before_the_first_byte() {
    let memory = Arc::new(Memory::with_room(20));
    let hub = Hub::new(&FILES);
    let served = hub.served();
    assert_eq!(run(hub, &memory, 1).unwrap_err().kind(), Kind::Disk);
    assert_eq!(served.total(), 0);
}

#[test]
fn an_expired_url_is_asked_for_again() {
    let memory = Arc::new(Memory::default());
    assert_eq!(run(Hub::new(&FILES).expired("z"), &memory, 1).unwrap(), tree_of(&FILES));
}

#[test]
fn a_url_that_expires_midway_is_asked_for_as_often_as_it_takes() {
    let memory = Arc::new(Memory::default());
    let hub = Hub::new(&FILES).expiring("z").in_chunks(10);
    let served = hub.served();
    assert_eq!(run(hub, &memory, 1).unwrap(), tree_of(&FILES));
    assert_eq!(served.total(), 5 + 29, "each goes on where the last one ended");
    // One that brings nothing ends it.
    let hub = Hub::new(&FILES[3..]).expiring("z").in_chunks(0);
    assert_eq!(run(hub, &Arc::default(), 1).unwrap_err().kind(), Kind::Unauthorized);
}

#[test]
fn mirrors_are_tried_in_order_and_the_digest_decides() {
    let memory = Arc::new(Memory::default());
    let hub = Hub::new(&FILES).flipping("z").mirrored(&["missing", "good"]);
    assert_eq!(run(hub, &memory, 2).unwrap(), tree_of(&FILES));
    // What an earlier run left of another place is not trusted blindly.
    let memory = Arc::new(Memory::default());
    memory.leave(&sha256(FILES[3].1), b"THE LAST");
    let hub = Hub::new(&FILES).flipping("z").mirrored(&["good"]);
    assert_eq!(run(hub, &memory, 1).unwrap(), tree_of(&FILES));
    // A size that one place says is its own.
    for (path, whole) in [("a", true), ("a", false), ("z", true), ("z", false)] {
        let hub = Hub::new(&FILES).with_page(path, whole).mirrored(&["good"]);
        assert_eq!(run(hub, &Arc::default(), 1).unwrap(), tree_of(&FILES), "{path}, {whole}");
    }
    // The last one's failure is the one that is told.
    let hub = Hub::new(&FILES).flipping("z").mirrored(&["missing"]);
    assert_eq!(run(hub, &Arc::default(), 1).unwrap_err().kind(), Kind::Unauthorized);
}

#[test]
fn fetched_files_say_size_and_sha256() {
    let download = download(Hub::new(&FILES), Arc::new(Memory::default()));
    let (files, digest) = block_on(download.run(None)).unwrap();
    assert!(digest.is_none());
    let last = files.last().unwrap();
    assert_eq!((last.path.as_str(), last.size), ("z", 29));
    assert_eq!(last.sha256, sha256(FILES[3].1));
    assert_eq!(last.sha256.algorithm(), Algorithm::Sha256);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn the_trees_digest_does_not_depend_on_the_order_of_arrival(
        contents in proptest::collection::vec(proptest::collection::vec(0..4_u8, 0..40), 1..8),
        jobs in 1..5_usize,
        chunk in 1..16_usize,
        broken in proptest::option::of(0..8_usize),
    ) {
        let names = ["a", "a-b", "a.b", "b/a", "b/c/d", "b/d", "c", "d"];
        let files: Vec<(&str, &[u8])> =
            names.into_iter().zip(contents.iter().map(Vec::as_slice)).collect();
        let mut hub = Hub::new(&files).in_chunks(chunk);
        if let Some(at) = broken.filter(|at| *at < files.len()) {
            hub = hub.breaking_once(files[at].0);
        }
        prop_assert_eq!(run(hub, &Arc::new(Memory::default()), jobs).unwrap(), tree_of(&files));
    }
}
