//! The plugins that come with the program, built from source and embedded.

/// A plugin that needs no installing.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name of its manifest.
    pub name: &'static str,
    /// The component.
    pub component: &'static [u8],
}

/// All of them, by name.
pub const fn plugins() -> &'static [Builtin] {
    &[Builtin {
        name: "huggingface",
        component: include_bytes!(concat!(
            env!("OUT_DIR"),
            "/nix-ai-model-plugin-huggingface.wasm"
        )),
    }]
}
