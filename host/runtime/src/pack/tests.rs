#![allow(clippy::unwrap_used, reason = "tests")]

use nix_ai_model_test_guests::{CORE_MODULE, NO_MANIFEST, UNKNOWN_IMPORT};
use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::*;

const MANIFEST: &str = r#"
name = "packed"
version = "1.0.0"
kind = "source"
interface = "0.1"
description = "A plugin to pack."
license = "Apache-2.0"
"#;

fn refusal(component: &[u8], manifest: &str) -> String {
    let error = pack(component, manifest).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    error.message().to_owned()
}

#[test]
fn a_component_gets_its_manifest() {
    let packed = pack(NO_MANIFEST, MANIFEST).unwrap();
    assert!(packed.starts_with(NO_MANIFEST));
    assert_eq!(Plugin::inspect(&packed).unwrap().0, Manifest::parse(MANIFEST).unwrap());
}

#[test]
fn a_manifest_that_is_there_is_replaced() {
    let packed = pack(NO_MANIFEST, MANIFEST).unwrap();
    assert_eq!(pack(&packed, MANIFEST).unwrap(), packed);
    let renamed = MANIFEST.replace("packed", "renamed");
    let again = pack(&packed, &renamed).unwrap();
    assert_eq!(Plugin::inspect(&again).unwrap().0.name, "renamed");
    assert_eq!(again, pack(NO_MANIFEST, &renamed).unwrap());
}

#[test]
fn a_core_module_with_an_interface_becomes_a_component() {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir("../../wit").unwrap();
    let world = resolve.select_world(&[package], Some("source")).unwrap();
    let mut module = CORE_MODULE.to_vec();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let packed = pack(&module, MANIFEST).unwrap();
    assert_eq!(packed, pack(NO_MANIFEST, MANIFEST).unwrap());
}

#[test]
fn a_core_module_without_an_interface_is_refused() {
    let why = refusal(CORE_MODULE, MANIFEST);
    assert_eq!(why, "this cannot be packed: it is a core module that does not tell its interface");
}

#[test]
fn what_is_no_plugin_is_refused() {
    let unknown = MANIFEST.replace("license", "licence");
    assert!(refusal(NO_MANIFEST, &unknown).contains("unknown field `licence`"));
    assert!(refusal(b"\x7fELF", MANIFEST).contains("damaged or no WebAssembly"));
    assert!(refusal(b"", MANIFEST).contains("damaged or no WebAssembly"));
    assert!(refusal(UNKNOWN_IMPORT, MANIFEST).contains("which plugins do not get"));
}

#[test]
fn what_is_cut_off_is_refused_or_ends_between_sections() {
    let last = NO_MANIFEST.len() - 1;
    assert!(refusal(&NO_MANIFEST[..last], MANIFEST).contains("damaged or no WebAssembly"));
    for length in 0..last {
        if let Ok(packed) = pack(&NO_MANIFEST[..length], MANIFEST) {
            assert!(packed.starts_with(&NO_MANIFEST[..length]));
        }
    }
}
