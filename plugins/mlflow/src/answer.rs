//! What a server's refusals mean.

use nix_ai_model_sdk::{Failure, Response, json, wait};
use serde::Deserialize;

use crate::tracking::{Sort, Tracking};

#[derive(Debug, Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error_code: String,
    #[serde(default)]
    message: String,
}

/// The failure that an answer without success stands for; `what` was asked for.
pub fn failure(response: &Response, tracking: &Tracking<'_>, what: &str) -> Failure {
    let refusal: Refusal = serde_json::from_slice(&response.body).unwrap_or_default();
    let said = said(response, &refusal);
    let base = tracking.base();
    match (response.status, refusal.error_code.as_str()) {
        (401, _) | (403, "" | "PERMISSION_DENIED") | (_, "UNAUTHENTICATED" | "PERMISSION_DENIED") => {
            unauthorized(response.status, tracking, what, &said)
        }
        (404, "" | "ENDPOINT_NOT_FOUND") | (_, "FEATURE_DISABLED") => {
            Failure::unsupported(format!("{} answers nothing there{said}", response.place())).with_hint(
                "check that the tracking URI is the server's, with its path where it has one; aliases need MLflow 2.3 and logged models MLflow 3, on the server",
            )
        }
        (404, _) => missing(base, what, &said),
        (_, code) if code.ends_with("DOES_NOT_EXIST") || code.ends_with("NOT_FOUND") => {
            missing(base, what, &said)
        }
        // So a server answers where there is no such alias.
        (400, _) if said.contains("not found") => missing(base, what, &said),
        (400, _) => Failure::invalid_spec(format!("{base} does not take {what}{said}")),
        (429, _) => {
            Failure::rate_limited(wait::seconds(response), format!("{base} has had too many requests"))
                .with_hint("wait and try again")
        }
        (503, _) if said.contains("serve-artifacts") => Failure::unsupported(format!(
            "{base} does not serve artifacts{said}"
        ))
        .with_hint("start it with --serve-artifacts, or keep artifacts where clients can read them, such as s3://"),
        (503, _) if said.contains("artifacts-only") => {
            Failure::unsupported(format!("{base} serves artifacts only, and no registry{said}"))
                .with_hint("name the tracking server with trackingUri or MLFLOW_TRACKING_URI")
        }
        (501, _) => Failure::unsupported(format!("{base} does not offer {what}{said}")),
        (status, _) => {
            Failure::network(format!("{} answered with status {status}{said}", response.place()))
                .with_hint("try again later; if it stays so, look at the server's log")
        }
    }
}

/// The server's own words, in brackets.
fn said(response: &Response, refusal: &Refusal) -> String {
    let text = String::from_utf8_lossy(&response.body);
    let words = if refusal.message.is_empty() { text.trim() } else { &refusal.message };
    if words.is_empty() || words.starts_with('<') {
        return String::new();
    }
    format!(" ({})", json::quoted(words))
}

fn missing(base: &str, what: &str, said: &str) -> Failure {
    Failure::not_found(format!("{base} has no {what}{said}"))
        .with_hint("the server's Models page lists names, versions, stages and aliases; upper and lower case differ")
}

fn unauthorized(status: u16, tracking: &Tracking<'_>, what: &str, said: &str) -> Failure {
    let base = tracking.base();
    let build = "in a Nix build, bring it in as docs/how-to/credentials.md says: a build does not see your environment";
    let read = match tracking.credential() {
        Some("login") => "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
        Some("databricks") => "DATABRICKS_TOKEN",
        Some(_) => "MLFLOW_TRACKING_TOKEN",
        None => {
            let unset = if tracking.sort() == Sort::Server {
                "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, none of which is set"
            } else {
                "set DATABRICKS_TOKEN, which is not set"
            };
            return Failure::unauthorized(format!("{base} wants a login for {what}{said}"))
                .with_hint(format!("{unset}; {build}"));
        }
    };
    let message = if status == 401 {
        format!("{base} did not accept the login for {what}{said}")
    } else {
        format!("{base} does not let you read {what}{said}")
    };
    Failure::unauthorized(message)
        .with_hint(format!("check that {read} are those of a user who may read it; {build}"))
}
