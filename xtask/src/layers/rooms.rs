//! The map: who may see whom, and which outside crates belong to one room.

const CORE: &str = "nix-ai-model-core";
const NET: &str = "nix-ai-model-net";
const NIX: &str = "nix-ai-model-nix";
const RUNTIME: &str = "nix-ai-model-runtime";
const STORE: &str = "nix-ai-model-store";
const WIRING: &str = "nix-ai-model-wiring";
const BUILTIN: &str = "nix-ai-model-builtin";
const GUEST_BUILD: &str = "nix-ai-model-guest-build";
const CLI: &str = "nix-ai-model";
const BUILDER: &str = "nix-ai-model-builder";
const SDK: &str = "nix-ai-model-sdk";
const SCAN_CODE: &str = "nix-ai-model-scan-code";
const SCAN_CONTAINERS: &str = "nix-ai-model-scan-containers";
const SCAN_FORMATS: &str = "nix-ai-model-scan-formats";
const SCAN_JSON: &str = "nix-ai-model-scan-json";
const SCAN_NAMES: &str = "nix-ai-model-scan-names";
const SCAN_PICKLE: &str = "nix-ai-model-scan-pickle";
const SCAN_WALK: &str = "nix-ai-model-scan-walk";
const TEST_GUESTS: &str = "nix-ai-model-test-guests";
const HOSTILE_GUEST: &str = "nix-ai-model-hostile-guest";
const SCANNER_GUEST: &str = "nix-ai-model-scanner-guest";
const WASI_GUEST: &str = "nix-ai-model-wasi-guest";
const TESTKIT: &str = "nix-ai-model-testkit";
const END_TO_END: &str = "nix-ai-model-e2e";
const BENCH: &str = "nix-ai-model-bench";
const CHAOS: &str = "nix-ai-model-chaos";
const CORPUS: &str = "nix-ai-model-corpus";
const FUZZ_TARGETS: &str = "nix-ai-model-fuzz-targets";
const XTASK: &str = "xtask";

/// Plugins are known by their names alone: nothing here changes with a new one.
const PLUGIN: &str = "nix-ai-model-plugin-";

/// What any crate may see in its tests.
pub(super) const FOR_TESTS: &[&str] = &[TESTKIT, TEST_GUESTS, BUILTIN];

/// The crates of the workspace that `package` may depend on; `None` where it is
/// not on the map.
pub(super) fn seen_by(package: &str) -> Option<&'static [&'static str]> {
    Some(match package {
        CORE | GUEST_BUILD | SDK | TESTKIT | XTASK => &[],
        NET | NIX | RUNTIME | STORE => &[CORE],
        BUILTIN | TEST_GUESTS => &[GUEST_BUILD],
        WIRING => &[BUILTIN, CORE, NET, RUNTIME, STORE],
        CLI | BUILDER => &[BUILTIN, CORE, NET, NIX, RUNTIME, STORE, WIRING],
        END_TO_END => &[CORE, TEST_GUESTS, TESTKIT],
        CHAOS => &[CORE, TESTKIT],
        FUZZ_TARGETS => {
            &[CORE, NET, SCAN_CODE, SCAN_CONTAINERS, SCAN_FORMATS, SCAN_PICKLE, SCAN_WALK, SDK]
        }
        // Benchmarks hold the sandbox against the same code run natively, and
        // the engine against peers on the tests' server.
        BENCH => &[
            BUILTIN,
            CORE,
            CORPUS,
            RUNTIME,
            SCAN_CODE,
            SCAN_CONTAINERS,
            SCAN_FORMATS,
            SCAN_PICKLE,
            SCAN_WALK,
            SDK,
            STORE,
            TESTKIT,
            WIRING,
            "nix-ai-model-plugin-huggingface",
        ],
        // Samples are held against the readers natively, without a sandbox.
        CORPUS => &[CORE, SCAN_CODE, SCAN_CONTAINERS, SCAN_FORMATS, SCAN_PICKLE, SCAN_WALK, SDK],
        SCAN_WALK => &[SDK],
        SCAN_NAMES => &[],
        SCAN_CONTAINERS | SCAN_JSON => &[SCAN_WALK, SDK],
        SCAN_PICKLE => &[SCAN_NAMES, SCAN_WALK, SDK],
        SCAN_FORMATS | SCAN_CODE => &[SCAN_JSON, SCAN_NAMES, SCAN_WALK, SDK],
        HOSTILE_GUEST | SCANNER_GUEST | WASI_GUEST => &[SDK],
        // A scanner's readers are written once, and put together by plugins.
        name if name.starts_with(PLUGIN) => {
            &[SCAN_CODE, SCAN_CONTAINERS, SCAN_FORMATS, SCAN_NAMES, SCAN_PICKLE, SCAN_WALK, SDK]
        }
        _ => return None,
    })
}

/// The crates that alone may use the outside crate `name`; `None` where anyone
/// may.
pub(super) fn holders_of(name: &str) -> Option<&'static [&'static str]> {
    let is_or_part_of = |family: &str| {
        name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let family = |families: &[&str]| families.iter().any(|family| is_or_part_of(family));
    if family(&["wasmtime", "cranelift"]) {
        Some(&[RUNTIME])
    } else if family(&["reqwest", "hyper", "rustls", "tokio-rustls", "h2", "object_store"]) {
        Some(&[NET, TESTKIT])
    } else if family(&["quick-xml"]) {
        Some(&[NET, SCAN_FORMATS, TESTKIT])
    } else if family(&["wit-bindgen"]) {
        Some(&[SDK])
    } else if family(&["indicatif", "clap", "clap_complete", "clap_mangen", "tracing-subscriber"]) {
        Some(&[CLI, BUILDER, CHAOS, TESTKIT, XTASK])
    } else {
        None
    }
}
