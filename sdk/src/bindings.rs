//! The guest's side of the WIT package, generated once.
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
