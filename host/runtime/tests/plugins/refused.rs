//! What is no plugin, and says so.

use nix_ai_model_core::{Error, Kind};
use nix_ai_model_runtime::{Plugin, Runtime};
use nix_ai_model_test_guests::{
    CORE_MODULE, FUTURE_INTERFACE, FUTURE_WASI, GROWS_TABLE, HOSTILE, NO_MANIFEST, UNFINISHED,
    UNKNOWN_IMPORT, UNKNOWN_INTERFACE, with_manifest,
};

use super::doubles::{Shelf, tight};

fn refusal(bytes: &[u8]) -> Error {
    let runtime = Runtime::new(tight()).unwrap();
    let shelf = Shelf::default();
    let error = Plugin::open(&runtime, bytes, &shelf).err().expect("it is refused");
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    assert!(!error.message().contains('\u{1b}'), "{error}");
    error
}

#[test]
fn what_is_no_plugin_says_why() {
    for (bytes, expected) in [
        (CORE_MODULE, "it is a core module"),
        (NO_MANIFEST, "it has no manifest"),
        (b"", "damaged or no WebAssembly"),
        (b"#!/bin/sh\n", "damaged or no WebAssembly"),
        (UNKNOWN_IMPORT, "imports \"other:files/preopens@0.2.0\""),
        (UNKNOWN_INTERFACE, "does not fit the interface"),
        (FUTURE_INTERFACE, "\"nix-ai-model:plugin/http@0.2.0\", and this host speaks version 0.1"),
        (FUTURE_WASI, "\"wasi:io/error@0.3.0\", and this host speaks version 0.2"),
        (UNFINISHED, "does not fit the interface"),
    ] {
        let message = refusal(bytes).message().to_owned();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_component_that_breaks_off_is_refused_wherever_it_does() {
    // At the end the manifest is missing; before it, something else is.
    for end in (0..HOSTILE.len()).step_by(HOSTILE.len() / 50) {
        refusal(&HOSTILE[..end]);
    }
    refusal(&HOSTILE[..HOSTILE.len() - 1]);
}

#[test]
fn flipped_bytes_never_bring_the_host_down() {
    let runtime = Runtime::new(tight()).unwrap();
    for at in (0..GROWS_TABLE.len()).step_by(7) {
        let mut bytes = GROWS_TABLE.to_vec();
        bytes[at] ^= 0x55;
        // A changed name in a debug section may go unnoticed; nothing panics.
        let _ = Plugin::open(&runtime, &bytes, &Shelf::default());
    }
}

#[test]
fn manifests_are_checked_before_anything_is_compiled() {
    const GOOD: &str = "name = \"x\"\nversion = \"1.0.0\"\nkind = \"source\"\ninterface = \"0.1\"\n\
                        description = \"d\"\nlicense = \"MIT\"\n";
    for (manifest, expected) in [
        (GOOD.replace("0.1\"", "9.0\""), "is made for interface 9.0, and this host speaks 0.1"),
        (GOOD.replace("\"source\"", "\"scanner\""), "does not fit the interface"),
        (format!("{GOOD}filesystem = [\"/\"]"), "filesystem"),
        ("\u{1b}".to_owned(), "not understood"),
        (format!("{GOOD}# {}", "x".repeat(70_000)), "longer than 64 KiB"),
    ] {
        let message = refusal(&with_manifest(NO_MANIFEST, &manifest)).message().to_owned();
        assert!(message.contains(expected), "{message}");
    }
    let twice = with_manifest(&with_manifest(NO_MANIFEST, GOOD), GOOD);
    assert!(refusal(&twice).message().contains("two manifests"));
    let runtime = Runtime::new(tight()).unwrap();
    Plugin::open(&runtime, &with_manifest(NO_MANIFEST, GOOD), &Shelf::default()).unwrap();
}
