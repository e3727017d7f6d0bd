//! Source plugin for Hugging Face hubs: models, datasets and spaces, pinned by
//! commit. The export glue; the logic is in the modules, and natively tested.

mod answer;
mod resolve;
mod spec;
mod tree;

use nix_ai_model_sdk::{Failure, Host, Plan, Source, export};

/// The result of the plugin's operations.
type Result<T> = std::result::Result<T, Failure>;

/// The hub.
pub struct HuggingFace;

impl Source for HuggingFace {
    type Spec = spec::HubSpec;

    fn parse(reference: &str) -> Result<Self::Spec> {
        spec::HubSpec::from_reference(reference)
    }

    fn resolve(host: &dyn Host, spec: &Self::Spec) -> Result<Plan> {
        resolve::resolve(spec, host)
    }
}

export!(HuggingFace);
