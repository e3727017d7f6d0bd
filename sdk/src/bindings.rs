//! The guests' side of the WIT package, one module a world.
#![allow(
    clippy::all,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    reason = "generated: the WIT documents every item, and its ABI is raw memory"
)]

wit_bindgen::generate!({
    path: "../wit",
    world: "source",
    additional_derives: [PartialEq],
    pub_export_macro: true,
    export_macro_name: "export_source",
    default_bindings_module: "nix_ai_model_sdk::bindings",
});

/// The world of scanners. What it shares with sources is of the same types.
pub mod scanner {
    wit_bindgen::generate!({
        path: "../wit",
        world: "scanner",
        additional_derives: [PartialEq],
        with: {
            "nix-ai-model:plugin/types@0.1.0": crate::bindings::nix_ai_model::plugin::types,
            "nix-ai-model:plugin/log@0.1.0": crate::bindings::nix_ai_model::plugin::log,
        },
        pub_export_macro: true,
        export_macro_name: "export_scanner",
        default_bindings_module: "nix_ai_model_sdk::bindings::scanner",
    });
}
