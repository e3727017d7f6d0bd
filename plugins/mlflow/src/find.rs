//! From a name to one version, and to where its files are.

use nix_ai_model_sdk::Failure;
use serde::Deserialize;
use serde_json::json;

use crate::Result;
use crate::databricks::{Owner, WorkspaceVersion};
use crate::files::number;
use crate::place::{self, Place};
use crate::tracking::{Sort, Tracking};
use crate::unity;
use crate::uri::ModelUri;

/// The most models of a run that are looked at.
const OUTPUTS: usize = 200;

/// What was found.
pub struct Found<'a> {
    /// A version, a logged model or a run: names that stay.
    pub uri: ModelUri,
    /// What tells it from another that is given the same name later.
    pub facts: Vec<(&'static str, String)>,
    /// Where its files are.
    pub place: Place<'a>,
}

/// A version as a registry has it.
#[derive(Debug, Deserialize)]
pub struct Version {
    #[serde(deserialize_with = "number")]
    version: Option<u64>,
    #[serde(default, alias = "created_at", deserialize_with = "number")]
    creation_timestamp: Option<u64>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    run_id: Option<String>,
    #[serde(default)]
    model_id: Option<String>,
    #[serde(default)]
    status: Option<String>,
}

impl Version {
    /// Its number.
    ///
    /// # Errors
    /// `network` where it is none.
    pub fn number(&self, name: &str) -> Result<u64> {
        self.version.filter(|number| *number > 0).ok_or_else(|| {
            Failure::network(format!("the registry gives a version of \"{name}\" no number"))
        })
    }

    /// # Errors
    /// `not-found` where its files are not all there.
    pub fn check_ready(&self, name: &str) -> Result<()> {
        match self.status.as_deref() {
            None | Some("" | "READY") => Ok(()),
            Some(status) => Err(Failure::not_found(format!(
                "version {} of \"{name}\" is not ready ({status})",
                self.version.unwrap_or_default()
            ))
            .with_hint("wait until it is registered, or ask for another version")),
        }
    }

    /// When and from what it was made.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let source = self.source.as_deref().and_then(|source| source.strip_prefix("models:/"));
        let model = self.model_id.as_deref().or(source);
        let made = [
            ("created", self.creation_timestamp.map(|time| time.to_string())),
            ("run", self.run_id.clone()),
            ("model", model.map(str::to_owned)),
        ];
        made.into_iter()
            .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
            .collect()
    }
}

#[derive(Debug, Deserialize)]
struct OneVersion {
    model_version: Version,
}

