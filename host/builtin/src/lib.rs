//! The plugins that come with the program, built from source and embedded.

/// A plugin that needs no installing.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name of its manifest.
    pub name: &'static str,
    /// The component.
    pub component: &'static [u8],
}

/// The plugin of a name, from where the build script put it.
macro_rules! builtin {
    ($name:literal) => {
        Builtin {
            name: $name,
            component: include_bytes!(concat!(
                env!("OUT_DIR"),
                "/nix-ai-model-plugin-",
                $name,
                ".wasm"
            )),
        }
    };
}

/// All of them, by name.
pub const fn plugins() -> &'static [Builtin] {
    &[builtin!("git-lfs"), builtin!("huggingface"), builtin!("mlflow"), builtin!("ollama")]
}
