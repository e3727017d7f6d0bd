//! The batch API of LFS servers: from pointers to addresses, in hundreds.

use std::collections::{BTreeMap, HashMap, HashSet};

use nix_ai_model_sdk::{Download, Failure, FailureKind, Field, Request, http, json};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::pointer::Pointer;
use crate::remote::{LOGIN, Remote};

/// Objects of one request, as many as the real client asks for.
const AT_ONCE: usize = 100;
const JSON: &str = "application/vnd.git-lfs+json";

#[derive(Serialize)]
struct Asked<'a> {
    operation: &'static str,
    transfers: [&'static str; 1],
    objects: Vec<AskedObject<'a>>,
}

#[derive(Serialize)]
struct AskedObject<'a> {
    oid: &'a str,
    size: u64,
}

#[derive(Deserialize)]
struct Answer {
    transfer: Option<String>,
    objects: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    oid: String,
    size: Option<u64>,
    authenticated: Option<bool>,
    actions: Option<Actions>,
    error: Option<ObjectError>,
}

#[derive(Deserialize)]
struct Actions {
    download: Option<Action>,
}

#[derive(Deserialize)]
struct Action {
    href: String,
    header: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct ObjectError {
    code: u16,
    message: Option<String>,
}

/// An LFS server.
pub struct Server<'a> {
    pub remote: &'a Remote<'a>,
    /// Its address without a slash at the end.
    pub url: String,
    /// The repository, whose origin gets the user's login.
    pub repository: &'a str,
    /// Where the repository says that it is here, if it does.
    pub named_by: Option<&'static str>,
}

/// A pointer, and a path that it is at.
pub type Wanted<'a> = (&'a str, &'a Pointer);

impl Server<'_> {
    /// How each object is fetched, by its SHA-256.
    ///
    /// # Errors
    /// Naming the first file that the server does not have.
    pub fn downloads(&self, wanted: &[Wanted<'_>]) -> Result<HashMap<String, Download>> {
        let mut seen = HashSet::new();
        let unique: Vec<Wanted<'_>> =
            wanted.iter().filter(|(_, pointer)| seen.insert(&pointer.oid)).copied().collect();
        let mut downloads = HashMap::with_capacity(unique.len());
        for some in unique.chunks(AT_ONCE) {
            let mut objects = self.batch(some)?;
            for (path, pointer) in some {
                let object = objects.remove(&pointer.oid).ok_or_else(|| {
                    Failure::network(format!(
                        "{} did not answer for {}",
                        self.url,
                        named(path, pointer)
                    ))
                })?;
                downloads.insert(pointer.oid.clone(), self.download(object, path, pointer)?);
            }
        }
        Ok(downloads)
    }

    fn batch(&self, wanted: &[Wanted<'_>]) -> Result<HashMap<String, Object>> {
        let objects =
            wanted.iter().map(|(_, pointer)| AskedObject { oid: &pointer.oid, size: pointer.size });
        let asked =
            Asked { operation: "download", transfers: ["basic"], objects: objects.collect() };
        let body = serde_json::to_vec(&asked)
            .map_err(|error| Failure::internal(format!("the batch cannot be written: {error}")))?;
        let request = Request::post(format!("{}/objects/batch", self.url), body)
            .header("Accept", JSON)
            .header("Content-Type", JSON);
        let response = self.remote.send(request).map_err(|failure| self.elsewhere(failure))?;
        if !response.is_success() {
            return Err(self.remote.failure(&response, "LFS files"));
        }
        let answer: Answer = json::read(&response)?;
        if answer.transfer.as_deref().is_some_and(|transfer| transfer != "basic") {
            return Err(Failure::unsupported(format!("{} has no basic transfers", self.url))
                .with_hint("the LFS server wants a program of its own on the user's side"));
        }
        Ok(answer.objects.into_iter().map(|object| (object.oid.clone(), object)).collect())
    }

    fn download(&self, object: Object, path: &str, pointer: &Pointer) -> Result<Download> {
        if let Some(error) = object.error {
            return Err(self.missing(&error, path, pointer));
        }
        if object.size.is_some_and(|size| size != pointer.size) {
            return Err(Failure::network(format!(
                "{} has another size of {}",
                self.url,
                named(path, pointer)
            )));
        }
        let Some(Action { href, header }) = object.actions.and_then(|actions| actions.download)
        else {
            return Err(Failure::not_found(format!(
                "{} gives no address for {}",
                self.url,
                named(path, pointer)
            ))
            .with_hint("it may never have been pushed: git lfs push --all"));
        };
        let headers: Vec<Field> = header
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| Field { name, value })
            .collect();
        let authorised = object.authenticated == Some(true)
            || headers.iter().any(|field| field.name.eq_ignore_ascii_case("authorization"));
        let own = self.remote.has_login() && http::is_same_origin(&href, self.repository);
        let credential = (own && !authorised).then(|| LOGIN.to_owned());
        Ok(Download { url: href, headers, credential })
    }

    fn missing(&self, error: &ObjectError, path: &str, pointer: &Pointer) -> Failure {
        let said = error.message.as_deref().unwrap_or_default();
        let message = format!(
            "{} does not give {}: {} {}",
            self.url,
            named(path, pointer),
            error.code,
            json::quoted(said)
        );
        match error.code {
            404 | 410 => Failure::not_found(message)
                .with_hint("it may never have been pushed (git lfs push --all), or the server removed it; `lfsFiles` can leave it out"),
            401 | 403 => Failure::unauthorized(message).with_hint("the login needs read access to the LFS files"),
            _ => Failure::network(message).with_hint("try again later; `lfsFiles` can leave it out"),
        }
    }

    /// A server that the repository names and the user did not.
    fn elsewhere(&self, failure: Failure) -> Failure {
        match (self.named_by, http::origin(&self.url)) {
            (Some(place), Some(origin))
                if failure.kind == FailureKind::Denied && !http::is_same_origin(origin, self.repository) =>
            {
                Failure::new(FailureKind::Denied, format!(
                    "{place} of {} names {origin} as its LFS server, and you did not name that origin",
                    self.repository
                ))
                .with_hint(format!(
                    "if you trust it, allow it with `--allow-origin {origin}`; in a Nix build, with NIX_AI_MODEL_ALLOW_ORIGINS"
                ))
            }
            _ => failure,
        }
    }
}

fn named(path: &str, pointer: &Pointer) -> String {
    format!("\"{}\" (sha256 {})", json::quoted(path), pointer.oid)
}

#[cfg(test)]
mod tests;
