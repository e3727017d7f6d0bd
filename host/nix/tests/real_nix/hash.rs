//! `nix hash path` on generated trees.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use nix_ai_model_core::Result;
use nix_ai_model_core::digest::{Algorithm, Sri};
use nix_ai_model_nix::nar::{Node, hash};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::peer::nix;

#[derive(Debug, Clone)]
enum Tree {
    File(Vec<u8>, bool),
    Link(Vec<u8>),
    Folder(BTreeMap<Vec<u8>, Tree>),
}

/// Names that sort differently with `/`, that are not ASCII, not UTF-8.
fn name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::sample::select(
            &["a", "a.b", "a-b", "ab", "A", "é", "模型", " ", "a\nb", "-x"][..]
        )
        .prop_map(|name| name.as_bytes().to_vec()),
        proptest::collection::vec(
            any::<u8>().prop_filter("not in names", |byte| !b"/\0".contains(byte)),
            1..12
        )
        .prop_filter("not names", |name| name != b"." && name != b".."),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (proptest::collection::vec(any::<u8>(), 0..40), any::<bool>())
            .prop_map(|(bytes, executable)| Tree::File(bytes, executable)),
        Just(Tree::File(vec![7; 300_000], false)),
        name().prop_map(Tree::Link),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        proptest::collection::btree_map(name(), inner, 0..8).prop_map(Tree::Folder)
    })
}

fn write(tree: &Tree, path: &Path) {
    match tree {
        Tree::File(bytes, executable) => {
            fs::write(path, bytes).unwrap();
            let mode = if *executable { 0o755 } else { 0o644 };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        Tree::Link(target) => symlink(OsStr::from_bytes(target), path).unwrap(),
        Tree::Folder(inner) => {
            fs::create_dir(path).unwrap();
            for (name, tree) in inner {
                write(tree, &path.join(OsStr::from_bytes(name)));
            }
        }
    }
}

type Entry<'a> = Result<(Vec<u8>, Node<&'a [u8]>)>;

fn entries<'a>(tree: &'a Tree, path: Vec<u8>, told: &mut Vec<Entry<'a>>) {
    let node = match tree {
        Tree::File(bytes, executable) => Node::File {
            size: bytes.len() as u64,
            executable: *executable,
            contents: bytes.as_slice(),
        },
        Tree::Link(target) => Node::Link { target: target.clone() },
        Tree::Folder(_) => Node::Folder,
    };
    told.push(Ok((path.clone(), node)));
    if let Tree::Folder(inner) = tree {
        for (name, tree) in inner {
            let parent = if path.is_empty() { vec![] } else { [&path[..], b"/"].concat() };
            entries(tree, [parent.as_slice(), name].concat(), told);
        }
    }
}

#[test]
fn hashes_equal_those_of_nix() {
    let Some(nix) = nix() else { return };
    let mut runner = TestRunner::new(Config::with_cases(24));
    let outcome = runner.run(&tree(), |tree| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tree");
        write(&tree, &path);
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let mut told = Vec::new();
            entries(&tree, Vec::new(), &mut told);
            let ours = Sri::new(hash(algorithm, told).unwrap()).unwrap().to_string();
            let arguments = ["hash", "path", "--type", algorithm.name(), path.to_str().unwrap()];
            prop_assert_eq!(ours, nix.answer("nix", &arguments));
        }
        Ok(())
    });
    outcome.unwrap();
}
