//! Other file systems: another one, a full one, a read-only one.

use std::io::Write as _;
use std::process::Command;

use super::*;

const FOLDER: &str = "NIX_AI_MODEL_TEST_MOUNT";

/// A test that cannot run here says so where it is heard.
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
    if let Some(path) = std::env::var_os("NIX_AI_MODEL_TEST_SKIPS") {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "nix-ai-model-store: {why}").unwrap();
    }
}

#[tokio::test]
async fn between_file_systems_files_are_copied() {
    let folders = Folders::new();
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else {
        return skipped("there is no /dev/shm to copy from");
    };
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    if device(memory.path()) == device(folders.base.path()) {
        return skipped("/dev/shm and the temporary folder are one file system");
    }
    let partials = memory.path().join("partials");
    let shelf = Shelf::open(&partials, &Target::tree(folders.out())).unwrap();
    let bytes = vec![3; 3_000_000];
    put(&shelf, "a", &bytes).await;
    shelf.publish(&[placement("a", "x", true), placement("a", "y", false)]).await.unwrap();
    for (path, expected) in [("x", 0o755), ("y", 0o644)] {
        let path = folders.out().join(path);
        assert!(fs::read(&path).unwrap() == bytes);
        assert_eq!(mode(&path), expected);
    }
    assert_eq!(shelf.inner.lane.folder().names(9).unwrap(), [b"owner"]);
}

/// Runs the ignored test `name` with a small file system of its own, in
/// namespaces that end with it.
fn run_mounted(name: &str) {
    let base = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o size=4m none "$1" || exit 99; exec "$2" --exact "$3" --ignored --nocapture"#;
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .arg(base.path())
        .arg(std::env::current_exe().unwrap())
        .arg(format!("shelf::tests::filesystems::{name}"))
        .env(FOLDER, base.path())
        .output();
    match output {
        Ok(output) if output.status.code() == Some(99) => skipped("a tmpfs cannot be mounted"),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(
                output.status.success() && text.contains("1 passed"),
                "{text}{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Err(_) => skipped("there is no unshare"),
    }
}

#[test]
fn a_full_disk_is_told_and_what_fits_is_kept() {
    run_mounted("on_a_full_disk");
}

#[tokio::test]
#[ignore = "is run by a_full_disk_is_told_and_what_fits_is_kept"]
async fn on_a_full_disk() {
    let Some(base) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let target = Target::tree(base.join("out"));
    let shelf = Shelf::open(&base.join("partials"), &target).unwrap();
    assert!(shelf.free_space().await.unwrap() <= 4 << 20);
    let mut partial = shelf.open(&key("a"), Some(6 << 20)).await.unwrap();
    let error = write(&mut *partial, 0, &vec![1; 6 << 20]).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Disk);
    assert!(error.message().contains("the disk is full"), "{error}");
    assert!(error.message().contains("bytes are free"), "{error}");
    assert!(error.hint().unwrap().contains("free some space"));
    drop(partial);
    assert!(shelf.held(&key("a")).await.unwrap() >= 2 << 20, "what fits is kept");
    assert!(!base.join("out").exists());
}

#[test]
fn a_read_only_disk_is_told_before_anything_starts() {
    run_mounted("on_a_read_only_disk");
}

#[test]
#[ignore = "is run by a_read_only_disk_is_told_before_anything_starts"]
fn on_a_read_only_disk() {
    use nix_ai_model_core::ports::Artefacts as _;
    let Some(base) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&base).status().unwrap();
    assert!(remounted.success());
    let error = Shelf::open(&base.join("partials"), &Target::tree("/tmp/never")).unwrap_err();
    assert_eq!(error.kind(), Kind::Disk);
    assert!(error.message().contains("read-only"), "{error}");
    let artefacts = crate::ArtefactFolder::new(vec![], Some(base.join("compiled")));
    artefacts.save("key", b"x").unwrap();
    assert_eq!(artefacts.load("key").unwrap(), None);
}
