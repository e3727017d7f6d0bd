//! The host's side of the WIT package, generated once.
#![allow(missing_docs, reason = "generated; the WIT documents every item")]

/// The world of scanners, with the types that it shares with sources.
pub mod scanner {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "scanner",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "nix-ai-model:plugin/types": super::nix_ai_model::plugin::types,
            "nix-ai-model:plugin/log": super::nix_ai_model::plugin::log,
        },
    });
}

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "source",
    imports: { default: async | trappable },
    exports: { default: async },
});
