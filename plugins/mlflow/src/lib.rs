//! Source plugin for MLflow: registered and logged models and the artifacts of
//! runs, on MLflow servers, Databricks workspaces and in Unity Catalog. The
//! export glue; the logic is in the modules, and natively tested.

mod answer;
mod databricks;
mod files;
mod find;
mod pin;
mod place;
mod proxied;
mod resolve;
mod spec;
mod tracking;
mod unity;
mod uri;
mod volume;

use nix_ai_model_sdk::{Failure, Host, Locator, Plan, Source, export};

/// The result of the plugin's operations.
type Result<T> = std::result::Result<T, Failure>;

/// The registry.
pub struct Mlflow;

impl Source for Mlflow {
    type Spec = spec::MlflowSpec;

    fn parse(reference: &str) -> Result<Self::Spec> {
        spec::MlflowSpec::from_reference(reference)
    }

    fn resolve(host: &dyn Host, spec: &Self::Spec) -> Result<Plan> {
        resolve::resolve(spec, host)
    }

    fn locate(
        host: &dyn Host,
        spec: &Self::Spec,
        pin: &str,
        paths: &[String],
    ) -> Result<Vec<Locator>> {
        resolve::locate(spec, host, pin, paths)
    }
}

export!(Mlflow);
