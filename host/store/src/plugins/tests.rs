#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};

use nix_ai_model_core::digest::{Algorithm, Hasher};
use nix_ai_model_core::plugin::Grants;

use super::*;

const FIRST: &[u8] = b"first component";
const SECOND: &[u8] = b"second component";

fn receipt_of(name: &str, component: &[u8]) -> Receipt {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    hasher.update(component);
    let hash = Sri::new(hasher.finish().remove(0)).unwrap();
    let grants = serde_json::json!({"http": ["https://models.example.com"]});
    let grants: Grants = serde_json::from_value(grants).unwrap();
    let pin = Pin { component: "./p.wasm".parse().unwrap(), hash, grants, variables: Vec::new() };
    Receipt::new(name.to_owned(), "1.0.0".to_owned(), pin, None)
}

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> (Self, PluginFolder) {
        let home = Self(tempfile::tempdir().unwrap());
        let folder = PluginFolder::at(home.path("data/plugins"));
        (home, folder)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn components(&self) -> usize {
        fs::read_dir(self.path("data/plugins/components")).unwrap().count()
    }
}

#[test]
fn what_is_installed_is_there_until_it_is_removed() {
    let (home, folder) = Home::new();
    assert!(folder.receipts().unwrap().is_empty());
    assert!(!home.path("data").exists(), "looking makes nothing");
    let (a, b) = (receipt_of("a", FIRST), receipt_of("b", FIRST));
    folder.install(&a, FIRST).unwrap();
    folder.install(&b, FIRST).unwrap();
    assert_eq!(folder.receipts().unwrap(), [a.clone(), b.clone()]);
    assert_eq!(folder.component(&a).unwrap(), FIRST);
    for (path, mode) in [("", 0o700), ("components", 0o700), ("a.json", 0o600)] {
        let path = home.path("data/plugins").join(path);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode, "{path:?}");
    }
    folder.remove("a").unwrap();
    assert_eq!(folder.receipt("a").unwrap(), None);
    assert_eq!(folder.component(&b).unwrap(), FIRST, "the other one's is kept");
    folder.remove("b").unwrap();
    assert_eq!(home.components(), 0);
    assert_eq!(folder.component(&b).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn a_replaced_component_goes_and_a_changed_receipt_is_not_overwritten() {
    let (home, folder) = Home::new();
    let old = receipt_of("a", FIRST);
    folder.install(&old, FIRST).unwrap();
    let new = receipt_of("a", SECOND);
    folder.replace(&old, &new, Some(SECOND)).unwrap();
    assert_eq!((folder.component(&new).unwrap(), home.components()), (SECOND.to_vec(), 1));
    let revoked = new.with_grants(Grants::default());
    assert_eq!(folder.replace(&old, &revoked, None).unwrap_err().kind(), Kind::Usage);
    assert_eq!(folder.receipt("a").unwrap().unwrap(), new);
    assert_eq!(folder.install(&old, FIRST).unwrap_err().kind(), Kind::Usage);
    assert_eq!(home.components(), 1);
}

#[test]
fn a_component_that_is_not_the_receipts_is_not_installed() {
    let (_home, folder) = Home::new();
    let error = folder.install(&receipt_of("a", FIRST), SECOND).unwrap_err();
    assert_eq!(error.kind(), Kind::HashMismatch);
    assert!(folder.receipts().unwrap().is_empty());
}

#[test]
fn a_swapped_missing_or_linked_file_is_an_error() {
    let (home, folder) = Home::new();
    let receipt = receipt_of("a", FIRST);
    folder.install(&receipt, FIRST).unwrap();
    let component = home.path("data/plugins/components").join(file_of(&receipt.hash));
    fs::write(&component, SECOND).unwrap();
    assert_eq!(folder.component(&receipt).unwrap_err().kind(), Kind::HashMismatch);
    fs::remove_file(&component).unwrap();
    let error = folder.component(&receipt).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.hint().unwrap().contains("plugin remove a"), "{error}");
    fs::write(home.path("elsewhere"), FIRST).unwrap();
    symlink(home.path("elsewhere"), &component).unwrap();
    assert!(folder.component(&receipt).is_err());
}

#[test]
fn what_an_interrupted_install_left_is_swept_by_the_next() {
    let (home, folder) = Home::new();
    folder.install(&receipt_of("a", FIRST), FIRST).unwrap();
    let plugins = home.path("data/plugins");
    for left in [".unfinished-1", "components/.unfinished-1", "components/00.wasm"] {
        fs::write(plugins.join(left), "half").unwrap();
    }
    assert_eq!(folder.receipts().unwrap().len(), 1);
    folder.install(&receipt_of("b", SECOND), SECOND).unwrap();
    assert!(!plugins.join(".unfinished-1").exists());
    assert_eq!(home.components(), 2);
}

#[test]
fn a_malformed_receipt_is_named_and_can_be_removed() {
    let (home, folder) = Home::new();
    let other = receipt_of("b", SECOND);
    folder.install(&receipt_of("a", FIRST), FIRST).unwrap();
    folder.install(&other, SECOND).unwrap();
    fs::write(home.path("data/plugins/a.json"), "{").unwrap();
    let error = folder.receipts().unwrap_err();
    assert!(error.message().contains("plugin a"), "{error}");
    folder.remove("a").unwrap();
    assert_eq!(folder.receipts().unwrap(), [other]);
}

#[test]
fn where_nothing_can_be_written_nothing_changes() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let folder = PluginFolder::at(home.path().join("file/plugins"));
    assert!(folder.receipts().unwrap().is_empty());
    let error = folder.install(&receipt_of("a", FIRST), FIRST).unwrap_err();
    assert_eq!(error.kind(), Kind::Disk);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn two_installs_at_once_are_one_and_an_error() {
    let (_home, folder) = Home::new();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let install = |component: &'static [u8]| {
            let folder = &folder;
            scope.spawn(move || folder.install(&receipt_of("a", component), component))
        };
        let both = [install(FIRST), install(SECOND)];
        both.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let receipt = folder.receipt("a").unwrap().unwrap();
    folder.component(&receipt).unwrap();
}
