//! The source plugin `my-registry:MODEL`.

use nix_ai_model_sdk::{
    Algorithm, Download, Failure, Host, Plan, PlannedFile, Request, Source, json, percent,
};
use serde::{Deserialize, Serialize};

/// Where the registry is. plugin.toml asks for it under `http`.
const REGISTRY: &str = "https://my-registry.example";

/// What users ask for: the fields of the Nix attribute set.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The model's name.
    pub model: String,
}

/// What the registry says of a model.
#[derive(Deserialize)]
struct Model {
    revision: String,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    path: String,
    size: u64,
    sha256: String,
    url: String,
}

/// The registry.
pub struct Registry;

impl Source for Registry {
    type Spec = Spec;

    fn parse(reference: &str) -> Result<Spec, Failure> {
        if reference.is_empty() {
            return Err(
                Failure::invalid_spec("the model is empty").with_hint("write my-registry:MODEL")
            );
        }
        Ok(Spec {
            model: reference.to_owned(),
        })
    }

    fn resolve(host: &dyn Host, spec: &Spec) -> Result<Plan, Failure> {
        let url = format!("{REGISTRY}/models/{}", percent::segment(&spec.model));
        let response = host.fetch(&Request::get(url))?;
        let model: Model = match response.status {
            200 => json::read(&response)?,
            404 => {
                return Err(Failure::not_found(format!(
                    "there is no model {}",
                    spec.model
                )));
            }
            status => {
                let place = response.place();
                return Err(Failure::network(format!(
                    "{place} answered with status {status}"
                )));
            }
        };
        let file = |file: File| {
            PlannedFile::download(file.path, Download::new(file.url))
                .size(file.size)
                .digest(Algorithm::Sha256, file.sha256)
        };
        let files = model.files.into_iter().map(file).collect();
        Ok(Plan {
            reference: spec.model.clone(),
            pin: model.revision,
            files,
        })
    }
}

nix_ai_model_sdk::export!(Registry);

#[cfg(test)]
mod tests;
