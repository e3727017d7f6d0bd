#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use nix_ai_model_core::digest::Sri;

type Entry<'a> = (&'a str, Node<&'a [u8]>);

fn file(contents: &[u8], executable: bool) -> Node<&[u8]> {
    Node::File { size: contents.len() as u64, executable, contents }
}

fn sri(digest: Digest) -> String {
    Sri::new(digest).unwrap().to_string()
}

fn hashed(algorithm: Algorithm, entries: Vec<Entry<'_>>) -> String {
    let entries = entries.into_iter().map(|(path, node)| Ok((path.as_bytes().to_vec(), node)));
    sri(hash(algorithm, entries).unwrap())
}

fn tree() -> Vec<Entry<'static>> {
    vec![
        ("", Node::Folder),
        ("a", Node::Folder),
        ("a/empty", Node::Folder),
        ("a/l", Node::Link { target: b"../x".to_vec() }),
        ("a/z", file(b"hello", false)),
        ("a.b", file(b"", false)),
        ("d", Node::Folder),
        ("run", file(b"#!x", true)),
        ("é", file("é".as_bytes(), false)),
    ]
}

#[test]
fn hashes_are_those_that_nix_printed() {
    // `nix hash path` of Nix 2.8 on these trees.
    let sha256 = |entries| hashed(Algorithm::Sha256, entries);
    assert_eq!(sha256(tree()), "sha256-uYa9czo3W6RSKvZ6PUYW1ihQnx20RKfS+OqeeLyu3k8=");
    assert_eq!(
        hashed(Algorithm::Sha512, tree()),
        "sha512-PF/WbKLtvTx3MSp/f07XptesP7W68p3BSb/DhZbcN7TykbSbDkyvmJPpZKNKPx8YjQZ7gUnhon0Tjw4R29P3RQ=="
    );
    assert_eq!(
        sha256(vec![("", file(b"#!x", true))]),
        "sha256-GdaSw5BuJFLQrFTl7EO83lxwHjAVMfqIS64IzJb8mOU="
    );
    assert_eq!(
        sha256(vec![("", Node::Link { target: b"../x".to_vec() })]),
        "sha256-1hHyDep6TlxuB2AKJFn0idUMGv5WQS8R/LMe4U/l3r8="
    );
    assert_eq!(
        sha256(vec![("", Node::Folder)]),
        "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo="
    );
    assert_eq!(
        sri(NarHasher::new(Algorithm::Sha256).digest()),
        "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo="
    );
}

#[test]
fn files_alone_open_their_folders_and_a_snapshot_goes_back() {
    let told = vec![
        ("", Node::Folder),
        ("a", Node::Folder),
        ("a/b", Node::Folder),
        ("a/b/x", file(b"1234567", false)),
        ("a/c", file(b"", true)),
        ("a-b", file(b"12345678", false)),
    ];
    let mut hasher: Box<dyn TreeHasher> = Box::new(NarHasher::new(Algorithm::Sha256));
    let add = |hasher: &mut Box<dyn TreeHasher>, path: &str, bytes: &[u8], executable| {
        hasher.begin(&FilePath::new(path).unwrap(), bytes.len() as u64, executable);
        bytes.chunks(3).for_each(|chunk| hasher.update(chunk));
        hasher.end();
    };
    add(&mut hasher, "a/b/x", b"1234567", false);
    let before = hasher.snapshot();
    add(&mut hasher, "a/b/y", b"a file that turns out wrong", false);
    hasher = before;
    add(&mut hasher, "a/c", b"", true);
    add(&mut hasher, "a-b", b"12345678", false);
    assert_eq!(sri(hasher.finish()), hashed(Algorithm::Sha256, told));
}

#[test]
fn a_file_that_changes_meanwhile_is_an_error() {
    for contents in [&b"longer"[..], b"sho"] {
        let node = Node::File { size: 4, executable: false, contents };
        let error = hash(Algorithm::Sha256, [Ok((b"\x1bx".to_vec(), node))]).unwrap_err();
        assert_eq!(error.kind(), Kind::Disk);
        assert!(error.message().contains("changed") && !error.message().contains('\x1b'));
    }
}
