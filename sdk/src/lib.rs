//! What nix-ai-model plugins are written with.
//!
//! A source plugin implements [`Source`] and says [`export!`]. Its logic takes
//! the host as a [`Host`], so it is tested natively against
//! [`testing::ScriptedHost`], without WebAssembly or a network:
//!
//! ```
//! use nix_ai_model_sdk::{Failure, Host, Plan, Request, Source, json};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Spec {
//!     model: String,
//! }
//!
//! struct Registry;
//!
//! impl Source for Registry {
//!     type Spec = Spec;
//!
//!     fn parse(reference: &str) -> Result<Spec, Failure> {
//!         Ok(Spec { model: reference.to_owned() })
//!     }
//!
//!     fn resolve(host: &dyn Host, spec: &Spec) -> Result<Plan, Failure> {
//!         let response = host.fetch(&Request::get("https://registry.example/v1"))?;
//!         let pin: String = json::read(&response)?;
//!         Ok(Plan { reference: spec.model.clone(), pin, files: Vec::new() })
//!     }
//! }
//!
//! nix_ai_model_sdk::export!(Registry);
//! ```
//!
//! A scanner plugin implements [`Scanner`] and says [`export_scanner!`]; its
//! double of the host is [`testing::ScriptedFiles`].
//!
//! Whatever a plugin reads from a registry or a file goes to the host as it is:
//! the host checks every plan and escapes every message.

#[doc(hidden)]
pub mod bindings;
#[doc(hidden)]
pub mod export;
mod failure;
mod files;
mod host;
pub mod http;
pub mod json;
pub mod link;
pub mod percent;
mod plan;
mod report;
mod scanner;
mod source;
mod spec;
pub mod testing;
pub mod wait;

pub use bindings::nix_ai_model::plugin::http::{Method, Request, Response};
pub use bindings::nix_ai_model::plugin::log::Level;
pub use bindings::nix_ai_model::plugin::types::{
    Algorithm, Digest, Download, Failure, FailureKind, Field, Locator, Plan, PlannedFile,
};
pub use bindings::scanner::exports::nix_ai_model::plugin::inspector::{
    Finding, Level as Severity, Report,
};
pub use bindings::scanner::nix_ai_model::plugin::files::Entry;
pub use files::{Files, Reader};
pub use host::{Host, Imports};
pub use scanner::Scanner;
pub use source::Source;
pub use spec::{read as read_spec, read_config};
