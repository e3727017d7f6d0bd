//! The hub's answers, byte for byte.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand outside the rooms"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod raw;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use nix_ai_model_testkit::{Environment, Fixture, Hub, Kind, Repository, skip};
use raw::{ask, get};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use tempfile::TempDir;

fn serve(fixture: &Fixture) -> (TempDir, Hub) {
    let folder = TempDir::new().unwrap();
    fixture.write_to(folder.path()).unwrap();
    let repository = Repository::model("org/name", folder.path());
    let hub = Hub::builder().repository(repository).page_size(3).start().unwrap();
    (folder, hub)
}

/// What git itself makes of a folder: its commit with the hub's author,
/// date and message.
fn git_commit(environment: &Environment, folder: &Path) -> String {
    let git = |arguments: &[&str]| {
        let mut program = environment.program("git").args(arguments).folder(folder);
        for role in ["AUTHOR", "COMMITTER"] {
            program = program
                .variable(format!("GIT_{role}_NAME"), "Test Hub")
                .variable(format!("GIT_{role}_EMAIL"), "hub@localhost")
                .variable(format!("GIT_{role}_DATE"), "1700000000 +0000");
        }
        program.run().unwrap().succeeded().stdout.trim().to_owned()
    };
    git(&["init", "--quiet"]);
    git(&["-c", "core.fileMode=true", "add", "--all"]);
    let tree = git(&["write-tree"]);
    git(&["commit-tree", &tree, "-m", "Upload folder"])
}

#[test]
fn commits_are_those_of_git() {
    if Command::new("git").arg("--version").output().is_err() {
        return skip("commits_are_those_of_git", "no git");
    }
    // Without LFS files, as git would need its filter for them.
    let fixture = Fixture::small_model()
        .without("model.safetensors")
        .without(".gitattributes")
        .file("nested.txt", "sorts before nested/ in git\n")
        .file("nested-too/a", "");
    let (folder, hub) = serve(&fixture);
    let expected = git_commit(&Environment::new().unwrap(), folder.path());
    assert_eq!(hub.commit(Kind::Model, "org/name", "main"), expected);
}

#[test]
fn a_listing_has_git_and_lfs_digests() {
    let (folder, hub) = serve(&Fixture::small_model());
    let mut url = format!("{}/api/models/org/name/tree/main?recursive=true", hub.url());
    let mut entries = Vec::new();
    loop {
        let page = get(&url);
        let on_page = page.json().as_array().unwrap().clone();
        assert!(on_page.len() <= 3);
        entries.extend(on_page);
        let Some(link) = page.header("link") else { break };
        url = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
    }
    let files: Vec<_> = entries.iter().filter(|entry| entry["type"] == "file").collect();
    assert_eq!(files.len(), Fixture::small_model().paths().len());
    for entry in files {
        let bytes = std::fs::read(folder.path().join(entry["path"].as_str().unwrap())).unwrap();
        let stored = if entry["path"] == "model.safetensors" {
            let sha256 = hex::encode(Sha256::digest(&bytes));
            let spec = "version https://git-lfs.github.com/spec/v1";
            let pointer = format!("{spec}\noid sha256:{sha256}\nsize {}\n", bytes.len());
            assert_eq!(entry["lfs"]["oid"], sha256);
            assert_eq!(entry["lfs"]["size"], bytes.len());
            assert_eq!(entry["lfs"]["pointerSize"], pointer.len());
            pointer.into_bytes()
        } else {
            assert!(entry.get("lfs").is_none());
            bytes.clone()
        };
        assert_eq!(entry["size"], bytes.len());
        let object = [format!("blob {}\0", stored.len()).as_bytes(), &stored].concat();
        assert_eq!(entry["oid"], hex::encode(Sha1::digest(object)));
    }
}

#[test]
fn a_folder_is_listed_alone() {
    let (_folder, hub) = serve(&Fixture::small_model());
    let page = get(&format!("{}/api/models/org/name/tree/main/nested", hub.url())).json();
    let paths: Vec<_> = page.as_array().unwrap().iter().map(|entry| &entry["path"]).collect();
    assert_eq!(paths, ["nested/a name with #?%+&.txt", "nested/deeper", "nested/größe-模型.txt"]);
    let missing = get(&format!("{}/api/models/org/name/tree/main/absent", hub.url()));
    assert_eq!((missing.status, missing.header("x-error-code")), (404, Some("EntryNotFound")));
}

