//! What a hub's answers mean.

use nix_ai_model_sdk::{Failure, Host, Request, Response, json, wait};

use crate::Result;
use crate::spec::HubSpec;

/// The handle of the user's token in the manifest.
pub const TOKEN: &str = "token";

/// Asks the hub, with the token where there is one.
pub fn get(url: String, spec: &HubSpec, endpoint: &str, host: &dyn Host) -> Result<Response> {
    let request = Request::get(url).credential(TOKEN);
    let response = host.fetch(&request)?;
    if response.status == 200 {
        Ok(response)
    } else {
        Err(failure(&response, spec, endpoint, host))
    }
}

fn failure(response: &Response, spec: &HubSpec, endpoint: &str, host: &dyn Host) -> Failure {
    let has_token = host.has_credential(TOKEN);
    let code = response.header("x-error-code");
    let said = json::quoted(response.header("x-error-message").unwrap_or_default());
    let page = format!("{endpoint}/{}{}", spec.repo_type.prefix(), spec.repo);
    match (response.status, code) {
        (_, Some("RevisionNotFound")) => {
            Failure::not_found(format!("{} has no revision \"{}\"", spec.repo, spec.revision))
                .with_hint(format!("its branches and tags are listed at {page}/tree/main"))
        }
        (_, Some("EntryNotFound")) => Failure::not_found(format!("{page} has not what was asked for: {said}")),
        (_, Some("GatedRepo")) => gated(spec, &page, has_token),
        (_, Some("RepoNotFound")) | (404, None) => missing(spec, endpoint, has_token),
        // A 401 alone says no more than that there is nothing to see.
        (401, None) if has_token && said.contains("redentials") => {
            Failure::unauthorized(format!("{endpoint} did not accept the token ({said})"))
                .with_hint("HF_TOKEN, or the file that HF_TOKEN_PATH names, holds a token that is wrong or expired")
        }
        (401, _) => missing(spec, endpoint, has_token),
        (403, _) if said.contains("disabled") => {
            Failure::not_found(format!("{} is disabled on {endpoint}: {said}", spec.repo))
        }
        (403, _) => Failure::unauthorized(format!("{endpoint} does not let you read {}: {said}", spec.repo))
            .with_hint("the token needs read access to this repository's contents"),
        (429, _) => crowded(response, endpoint, has_token),
        (status, _) => Failure::network(format!("{} answered with status {status} {said}", response.place()))
            .with_hint("try again later; if it stays so, check the endpoint"),
    }
}

fn crowded(response: &Response, endpoint: &str, has_token: bool) -> Failure {
    let message = format!("{endpoint} has had too many requests");
    let failure = Failure::rate_limited(wait::seconds(response), message);
    failure.with_hint(if has_token {
        "wait and try again"
    } else {
        "wait and try again, or set HF_TOKEN: the hub lets known users ask more often"
    })
}

fn gated(spec: &HubSpec, page: &str, has_token: bool) -> Failure {
    let hint = if has_token {
        format!("ask for access at {page} with the account that the token belongs to")
    } else {
        format!(
            "ask for access at {page}, then set HF_TOKEN to a token of that account; in a Nix build, bring it in as the documentation on credentials says"
        )
    };
    Failure::gated(format!("{} is gated: its owner grants access to each account", spec.repo))
        .with_hint(hint)
}

fn missing(spec: &HubSpec, endpoint: &str, has_token: bool) -> Failure {
    let failure = Failure::not_found(format!(
        "{endpoint} has no {}{}, or it is private",
        spec.repo_type.prefix(),
        spec.repo
    ));
    failure.with_hint(if has_token {
        "check the name; if it is private, HF_TOKEN has to be a valid token of an account with access"
    } else {
        "check the name; if it is private, set HF_TOKEN to a token of an account with access"
    })
}
