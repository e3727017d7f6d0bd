//! `nix-store --add-fixed`, and the store paths that it prints.

use std::fs;

use nix_ai_model_core::Kind;
use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_nix::{Mode, NixStore, store_path_of};

use crate::peer::nix;

#[test]
fn a_path_follows_from_name_and_hash() {
    let Some(nix) = nix() else { return };
    let store = nix.store();
    fs::write(nix.folder().join("all-MiniLM_1.0+x"), "weights").unwrap();
    for algorithm in ["sha256", "sha512"] {
        for (mode, hash_of) in [(Mode::Flat, "file"), (Mode::Recursive, "path")] {
            let sri =
                nix.answer("nix", &["hash", hash_of, "--type", algorithm, "all-MiniLM_1.0+x"]);
            let mut add = vec!["--store", &store, "--add-fixed"];
            if mode == Mode::Recursive {
                add.push("--recursive");
            }
            add.extend([algorithm, "./all-MiniLM_1.0+x"]);
            let ours = store_path_of("all-MiniLM_1.0+x", &sri.parse().unwrap(), mode).unwrap();
            assert_eq!(ours.to_str().unwrap(), nix.answer("nix-store", &add));
        }
    }
}

#[tokio::test]
async fn a_folder_is_taken_into_the_store() {
    let Some(nix) = nix() else { return };
    let folder = nix.folder().join("model");
    fs::create_dir_all(folder.join("a")).unwrap();
    fs::write(folder.join("a/b"), "weights").unwrap();
    let store = NixStore::new().at(nix.store()).through(nix.program("nix-store"));
    let path = store.add(&folder, Algorithm::Sha256).await.unwrap();
    let sri = nix.answer("nix", &["hash", "path", "model"]).parse().unwrap();
    assert_eq!(path, store_path_of("model", &sri, Mode::Recursive).unwrap());
    let inside = format!("{}{}/a/b", nix.store(), path.display());
    assert_eq!(fs::read_to_string(inside).unwrap(), "weights");
}

#[tokio::test]
async fn what_nix_says_is_passed_on_and_escaped() {
    let Some(nix) = nix() else { return };
    let store = NixStore::new().at(nix.store()).through(nix.program("nix-store"));
    let error = store.add(&nix.folder().join("missing"), Algorithm::Sha256).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Disk);
    assert!(error.message().contains("No such file"), "{error}");
    assert!(!error.message().contains('\u{1b}'));
}

#[tokio::test]
async fn a_machine_without_nix_is_told_how_to_do_without() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let store = NixStore::new().through(folder.path().join("nix-store"));
    let error = store.add(&path, Algorithm::Sha256).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.hint().unwrap().contains("--no-store"));
    let dotted = store.add(&folder.path().join(".model"), Algorithm::Sha256).await;
    assert_eq!(dotted.unwrap_err().kind(), Kind::Usage);
}
