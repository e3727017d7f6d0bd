//! What was published works for ever: components that were made for 0.1.0,
//! committed as text, load and are called. See wit/README.md.

use std::sync::Arc;

use bytes::Bytes;
use nix_ai_model_core::Kind;
use nix_ai_model_core::ports::{Files, ScanEntry, Scanner as _};
use nix_ai_model_runtime::{Plugin, PluginScanner, PluginSource, Runtime};
use nix_ai_model_test_guests::{SCANNER_0_1_0, SOURCE_0_1_0, with_manifest};

use super::doubles::{Shelf, tight};

fn open(component: &[u8], kind: &str) -> Plugin {
    let manifest = format!(
        "name = \"old\"\nversion = \"1.0.0\"\nkind = \"{kind}\"\ninterface = \"0.1\"\n\
         description = \"Made for 0.1.0.\"\nlicense = \"MIT\"\n"
    );
    let component = with_manifest(component, &manifest);
    Plugin::open(&Runtime::new(tight()).unwrap(), &component, &Shelf::default()).unwrap()
}

/// All that it imports is linked, all that it exports is found, with the same
/// types; what its exports then do is trap.
#[tokio::test]
async fn a_source_made_for_0_1_0() {
    let error = PluginSource::parse(&open(SOURCE_0_1_0, "source"), "x").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.message().contains("crashed"), "{error}");
}

struct Nothing;

impl Files for Nothing {
    fn entries(&self) -> &[ScanEntry] {
        &[]
    }

    fn read_at(&self, _: usize, _: u64, _: usize) -> nix_ai_model_core::Result<Bytes> {
        Ok(Bytes::new())
    }

    fn check(&self, _: usize) -> nix_ai_model_core::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_scanner_made_for_0_1_0() {
    let scanner = PluginScanner::new(open(SCANNER_0_1_0, "scanner"), "{}").unwrap();
    let asked = tokio::task::spawn_blocking(move || scanner.scan(Arc::new(Nothing)));
    let error = asked.await.unwrap().unwrap_err();
    assert!(error.message().contains("crashed"), "{error}");
}

#[test]
fn they_hold_all_of_it() {
    let (_, _, imports) = Plugin::inspect(&with_manifest(
        SOURCE_0_1_0,
        "name = \"old\"\nversion = \"1.0.0\"\nkind = \"source\"\ninterface = \"0.1\"\n\
         description = \"d\"\nlicense = \"MIT\"\n",
    ))
    .unwrap();
    for interface in ["types", "http", "credentials", "settings", "log"] {
        let import = format!("nix-ai-model:plugin/{interface}@0.1.0");
        assert!(imports.contains(&import), "{import} is not among {imports:?}");
    }
}
