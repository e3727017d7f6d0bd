//! The WASMTIME room: plugins are read, compiled, limited and called here, and
//! nowhere else.
//!
//! A plugin's authority is what the store it runs in holds: the scoped HTTP of
//! one grant, which credentials exist, the settings its manifest names. There
//! is nothing else to import.

mod addresses;
mod artefact;
mod bindings;
mod call;
mod component;
mod convert;
mod engine;
mod host;
mod limits;
mod manifest;
#[cfg(feature = "pack")]
mod pack;
mod plugin;
mod scanner;
mod source;
mod wasi;

pub use addresses::calls_at_once;
pub use engine::Runtime;
pub use limits::{Exceeded, Limits};
pub use manifest::{
    CredentialRequest, Inject, Kind, LoginVariables, Lookup, Manifest, OriginFrom, SECTION, Scans,
};
#[cfg(feature = "pack")]
pub use pack::pack;
pub use plugin::Plugin;
pub use scanner::PluginScanner;
pub use source::PluginSource;

/// The version of the plugin interface that this host speaks.
pub const INTERFACE: &str = "0.1";

/// What runs plugins, with its version.
pub const ENGINE: &str = concat!("wasmtime ", env!("WASMTIME_VERSION"));
