#![allow(clippy::unwrap_used, reason = "tests")]
use std::collections::BTreeMap;
use std::fs;

use super::*;

/// A small store with a raw model of two files, one nested.
fn store() -> (tempfile::TempDir, PathBuf) {
    let base = tempfile::tempdir().unwrap();
    let raw = base.path().join("aaaa-raw");
    fs::create_dir_all(raw.join("1_Pooling")).unwrap();
    fs::write(raw.join("1_Pooling/config.json"), "{}").unwrap();
    fs::write(raw.join("model.bin"), "weights").unwrap();
    (base, raw)
}

fn about() -> About {
    About {
        name: "m".to_owned(),
        version: None,
        source: "huggingface:org/m@main".to_owned(),
        hash: Some("sha256-x".to_owned()),
        fetched_at: None,
        post_download_results: Vec::new(),
        scan: None,
    }
}

#[test]
fn links_lead_from_one_store_path_to_another() {
    let relative = |link: &str, target: &str| relative(Path::new(link), Path::new(target));
    for (link, target, expected) in [
        ("/nix/store/o/x", "/nix/store/h-raw/x", "../h-raw/x"),
        ("/nix/store/o/a/b", "/nix/store/h-raw/a/b", "../../h-raw/a/b"),
        ("/nix/store/o/a/b", "/nix/store/o/c", "../c"),
        ("/o/x", "/h", "../h"),
    ] {
        assert_eq!(relative(link, target).unwrap(), Path::new(expected));
    }
    for (link, target) in [("o/x", "/h"), ("/o/x", "h"), ("/o/../x", "/h"), ("/", "/h")] {
        assert_eq!(relative(link, target).unwrap_err().kind(), Kind::Usage);
    }
}

#[test]
fn an_assembled_model_has_links_and_metadata() {
    let (base, raw) = store();
    let out = base.path().join("bbbb-m");
    assemble(&out, &Contents::Tree(raw), &about()).unwrap();
    assert_eq!(
        fs::read_link(out.join("1_Pooling/config.json")).unwrap(),
        Path::new("../../aaaa-raw/1_Pooling/config.json")
    );
    assert_eq!(fs::read_to_string(out.join("model.bin")).unwrap(), "weights");
    let metadata: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join(METADATA)).unwrap()).unwrap();
    assert_eq!(
        metadata,
        serde_json::json!({
            "name": "m", "version": null, "source": "huggingface:org/m@main",
            "hash": "sha256-x", "fetchedAt": null, "totalSize": 9, "postDownloadResults": [],
            "files": [{"path": "1_Pooling/config.json", "size": 2}, {"path": "model.bin", "size": 7}],
        })
    );
}

#[test]
fn a_model_is_assembled_from_parts() {
    let (base, raw) = store();
    let out = base.path().join("bbbb-m");
    let path = FilePath::new("deep/er/w.bin").unwrap();
    let parts = |target| Contents::Parts(BTreeMap::from([(path.clone(), target)]));
    assemble(&out, &parts(raw.join("model.bin")), &about()).unwrap();
    assert_eq!(
        fs::read_link(out.join("deep/er/w.bin")).unwrap(),
        Path::new("../../../aaaa-raw/model.bin")
    );
    let error = assemble(&base.path().join("c"), &parts(raw), &about()).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
}

#[test]
fn a_raw_tree_cannot_bring_metadata_of_its_own() {
    let (base, raw) = store();
    fs::write(raw.join(METADATA), "{}").unwrap();
    let error = assemble(&base.path().join("o"), &Contents::Tree(raw), &about()).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
}

#[test]
fn a_hugging_face_cache_has_ref_and_snapshot() {
    let (base, raw) = store();
    let model = base.path().join("bbbb-m");
    assemble(&model, &Contents::Tree(raw), &about()).unwrap();
    let out = base.path().join("cccc-hf");
    let commit = "0123456789abcdef0123456789abcdef01234567".to_owned();
    let snapshot = Snapshot {
        model,
        repo: "org/m".to_owned(),
        repo_type: "dataset".to_owned(),
        revision: "refs/pr/1".to_owned(),
        commit: commit.clone(),
    };
    hugging_face(&out, &snapshot).unwrap();
    let cache = out.join("datasets--org--m");
    assert_eq!(fs::read_to_string(cache.join("refs/refs/pr/1")).unwrap(), commit);
    let there = cache.join("snapshots").join(&commit);
    assert_eq!(
        fs::read_link(there.join("1_Pooling/config.json")).unwrap(),
        Path::new("../../../../../bbbb-m/1_Pooling/config.json")
    );
    assert_eq!(fs::read_to_string(there.join("model.bin")).unwrap(), "weights");
    assert!(!there.join(METADATA).exists());
}

#[test]
fn malformed_snapshots_are_refused_before_anything_is_written() {
    let (base, model) = store();
    let commit = "0".repeat(40);
    let good = Snapshot {
        model,
        repo: "org/m".to_owned(),
        repo_type: "model".to_owned(),
        revision: "main".to_owned(),
        commit,
    };
    let out = base.path().join("o");
    for bad in [
        Snapshot { repo: "../m".to_owned(), ..good.clone() },
        Snapshot { repo: "a/b/c".to_owned(), ..good.clone() },
        Snapshot { repo_type: "x".to_owned(), ..good.clone() },
        Snapshot { revision: "../../x".to_owned(), ..good.clone() },
        Snapshot { commit: "main".to_owned(), ..good },
    ] {
        assert_eq!(hugging_face(&out, &bad).unwrap_err().kind(), Kind::Usage);
        assert!(!out.exists());
    }
}

