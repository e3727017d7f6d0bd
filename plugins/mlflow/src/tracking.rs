//! The server that is asked, and how it is asked.

use nix_ai_model_sdk::{Failure, Host, Request, Response, http, json, percent};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Result;
use crate::answer;
use crate::spec::MlflowSpec;

/// What sort of server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// An MLflow server.
    Server,
    /// A Databricks workspace with its own registry.
    Workspace,
    /// A Databricks workspace whose registry is Unity Catalog.
    Unity,
}

/// A server under the user's credential for it.
pub struct Tracking<'a> {
    host: &'a dyn Host,
    /// Without a slash at its end.
    base: String,
    sort: Sort,
    credential: Option<&'static str>,
}

impl<'a> Tracking<'a> {
    /// The server that the field or the setting names.
    ///
    /// # Errors
    /// `invalid-spec` where there is none, or none that can be asked.
    pub fn of(spec: &MlflowSpec, host: &'a dyn Host) -> Result<Self> {
        let (place, uri) = match (&spec.tracking_uri, host.setting("MLFLOW_TRACKING_URI")) {
            (Some(uri), _) => ("the field \"trackingUri\"", uri.clone()),
            (None, Some(uri)) => ("MLFLOW_TRACKING_URI", uri),
            (None, None) => return Err(no_server()),
        };
        let sort = match uri.as_str() {
            "databricks" => Sort::Workspace,
            "databricks-uc" => Sort::Unity,
            _ => Sort::Server,
        };
        let base = match sort {
            Sort::Server => checked(place, &uri)?,
            Sort::Workspace | Sort::Unity => checked(
                "DATABRICKS_HOST",
                &host.setting("DATABRICKS_HOST").ok_or_else(no_workspace)?,
            )?,
        };
        Ok(Self { host, base, sort, credential: credential(sort, host) })
    }

    /// What sort of server it is.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Its URL, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The handle of the credential that the user has for it.
    pub fn credential(&self) -> Option<&'static str> {
        self.credential
    }

    /// Reads `{base}{path}?{query}`. `what` is asked for, in words.
    ///
    /// # Errors
    /// By what the server says; see [`answer::failure`].
    pub fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        what: &str,
    ) -> Result<T> {
        self.read(Request::get(with_query(&format!("{}{path}", self.base), query)), what)
    }

    /// Asks `{base}{path}` with JSON.
    ///
    /// # Errors
    /// As [`Tracking::get`].
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &Value, what: &str) -> Result<T> {
        let request = Request::post(format!("{}{path}", self.base), body.to_string());
        self.read(request.header("content-type", "application/json"), what)
    }

    /// Reads a URL of this server's artifacts, which may be on another origin.
    ///
    /// # Errors
    /// As [`Tracking::get`].
    pub fn read<T: DeserializeOwned>(&self, request: Request, what: &str) -> Result<T> {
        json::read(&self.ask(request, what)?)
    }

    fn ask(&self, request: Request, what: &str) -> Result<Response> {
        let response = self.host.fetch(&self.with_credential(request))?;
        if response.is_success() {
            Ok(response)
        } else {
            Err(answer::failure(&response, self, what))
        }
    }

    fn with_credential(&self, request: Request) -> Request {
        match self.credential {
            Some(handle) => request.credential(handle),
            None => request,
        }
    }
}

/// A URL with a query of these names and values.
pub fn with_query(url: &str, query: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{name}={}", percent::segment(value))).collect();
    if pairs.is_empty() { url.to_owned() } else { format!("{url}?{}", pairs.join("&")) }
}

/// As the client has it: a login comes before a token.
fn credential(sort: Sort, host: &dyn Host) -> Option<&'static str> {
    let handles: &[&str] = match sort {
        Sort::Server => &["login", "token"],
        Sort::Workspace | Sort::Unity => &["databricks"],
    };
    handles.iter().copied().find(|handle| host.has_credential(handle))
}

/// What is wrong with a URL is not shown: there may be a password in it.
fn checked(place: &str, uri: &str) -> Result<String> {
    if uri.starts_with("databricks://") || uri.starts_with("databricks-uc://") {
        return Err(Failure::invalid_spec(format!(
            "{place} names a profile of Databricks, and the file of profiles is not read"
        ))
        .with_hint(
            "write trackingUri = \"databricks\" or \"databricks-uc\", and set DATABRICKS_HOST to the workspace's URL and DATABRICKS_TOKEN to a token for it",
        ));
    }
    let uri = uri.trim_end_matches('/');
    if http::origin(uri).is_some() && !uri.contains(['?', '#']) {
        return Ok(uri.to_owned());
    }
    Err(Failure::invalid_spec(format!(
        "{place} is not an http or https URL, or holds a user, query or fragment"
    ))
    .with_hint(
        "name the server as https://mlflow.example.com; a folder or database of runs has to be served first, with `mlflow server`, and a login comes from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
    ))
}

fn no_server() -> Failure {
    Failure::invalid_spec("no MLflow server is named").with_hint(
        "set trackingUri = \"https://mlflow.example.com\" (or \"databricks\", \"databricks-uc\"), or the variable MLFLOW_TRACKING_URI",
    )
}

fn no_workspace() -> Failure {
    Failure::invalid_spec("no Databricks workspace is named").with_hint(
        "set DATABRICKS_HOST to the workspace's URL, such as https://adb-1234.5.azuredatabricks.net, and DATABRICKS_TOKEN to a token for it",
    )
}
