//! Where the URI of artifacts leads.

use nix_ai_model_sdk::{Failure, json};

use crate::Result;
use crate::databricks::{Owner, Tracked};
use crate::files::{Folder, join};
use crate::proxied::Proxied;
use crate::tracking::{Sort, Tracking};
use crate::uri::is_path;
use crate::volume::Volume;

/// Where files are.
pub enum Place<'a> {
    /// Behind a server that lists them.
    Folder(Box<dyn Folder + 'a>),
    /// In an object store, below this prefix, which ends in a slash. The host
    /// lists them, with the user's own credentials.
    Objects(String),
}

/// The part of a server's URL at which its artifacts begin.
const SERVICE: &str = "/mlflow-artifacts";

/// The place `below` the URI of an owner's artifacts.
///
/// # Errors
/// `unsupported` where nothing but the server, or nobody, can read it.
pub fn of<'a>(
    tracking: &'a Tracking<'a>,
    uri: &str,
    owner: Option<Owner>,
    below: &str,
) -> Result<Place<'a>> {
    let (scheme, rest) = uri.split_once(':').unwrap_or(("", uri));
    if matches!(scheme, "" | "file") {
        return Err(local(tracking, uri));
    }
    let (authority, path) = parts(rest);
    let path = path.trim_matches('/');
    if !path.is_empty() && !is_path(path) {
        return Err(Failure::network(format!(
            "{} keeps artifacts at \"{}\", which is no clean path",
            tracking.base(),
            json::quoted(uri)
        )));
    }
    let whole = join(path, below);
    match scheme {
        "mlflow-artifacts" => {
            let service = format!("{}/api/2.0{SERVICE}", server(tracking, authority));
            Ok(Place::Folder(Box::new(Proxied::new(tracking, service, &whole))))
        }
        "http" | "https" => {
            let (service, path) = uri
                .split_once(&format!("{SERVICE}/artifacts"))
                .ok_or_else(|| unreachable(tracking, scheme))?;
            let root = join(path.trim_matches('/'), below);
            Ok(Place::Folder(Box::new(Proxied::new(
                tracking,
                format!("{service}{SERVICE}"),
                &root,
            ))))
        }
        "s3" | "gs" if !authority.is_empty() => {
            Ok(Place::Objects(format!("{scheme}://{}/", join(authority, &whole))))
        }
        // `container@account.blob.core.windows.net`
        "wasb" | "wasbs" | "abfs" | "abfss" if authority.contains('@') => {
            Ok(Place::Objects(format!("az://{}/", join(authority, &whole))))
        }
        "dbfs" if tracking.sort() != Sort::Server => databricks(tracking, path, owner, below),
        _ => Err(unreachable(tracking, scheme)),
    }
}

/// `//authority/path` or `/path`.
fn parts(rest: &str) -> (&str, &str) {
    match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    }
}

/// The server that hands out artifacts: the tracking server unless another is
/// named.
fn server(tracking: &Tracking<'_>, authority: &str) -> String {
    if authority.is_empty() {
        return tracking.base().to_owned();
    }
    let scheme = tracking.base().split("://").next().unwrap_or("https");
    format!("{scheme}://{authority}")
}

fn databricks<'a>(
    tracking: &'a Tracking<'a>,
    path: &str,
    owner: Option<Owner>,
    below: &str,
) -> Result<Place<'a>> {
    if path.starts_with("Volumes/") {
        return Ok(Place::Folder(Box::new(Volume::new(
            tracking,
            format!("/{}", join(path, below)),
        ))));
    }
    let owner = owner.ok_or_else(|| unreachable(tracking, "dbfs"))?;
    Ok(Place::Folder(Box::new(Tracked::new(tracking, owner, below))))
}

fn local(tracking: &Tracking<'_>, uri: &str) -> Failure {
    Failure::unsupported(format!(
        "{} keeps these artifacts in a folder of its own machine (\"{}\"), which no client can read",
        tracking.base(),
        json::quoted(uri)
    ))
    .with_hint(
        "start the server with --serve-artifacts and --artifacts-destination, and log the model again: what was logged before keeps its place",
    )
}

fn unreachable(tracking: &Tracking<'_>, scheme: &str) -> Failure {
    Failure::unsupported(format!(
        "{} keeps these artifacts behind \"{}:\", which cannot be fetched from here",
        tracking.base(),
        json::quoted(scheme)
    ))
    .with_hint(
        "start the server with --serve-artifacts: it then hands out what it keeps there itself",
    )
}