#[derive(Debug, Deserialize)]
struct Versions {
    #[serde(default)]
    model_versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
struct DownloadUri {
    #[serde(default)]
    artifact_uri: String,
}

#[derive(Debug, Deserialize)]
struct Logged {
    model: LoggedModel,
}

#[derive(Debug, Deserialize)]
struct LoggedModel {
    info: LoggedInfo,
}

#[derive(Debug, Deserialize)]
struct LoggedInfo {
    #[serde(default)]
    name: String,
    #[serde(default)]
    artifact_uri: String,
    #[serde(default, deserialize_with = "number")]
    creation_timestamp_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct OneRun {
    run: Run,
}

#[derive(Debug, Deserialize)]
struct Run {
    info: RunInfo,
    #[serde(default)]
    outputs: Outputs,
}

#[derive(Debug, Deserialize)]
struct RunInfo {
    #[serde(default)]
    artifact_uri: String,
}

#[derive(Debug, Default, Deserialize)]
struct Outputs {
    #[serde(default)]
    model_outputs: Vec<ModelOutput>,
}

#[derive(Debug, Deserialize)]
struct ModelOutput {
    model_id: String,
}

/// Finds what a URI names.
///
/// # Errors
/// By what the server says, and where its artifacts cannot be reached.
pub fn find<'a>(tracking: &'a Tracking<'a>, wanted: &ModelUri) -> Result<Found<'a>> {
    match wanted {
        ModelUri::Logged { id } => logged(tracking, id, ""),
        ModelUri::Run { id, path } => run(tracking, id, path),
        wanted if tracking.sort() == Sort::Unity => unity::find(tracking, wanted),
        ModelUri::Version { name, version } => {
            let what = format!("version {version} of model \"{name}\"");
            let query = [("name", name.as_str()), ("version", &version.to_string())];
            let endpoint = "/api/2.0/mlflow/model-versions/get";
            let one: OneVersion = tracking.get(endpoint, &query, &what)?;
            registered(tracking, name, &one.model_version)
        }
        ModelUri::Alias { name, alias } => {
            let what = format!("alias \"{alias}\" of model \"{name}\"");
            let query = [("name", name.as_str()), ("alias", alias)];
            let endpoint = "/api/2.0/mlflow/registered-models/alias";
            let one: OneVersion = tracking.get(endpoint, &query, &what)?;
            registered(tracking, name, &one.model_version)
        }
        ModelUri::Latest { name } => newest(tracking, name, None),
        ModelUri::Stage { name, stage } => newest(tracking, name, Some(stage)),
    }
}

fn newest<'a>(tracking: &'a Tracking<'a>, name: &str, stage: Option<&str>) -> Result<Found<'a>> {
    let (body, what) = match stage {
        None => (json!({ "name": name }), format!("version of model \"{name}\"")),
        Some(stage) => (
            json!({ "name": name, "stages": [stage] }),
            format!("version of model \"{name}\" in stage \"{stage}\""),
        ),
    };
    let endpoint = "/api/2.0/mlflow/registered-models/get-latest-versions";
    let versions: Versions = tracking.post(endpoint, &body, &what)?;
    let newest = versions.model_versions.iter().max_by_key(|one| one.version);
    let newest = newest.ok_or_else(|| {
        Failure::not_found(format!("{} has no {what}", tracking.base())).with_hint(
            "the server's page of the model lists its versions with their stages and aliases",
        )
    })?;
    registered(tracking, name, newest)
}

fn registered<'a>(tracking: &'a Tracking<'a>, name: &str, version: &Version) -> Result<Found<'a>> {
    version.check_ready(name)?;
    let number = version.number(name)?;
    let place = if tracking.sort() == Sort::Workspace {
        Place::Folder(Box::new(WorkspaceVersion::new(tracking, name, number)))
    } else {
        let what = format!("version {number} of model \"{name}\"");
        let query = [("name", name), ("version", &number.to_string())];
        let endpoint = "/api/2.0/mlflow/model-versions/get-download-uri";
        let DownloadUri { artifact_uri } = tracking.get(endpoint, &query, &what)?;
        match ModelUri::parse(&artifact_uri) {
            // A version that was registered from a logged model or a run.
            Ok(ModelUri::Logged { id }) => logged(tracking, &id, "")?.place,
            Ok(ModelUri::Run { id, path }) => run(tracking, &id, &path)?.place,
            _ => place::of(tracking, &artifact_uri, None, "")?,
        }
    };
    let uri = ModelUri::Version { name: name.to_owned(), version: number };
    Ok(Found { uri, facts: version.facts(), place })
}

fn logged<'a>(tracking: &'a Tracking<'a>, id: &str, below: &str) -> Result<Found<'a>> {
    let info = logged_model(tracking, id)?;
    of_logged(tracking, id, &info, below)
}

fn of_logged<'a>(
    tracking: &'a Tracking<'a>,
    id: &str,
    info: &LoggedInfo,
    below: &str,
) -> Result<Found<'a>> {
    let created = info.creation_timestamp_ms.map(|time| ("created", time.to_string()));
    Ok(Found {
        uri: ModelUri::Logged { id: id.to_owned() },
        facts: created.into_iter().collect(),
        place: place::of(tracking, &info.artifact_uri, Some(Owner::Model(id.to_owned())), below)?,
    })
}

fn logged_model(tracking: &Tracking<'_>, id: &str) -> Result<LoggedInfo> {
    let endpoint = format!("/api/2.0/mlflow/logged-models/{id}");
    let logged: Logged = tracking.get(&endpoint, &[], &format!("logged model {id}"))?;
    Ok(logged.model.info)
}

/// A path whose first name is that of a model which the run logged leads to
/// that model: MLflow 3 no longer keeps models among a run's artifacts.
fn run<'a>(tracking: &'a Tracking<'a>, id: &str, path: &str) -> Result<Found<'a>> {
    let what = format!("run {id}");
    let OneRun { run } = tracking.get("/api/2.0/mlflow/runs/get", &[("run_id", id)], &what)?;
    let uri = ModelUri::Run { id: id.to_owned(), path: path.to_owned() };
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let outputs = run.outputs.model_outputs.iter().take(OUTPUTS);
    for ModelOutput { model_id } in outputs.filter(|_| !path.is_empty()) {
        let uri_of_model = ModelUri::parse(&format!("models:/{model_id}"));
        if !matches!(uri_of_model, Ok(ModelUri::Logged { .. })) {
            continue;
        }
        let info = logged_model(tracking, model_id)?;
        if info.name == first {
            let Found { mut facts, place, .. } = of_logged(tracking, model_id, &info, rest)?;
            facts.push(("model", model_id.clone()));
            return Ok(Found { uri, facts, place });
        }
    }
    let owner = Some(Owner::Run(id.to_owned()));
    let place = place::of(tracking, &run.info.artifact_uri, owner, path)?;
    Ok(Found { uri, facts: Vec::new(), place })
}
