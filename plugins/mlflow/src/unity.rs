//! Models of Unity Catalog, which has versions and aliases and no stages.

use nix_ai_model_sdk::{Failure, percent};
use serde::Deserialize;

use crate::Result;
use crate::databricks::paged;
use crate::files::number;
use crate::find::{Found, Version};
use crate::place::Place;
use crate::tracking::Tracking;
use crate::uri::ModelUri;
use crate::volume::Volume;

#[derive(Debug, Deserialize)]
struct Listing {
    #[serde(default)]
    model_versions: Vec<Number>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Number {
    #[serde(deserialize_with = "number")]
    version: Option<u64>,
}

/// Finds a registered model's version.
///
/// # Errors
/// `invalid-spec` for a stage or a name that is not of three parts, and
/// whatever the server says.
pub fn find<'a>(tracking: &'a Tracking<'a>, wanted: &ModelUri) -> Result<Found<'a>> {
    let (name, rest, what) = match wanted {
        ModelUri::Version { name, version } => {
            (name, format!("versions/{version}"), format!("version {version} of model \"{name}\""))
        }
        ModelUri::Alias { name, alias } => (
            name,
            format!("aliases/{}", percent::segment(alias)),
            format!("alias \"{alias}\" of model \"{name}\""),
        ),
        ModelUri::Latest { name } => {
            let newest = newest(tracking, name)?;
            (name, format!("versions/{newest}"), format!("version {newest} of model \"{name}\""))
        }
        ModelUri::Stage { name, stage } => {
            return Err(Failure::invalid_spec(format!(
                "\"{stage}\" is a stage, and Unity Catalog, where \"{name}\" is looked for, has none"
            ))
            .with_hint("give the version an alias and ask for that, or for its number"));
        }
        ModelUri::Logged { .. } | ModelUri::Run { .. } => {
            return Err(Failure::internal("a logged model was looked for in Unity Catalog"));
        }
    };
    let version: Version = tracking.get(&format!("{}/{rest}", endpoint(name)?), &[], &what)?;
    version.check_ready(name)?;
    let number = version.number(name)?;
    let root = format!("/Models/{}/{number}", name.replace('.', "/"));
    Ok(Found {
        uri: ModelUri::Version { name: name.clone(), version: number },
        facts: version.facts(),
        place: Place::Folder(Box::new(Volume::new(tracking, root))),
    })
}

fn newest(tracking: &Tracking<'_>, name: &str) -> Result<u64> {
    let endpoint = format!("{}/versions", endpoint(name)?);
    let versions = paged(|token| {
        let query: Vec<_> = token.map(|token| ("page_token", token)).into_iter().collect();
        let listing: Listing = tracking.get(&endpoint, &query, &format!("model \"{name}\""))?;
        Ok((listing.model_versions, listing.next_page_token))
    })?;
    versions.iter().filter_map(|one| one.version).max().ok_or_else(|| {
        Failure::not_found(format!("{} has no version of model \"{name}\"", tracking.base()))
    })
}

fn endpoint(name: &str) -> Result<String> {
    let parts: Vec<&str> = name.split('.').collect();
    if parts.len() == 3 && parts.iter().all(|part| !part.is_empty()) {
        return Ok(format!("/api/2.1/unity-catalog/models/{}", percent::segment(name)));
    }
    Err(Failure::invalid_spec(format!("\"{name}\" is not a model of Unity Catalog"))
        .with_hint("write catalog.schema.model, or trackingUri = \"databricks\" for the workspace's own registry"))
}
