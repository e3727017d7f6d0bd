//! The host's side of the WIT package, generated once.
#![allow(missing_docs, reason = "generated; the WIT documents every item")]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "source",
    imports: { default: async | trappable },
    exports: { default: async },
});
