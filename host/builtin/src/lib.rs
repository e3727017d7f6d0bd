//! The plugins that come with the program, built from source and embedded.

/// A plugin that needs no installing.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name of its manifest.
    pub name: &'static str,
    /// What it is for.
    pub kind: Kind,
    /// The component.
    pub component: &'static [u8],
}

/// What a plugin is for, as its manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Knows a registry.
    Source,
    /// Looks for dangerous content.
    Scanner,
}

/// The plugin of a name, from where the build script put it.
macro_rules! builtin {
    ($kind:ident, $name:literal) => {
        Builtin {
            name: $name,
            kind: Kind::$kind,
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
    &[
        builtin!(Scanner, "code-scan"),
        builtin!(Source, "git-lfs"),
        builtin!(Source, "huggingface"),
        builtin!(Source, "mlflow"),
        builtin!(Scanner, "model-scan"),
        builtin!(Source, "ollama"),
        builtin!(Scanner, "pickle-scan"),
    ]
}
