//! Servers: requests, logins, and what answers that are no success mean.

use std::cell::Cell;

use nix_ai_model_sdk::{Failure, FailureKind, Host, Request, Response, http, json, wait};
use serde::Deserialize;

use crate::Result;

/// The handle of the user's login in the manifest.
pub const LOGIN: &str = "login";
/// How often a request is made, all in all, while the server has a fault.
/// All of them only read, so that it does no harm to repeat one.
const TRIES: usize = 3;

/// Servers that are asked for one repository.
pub struct Remote<'a> {
    pub host: &'a dyn Host,
    /// Whether a server wanted to know who asks. Before it does, the login is
    /// not sent: it may be meant for another server.
    login: Cell<bool>,
}

impl<'a> Remote<'a> {
    pub const fn new(host: &'a dyn Host) -> Self {
        Self { host, login: Cell::new(false) }
    }

    /// Whether requests carry the user's login.
    pub fn has_login(&self) -> bool {
        self.login.get()
    }

    /// Makes a request, with the login where the server asks for one.
    pub fn send(&self, request: Request) -> Result<Response> {
        let response = self.tried(self.named(request.clone()))?;
        if response.status == 401 && !self.has_login() && self.host.has_credential(LOGIN) {
            self.login.set(true);
            return self.tried(self.named(request));
        }
        Ok(response)
    }

    fn named(&self, request: Request) -> Request {
        if self.has_login() { request.credential(LOGIN) } else { request }
    }

    fn tried(&self, request: Request) -> Result<Response> {
        let mut tries = 1;
        loop {
            let answer = self.host.fetch(&request);
            let again = match &answer {
                Ok(response) => (500..600).contains(&response.status) && response.status != 501,
                Err(failure) => matches!(failure.kind, FailureKind::Network),
            };
            if !again || tries == TRIES {
                return answer;
            }
            tries += 1;
        }
    }

    /// What a status means that is no success. `what` is what was asked for.
    pub fn failure(&self, response: &Response, what: &str) -> Failure {
        let place = response.place();
        let said = words(response);
        match response.status {
            401 if self.has_login() => {
                Failure::unauthorized(format!("{place} did not accept the login for {what}{said}"))
                    .with_hint(
                        "check GIT_USERNAME and GIT_PASSWORD; many servers take a token for the password, and nothing else",
                    )
            }
            401 => Failure::unauthorized(format!("{place} gives {what} only to those it knows, or there is none{said}"))
                .with_hint(self.login_hint(place)),
            403 => Failure::unauthorized(format!("{place} does not let you read {what}{said}"))
                .with_hint("the login needs read access to the repository, and a token the scope for it"),
            404 | 410 => Failure::not_found(format!("{place} does not serve {what}{said}"))
                .with_hint("check the address; many servers say so too where a private repository is asked for without a login"),
            429 => Failure::rate_limited(wait::seconds(response), format!("{place} has had too many requests{said}"))
                .with_hint("wait and try again, or set a login: servers let known users ask more often"),
            status => Failure::network(format!("{place} answered with status {status} when asked for {what}{said}"))
                .with_hint("try again later; if it stays so, check the address"),
        }
    }

    fn login_hint(&self, place: &str) -> String {
        let origin = http::origin(place).unwrap_or(place);
        format!(
            "check the address; if it is private, set GIT_USERNAME and GIT_PASSWORD (a token will do), or put a login for {origin} into the netrc file; in a Nix build, bring it in as the documentation on credentials says"
        )
    }
}

/// What the server says itself, for the end of a message: the `message` of LFS
/// servers, or a short text.
fn words(response: &Response) -> String {
    #[derive(Deserialize)]
    struct Said {
        message: String,
    }
    let text = match serde_json::from_slice::<Said>(&response.body) {
        Ok(said) => said.message,
        Err(_) => String::from_utf8_lossy(&response.body).trim().to_owned(),
    };
    let page = text.starts_with('<') || text.contains('\n');
    if text.is_empty() || page { String::new() } else { format!(" ({})", json::quoted(&text)) }
}