/// The digests of the bytes that [`registered`] writes.
const BLOBS: [(&str, &str); 3] = [
    ("model.gguf", "ebd4d5391c0a1f38fa1704d0d0032ef4ee87ee9c79a7ef23efa36aeb04872452"),
    ("license", "e5dcffe836b6ec8a58e492419b550e65fb8cbdc308503979e5dacb33ac7ea3b7"),
    ("config.json", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
];

/// A model of a registry, assembled.
fn registered() -> (tempfile::TempDir, OllamaModel) {
    let base = tempfile::tempdir().unwrap();
    let raw = base.path().join("aaaa-raw");
    fs::create_dir_all(&raw).unwrap();
    let [weights, license, config] = BLOBS.map(|(_, hex)| format!("sha256:{hex}"));
    let manifest = serde_json::json!({
        "config": {"digest": config, "size": 2},
        "layers": [{"digest": weights, "size": 8}, {"digest": license, "size": 3}, {"digest": license, "size": 3}],
    });
    for (path, bytes) in [
        ("model.gguf", "GGUF-ish"),
        ("license", "MIT"),
        ("config.json", "{}"),
        ("manifest.json", &manifest.to_string()),
    ] {
        fs::write(raw.join(path), bytes).unwrap();
    }
    let folder = base.path().join("bbbb-m");
    assemble(&folder, &Contents::Tree(raw), &about()).unwrap();
    let [host, namespace, model, tag] = ["r.example:5000", "library", "m", "7b"].map(str::to_owned);
    (base, OllamaModel { folder, host, namespace, model, tag })
}

#[test]
fn an_ollama_store_has_manifest_and_blobs() {
    let (base, model) = registered();
    let out = base.path().join("cccc-store");
    ollama(&out, &model).unwrap();
    let manifest = out.join("manifests/r.example:5000/library/m/7b");
    assert!(!manifest.is_symlink());
    assert_eq!(fs::read(manifest).unwrap(), fs::read(model.folder.join("manifest.json")).unwrap());
    assert_eq!(fs::read_dir(out.join("blobs")).unwrap().count(), 3);
    for (path, hex) in BLOBS {
        let blob = out.join(format!("blobs/sha256-{hex}"));
        assert_eq!(fs::read_link(&blob).unwrap(), Path::new("../../bbbb-m").join(path));
        assert_eq!(fs::read(&blob).unwrap(), fs::read(model.folder.join(path)).unwrap());
    }
}

#[test]
fn what_makes_no_ollama_store_is_refused() {
    let (base, good) = registered();
    let fault = |model: &OllamaModel, out: &str| {
        let error = ollama(&base.path().join(out), model).unwrap_err();
        (error.kind(), error.message().to_owned())
    };
    for (host, tag) in [("..", "x"), ("a/b", "x"), ("", "x"), ("h", "../x"), ("h", "a/b")] {
        let bad = OllamaModel { host: host.to_owned(), tag: tag.to_owned(), ..good.clone() };
        assert_eq!(fault(&bad, "a").0, Kind::Usage);
        assert!(!base.path().join("a").exists());
    }
    // Other bytes of the same size are another blob.
    fs::write(base.path().join("aaaa-raw/license"), "BSD").unwrap();
    let (kind, message) = fault(&good, "b");
    assert_eq!(kind, Kind::Refused);
    assert!(message.contains(&format!("lacks the blob sha256:{}", BLOBS[1].1)), "{message}");
    for manifest in ["", "{}", "[]", r#"{"layers": [{"digest": "sha512:0"}]}"#] {
        fs::write(base.path().join("aaaa-raw/manifest.json"), manifest).unwrap();
        assert_eq!(fault(&good, "c").0, Kind::Refused, "{manifest}");
    }
    fs::remove_file(good.folder.join("manifest.json")).unwrap();
    assert!(fault(&good, "d").1.contains("has no manifest.json"));
}

#[test]
fn a_copy_may_be_changed_and_is_whole() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (base, raw) = store();
    symlink("model.bin", raw.join("again")).unwrap();
    for mode in [0o444, 0o555] {
        fs::set_permissions(raw.join("model.bin"), fs::Permissions::from_mode(mode)).unwrap();
        let out = base.path().join(format!("copy-{mode:o}"));
        copy(&out, &Contents::Tree(raw.clone())).unwrap();
        assert_eq!(fs::read_to_string(out.join("model.bin")).unwrap(), "weights");
        assert_eq!(fs::read_to_string(out.join("1_Pooling/config.json")).unwrap(), "{}");
        assert_eq!(fs::read_link(out.join("again")).unwrap(), Path::new("model.bin"));
        let copied = fs::metadata(out.join("model.bin")).unwrap().permissions().mode();
        assert_eq!(copied & 0o777, if mode == 0o444 { 0o644 } else { 0o755 });
    }
    let path = FilePath::new("a/b.bin").unwrap();
    let parts = BTreeMap::from([(path, raw.join("model.bin"))]);
    copy(&base.path().join("parts"), &Contents::Parts(parts.clone())).unwrap();
    links(&base.path().join("links"), &parts).unwrap();
    for out in ["parts", "links"] {
        let out = base.path().join(out);
        assert_eq!(fs::read_to_string(out.join("a/b.bin")).unwrap(), "weights");
        assert_eq!(copy(&out, &Contents::Parts(parts.clone())).unwrap_err().kind(), Kind::Disk);
    }
}
