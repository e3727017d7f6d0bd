//! Source plugin for Ollama registries: models pinned by the digest of their
//! manifest. The export glue; the logic is in the modules, and natively tested.

mod answer;
mod layout;
mod manifest;
mod name;
mod resolve;
mod spec;

use nix_ai_model_sdk::{Failure, Host, Plan, Source, export};

/// The result of the plugin's operations.
type Result<T> = std::result::Result<T, Failure>;

/// Ollama's registry, and those that speak as it does.
pub struct Ollama;

impl Source for Ollama {
    type Spec = spec::OllamaSpec;

    fn parse(reference: &str) -> Result<Self::Spec> {
        spec::OllamaSpec::from_reference(reference)
    }

    fn resolve(host: &dyn Host, spec: &Self::Spec) -> Result<Plan> {
        resolve::resolve(spec, host)
    }
}

export!(Ollama);
