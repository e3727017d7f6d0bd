//! A source plugin for a tiny registry: `tiny-registry:NAME[@REVISION]`.

mod answer;
mod spec;

use nix_ai_model_sdk::{
    Algorithm, Download, Failure, Host, Locator, Plan, PlannedFile, Request, Source, percent,
};
use serde::Deserialize;

use spec::Spec;

/// Where the registry is.
const REGISTRY: &str = "https://registry.example/v1";
/// The handle of the user's token in plugin.toml.
const TOKEN: &str = "token";

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
}

/// The registry.
pub struct TinyRegistry;

impl Source for TinyRegistry {
    type Spec = Spec;

    fn parse(reference: &str) -> Result<Spec, Failure> {
        Spec::from_reference(reference)
    }

    fn resolve(host: &dyn Host, spec: &Spec) -> Result<Plan, Failure> {
        spec.check()?;
        let mut url = format!("{REGISTRY}/models/{}", percent::segment(&spec.model));
        if let Some(revision) = &spec.revision {
            url.push_str(&format!("?revision={}", percent::segment(revision)));
        }
        let credential = credential(host);
        let request = Request { credential: credential.clone(), ..Request::get(url) };
        let model: Model = answer::read(&host.fetch(&request)?, spec, credential.is_some())?;
        let file = |file: File| {
            let download = download(spec, &model.revision, &file.path, credential.clone());
            PlannedFile::download(file.path, download)
                .size(file.size)
                .digest(Algorithm::Sha256, file.sha256)
        };
        let files = model.files.into_iter().map(file).collect();
        Ok(Plan { reference: spec.to_string(), pin: model.revision, files })
    }

    fn locate(
        host: &dyn Host,
        spec: &Spec,
        pin: &str,
        paths: &[String],
    ) -> Result<Vec<Locator>, Failure> {
        let credential = credential(host);
        let locator =
            |path: &String| Locator::Download(download(spec, pin, path, credential.clone()));
        Ok(paths.iter().map(locator).collect())
    }
}

/// The token's handle, where the user has set one. Asked once, not for each
/// file: calls into the host are counted.
fn credential(host: &dyn Host) -> Option<String> {
    host.has_credential(TOKEN).then(|| TOKEN.to_owned())
}

/// Where a file of a revision is.
fn download(spec: &Spec, revision: &str, path: &str, credential: Option<String>) -> Download {
    let model = percent::segment(&spec.model);
    let (revision, path) = (percent::segment(revision), percent::path(path));
    let url = format!("{REGISTRY}/files/{model}/{revision}/{path}");
    Download { credential, ..Download::new(url) }
}

nix_ai_model_sdk::export!(TinyRegistry);

#[cfg(test)]
mod tests;
