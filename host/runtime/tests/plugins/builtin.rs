//! The built-in plugins, and the cache of compiled ones.

use std::collections::HashMap;

use nix_ai_model_builtin::Kind as BuiltinKind;
use nix_ai_model_core::plan::RawLocator;
use nix_ai_model_core::ports::Source as _;
use nix_ai_model_core::spec::Spec;
use nix_ai_model_runtime::{INTERFACE, Kind, Limits, Plugin, PluginSource, Runtime};
use serde_json::json;

use super::doubles::{Behind, Shelf, User, source};

const SHA: &str = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41";

fn huggingface() -> &'static [u8] {
    let builtin = nix_ai_model_builtin::plugins().iter().find(|one| one.name == "huggingface");
    builtin.unwrap().component
}

#[test]
fn built_in_plugins_import_our_interface_alone() {
    for builtin in nix_ai_model_builtin::plugins() {
        let (manifest, _, imports) = Plugin::inspect(builtin.component).unwrap();
        assert_eq!(manifest.name, builtin.name);
        let kind = match builtin.kind {
            BuiltinKind::Source => Kind::Source,
            BuiltinKind::Scanner => Kind::Scanner,
        };
        assert_eq!((manifest.kind, manifest.interface.as_str()), (kind, INTERFACE));
        assert!(!imports.is_empty());
        for import in imports {
            assert!(import.starts_with("nix-ai-model:plugin/"), "{import}");
            assert!(import.ends_with("@0.1.0"), "{import}");
        }
    }
}

#[test]
fn no_folder_of_this_machine_is_in_a_component() {
    let own = env!("CARGO_MANIFEST_DIR").strip_suffix("/host/runtime").unwrap();
    let held = |needle: &str| huggingface().windows(needle.len()).any(|w| w == needle.as_bytes());
    assert!(!held(own), "{own}");
    assert!(!held(".cargo/registry"));
}

#[test]
fn what_is_compiled_once_is_loaded_then() {
    let shelf = Shelf::default();
    let runtime = Runtime::new(Limits::default()).unwrap();
    Plugin::compile(&runtime, huggingface(), &shelf).unwrap();
    let keys: Vec<String> = shelf.0.lock().unwrap().keys().cloned().collect();
    let [key] = &keys[..] else { panic!("{keys:?}") };
    let plugin = Plugin::open(&runtime, huggingface(), &shelf).unwrap();
    assert!(key.starts_with(&plugin.digest().to_hex()), "{key}");
    assert_eq!(shelf.0.lock().unwrap().len(), 1);

    // An artefact of another engine is compiled anew, not loaded.
    shelf.0.lock().unwrap().insert(key.clone(), b"\x7fELF of another age".to_vec());
    Plugin::open(&runtime, huggingface(), &shelf).unwrap();
    assert!(shelf.0.lock().unwrap()[key].len() > 1000);
}

#[tokio::test]
async fn a_model_is_resolved_inside_the_sandbox() {
    let runtime = Runtime::new(Limits::default()).unwrap();
    let plugin = Plugin::open(&runtime, huggingface(), &Shelf::default()).unwrap();
    let fields = PluginSource::parse(&plugin, "org/name@main").await.unwrap();
    assert_eq!(fields["repo"], "org/name");

    let tree = json!([
        {"type": "directory", "oid": "0", "size": 0, "path": "a"},
        {"type": "file", "oid": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", "size": 0, "path": "a/b c"},
    ]);
    let behind = HashMap::from([
        (
            "https://huggingface.co/api/models/org/name/revision/main",
            Behind::Answer(200, json!({"sha": SHA}).to_string().into_bytes()),
        ),
        (
            "https://huggingface.co/api/models/org/name/tree/1110a243fdf4706b3f48f1d95db1a4f5529b4d41?recursive=true",
            Behind::Answer(200, tree.to_string().into_bytes()),
        ),
    ]);
    let (source, door) = source(&plugin, behind, &User(HashMap::new()));
    let spec = Spec { source: "huggingface".to_owned(), fields, selection: Default::default() };
    let plan = source.resolve(&spec).await.unwrap();
    assert_eq!((plan.pin.as_str(), plan.reference.as_str()), (SHA, "org/name@main"));
    let RawLocator::Download { url, credential, .. } = &plan.files[0].locator else { panic!() };
    assert_eq!(*url, format!("https://huggingface.co/org/name/resolve/{SHA}/a/b%20c"));
    assert_eq!(credential.as_deref(), Some("token"));
    assert_eq!(door.asked.lock().unwrap().len(), 2);
}
