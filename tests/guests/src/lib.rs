//! Plugins that misbehave, for the tests of those who must stand them.

macro_rules! built {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".wasm"))
    };
}

/// Does what the spec's field `act` says; see its source for the acts.
pub const HOSTILE: &[u8] = built!("nix-ai-model-hostile-guest");

/// A scanner that does what its config's field `act` says.
pub const SCANNER: &[u8] = built!("nix-ai-model-scanner-guest");

/// Tries what WASI offers; see its source for the acts.
pub const WASI: &[u8] = built!("nix-ai-model-wasi-guest");

/// Grows its table in `resolve` until the host stops it, and traps elsewhere.
pub const GROWS_TABLE: &[u8] = built!("grows-table");

/// A component without a manifest.
pub const NO_MANIFEST: &[u8] = built!("no-manifest");

/// A core module.
pub const CORE_MODULE: &[u8] = built!("core-module");

/// Imports an interface of somebody else's.
pub const UNKNOWN_IMPORT: &[u8] = built!("unknown-import");

/// Imports an interface that our package does not have.
pub const UNKNOWN_INTERFACE: &[u8] = built!("unknown-interface");

/// Imports the next version of our interface.
pub const FUTURE_INTERFACE: &[u8] = built!("future-interface");

/// Imports the next version of WASI.
pub const FUTURE_WASI: &[u8] = built!("future-wasi");

/// Exports nothing.
pub const UNFINISHED: &[u8] = built!("unfinished");

/// A source that imports and exports all of interface 0.1.0, as it was when
/// that was published. Without a manifest; every export traps.
pub const SOURCE_0_1_0: &[u8] = built!("source-0.1.0");

/// A scanner of the same kind.
pub const SCANNER_0_1_0: &[u8] = built!("scanner-0.1.0");

/// Adds a manifest to a component.
pub fn with_manifest(component: &[u8], manifest: &str) -> Vec<u8> {
    const NAME: &[u8] = b"nix-ai-model:manifest";
    let mut section = length(NAME.len());
    section.extend_from_slice(NAME);
    section.extend_from_slice(manifest.as_bytes());
    let mut whole = component.to_vec();
    whole.push(0);
    whole.extend(length(section.len()));
    whole.extend(section);
    whole
}

/// A length in LEB128, as WebAssembly has them.
fn length(mut rest: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