#[test]
fn a_large_file_is_found_by_its_redirect() {
    let (folder, hub) = serve(&Fixture::small_model());
    let bytes = std::fs::read(folder.path().join("model.safetensors")).unwrap();
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(&bytes)));
    let redirect =
        ask("HEAD", &format!("{}/org/name/resolve/main/model.safetensors", hub.url()), &[]);
    assert_eq!(redirect.status, 302);
    assert_eq!(redirect.header("x-linked-etag"), Some(etag.as_str()));
    assert_eq!(redirect.header("x-linked-size"), Some("300001"));
    let commit = hub.commit(Kind::Model, "org/name", "main");
    assert_eq!(redirect.header("x-repo-commit"), Some(commit.as_str()));
    assert!(redirect.body.is_empty());
    let location = redirect.location();
    assert!(location.starts_with(hub.cdn_url()));

    let whole = get(location);
    assert_eq!((whole.status, whole.header("etag")), (200, Some(etag.as_str())));
    assert!(whole.body == bytes);
    let part = ask("GET", location, &[("Range", "bytes=100-299")]);
    assert_eq!(part.header("content-range"), Some("bytes 100-299/300001"));
    assert!(part.status == 206 && part.body == bytes[100..300]);
    let beyond = ask("GET", location, &[("Range", "bytes=300001-")]);
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */300001")));
    let stale = ask("GET", location, &[("Range", "bytes=5-"), ("If-Range", "\"other\"")]);
    assert_eq!((stale.status, stale.body.len()), (200, 300_001));

    let with_token = ask("GET", location, &[("Authorization", "Bearer hf_x")]);
    assert_eq!(with_token.status, 400);
    assert_eq!(hub.leaked_credentials().len(), 1);
    let (unsigned, _) = location.split_once("&Signature").unwrap();
    assert_eq!(get(unsigned).status, 403);
}

#[test]
fn a_moved_branch_leaves_its_commit() {
    let (_folder, hub) = serve(&Fixture::small_model());
    let before = hub.commit(Kind::Model, "org/name", "main");
    let newer = TempDir::new().unwrap();
    Fixture::new().file("config.json", "{\"new\": 1}").write_to(newer.path()).unwrap();
    let after = hub.move_reference(Kind::Model, "org/name", "main", newer.path()).unwrap();
    assert_ne!(before, after);
    let sha = |revision: &str| {
        get(&format!("{}/api/models/org/name/revision/{revision}", hub.url())).json()["sha"].clone()
    };
    assert_eq!((sha("main"), sha(&before)), (after.into(), before.clone().into()));
}

#[test]
fn what_leaves_the_repository_is_not_there() {
    let (_folder, hub) = serve(&Fixture::small_model());
    for path in ["../secret", "%2e%2e/secret", "%2fetc/passwd", "/etc/passwd", "nested", ""] {
        let answer = get(&format!("{}/org/name/resolve/main/{path}", hub.url()));
        assert_eq!(answer.header("x-error-code"), Some("EntryNotFound"), "{path}");
    }
}

#[test]
fn digests_are_kept_and_noticed_when_old() {
    let folder = TempDir::new().unwrap();
    let repository = folder.path().join("models/org/name");
    let start = || {
        let digests = folder.path().join("digests.json");
        Hub::builder().folder(folder.path()).unwrap().digests_in(digests).start().unwrap()
    };
    Fixture::new().file("a.txt", "one").write_to(&repository).unwrap();
    let first = start().commit(Kind::Model, "org/name", "main");
    assert_eq!(start().commit(Kind::Model, "org/name", "main"), first);
    Fixture::new().file("a.txt", "three").write_to(&repository).unwrap();
    assert_ne!(start().commit(Kind::Model, "org/name", "main"), first);
}

#[test]
fn the_server_says_where_it_is() {
    let folder = TempDir::new().unwrap();
    Fixture::small_model().write_to(&folder.path().join("models/org/name")).unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_hub-server"))
        .args(["--port", "0", "--root"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let answer = get(&format!("{}/api/models/org/name", url.trim()));
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!((answer.status, answer.json()["id"].as_str()), (200, Some("org/name")));
}

#[tokio::test]
async fn asynchronous_tests_may_own_and_drop_a_hub() {
    let (_folder, hub) = serve(&Fixture::small_model());
    let url = format!("{}/api/models/org/name", hub.url());
    let asked = tokio::task::spawn_blocking(move || get(&url).status);
    hub.journal().wait_until(|requests| requests.iter().any(|request| request.complete)).await;
    assert_eq!(asked.await.unwrap(), 200);
    drop(hub);
}
