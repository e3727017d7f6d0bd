//! Two real processes on one model, one of which is killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;

const FOLDER: &str = "NIX_AI_MODEL_TEST_FOLDER";
const WRITTEN: u64 = 3 << 20;

/// Runs in the other process: holds a half-written partial until it is killed.
#[tokio::test]
#[ignore = "is run by a_killed_process_leaves_its_partials"]
async fn hold_a_partial() {
    let Some(base) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let target = Target::tree(base.join("results/theirs"));
    let shelf = Shelf::open(&base.join("cache/partials"), &target).unwrap();
    let mut partial = shelf.open(&key("a"), Some(2 * WRITTEN)).await.unwrap();
    write(&mut *partial, 0, &vec![7; WRITTEN as usize]).await.unwrap();
    println!("\nholding");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn a_killed_process_leaves_its_partials() {
    let folders = Folders::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "shelf::tests::processes::hold_a_partial", "--ignored", "--nocapture"])
        .env(FOLDER, folders.base.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let child = Killed(child);
    assert!(output.lines().any(|line| line.unwrap().ends_with("holding")));

    let ours = folders.shelf();
    assert_eq!(ours.held(&key("a")).await.unwrap(), 0, "theirs is in use");
    put(&ours, "a", b"ours").await;
    assert_eq!(folders.results().len(), 2, "theirs and our staging");
    drop(ours);
    drop(child);

    let next = folders.shelf();
    assert_eq!(next.held(&key("a")).await.unwrap(), WRITTEN, "the longer one is taken over");
    assert_eq!(folders.results().len(), 1, "their staging is swept");
    assert_eq!(fs::read_dir(folders.partials()).unwrap().count(), 1, "our lane alone");
}
