//! From a repository and a revision to a plan.

use nix_ai_model_sdk::{Failure, Host, Plan, http, json, percent};
use serde::Deserialize;

use crate::Result;
use crate::answer::get;
use crate::spec::{HubSpec, is_commit};
use crate::tree;

const PUBLIC: &str = "https://huggingface.co";

#[derive(Debug, Deserialize)]
struct Revision {
    sha: String,
}

/// Pins the revision and lists its files.
pub fn resolve(spec: &HubSpec, host: &dyn Host) -> Result<Plan> {
    spec.check()?;
    let endpoint = endpoint(spec, host)?;
    let commit = commit(spec, &endpoint, host)?;
    let files = tree::files(spec, &endpoint, &commit, host)?;
    Ok(Plan { reference: spec.reference(), pin: commit, files })
}

/// The hub's URL without a slash at its end. What is wrong with it is not
/// shown: there may be a password in it.
fn endpoint(spec: &HubSpec, host: &dyn Host) -> Result<String> {
    let (place, endpoint) = match (&spec.endpoint, host.setting("HF_ENDPOINT")) {
        (Some(endpoint), _) => ("the field \"endpoint\"", endpoint.clone()),
        (None, Some(endpoint)) => ("HF_ENDPOINT", endpoint),
        (None, None) => return Ok(PUBLIC.to_owned()),
    };
    if http::origin(&endpoint).is_none() || endpoint.contains(['?', '#']) {
        return Err(Failure::invalid_spec(format!(
            "{place} is not an http or https URL, or holds a user, query or fragment"
        ))
        .with_hint("write it as https://hub.example or https://hub.example/path; the token comes from HF_TOKEN"));
    }
    Ok(endpoint.trim_end_matches('/').to_owned())
}

fn commit(spec: &HubSpec, endpoint: &str, host: &dyn Host) -> Result<String> {
    if spec.is_pinned() {
        return Ok(spec.revision.clone());
    }
    let revision = percent::segment(&spec.revision);
    let asked =
        format!("{endpoint}/api/{}/{}/revision/{revision}", spec.repo_type.plural(), spec.repo);
    let response = get(asked, spec, endpoint, host)?;
    let Revision { sha } = json::read(&response)?;
    if is_commit(&sha) {
        Ok(sha)
    } else {
        Err(Failure::network(format!(
            "{endpoint} names \"{sha}\" as the commit of {}, which is none",
            spec.reference()
        )))
    }
}

#[cfg(test)]
mod tests;
