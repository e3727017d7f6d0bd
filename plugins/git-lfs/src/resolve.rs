//! From a repository and a revision to a plan.

use std::collections::HashMap;

use nix_ai_model_sdk::{
    Algorithm, Digest, Download, Failure, Host, Locator, Plan, PlannedFile, http, json,
};

use crate::Result;
use crate::batch::{Server, Wanted};
use crate::link::File;
use crate::object::Oid;
use crate::pattern;
use crate::pointer::{Content, Pointer};
use crate::repository::lfs_beside;
use crate::snapshot::Snapshot;
use crate::spec::GitSpec;

/// Where a repository names its LFS server.
const LFSCONFIG: &str = "the file .lfsconfig";

/// Pins the revision and plans its files: those in LFS by their addresses, the
/// others as they are.
pub fn resolve(spec: &GitSpec, host: &dyn Host) -> Result<Plan> {
    spec.check()?;
    let mut snapshot = Snapshot::read(spec, None, host)?;
    check_patterns(spec, &snapshot)?;
    let pointers = snapshot.pointers(spec)?;
    let locators = locators(&mut snapshot, &pointers)?;
    let mut files: Vec<PlannedFile> = pointers
        .iter()
        .zip(locators)
        .map(|((file, pointer), locator)| large(file, pointer, locator))
        .collect();
    snapshot.fetch_plain()?;
    let pin = snapshot.commit.to_string();
    let plain: Vec<File> = snapshot
        .files
        .iter()
        .filter(|file| snapshot.content(file) == Content::Plain)
        .cloned()
        .collect();
    let bytes = snapshot.into_bytes(&plain)?;
    files.extend(plain.into_iter().zip(bytes).map(|(file, bytes)| small(file, bytes)));
    Ok(Plan { reference: spec.reference(), pin, files })
}

/// Fresh addresses of LFS files of a commit.
pub fn locate(
    spec: &GitSpec,
    pin: &str,
    paths: &[String],
    host: &dyn Host,
) -> Result<Vec<Locator>> {
    spec.check()?;
    let commit = Oid::from_hex(pin)
        .ok_or_else(|| Failure::invalid_spec(format!("\"{}\" is no commit", json::quoted(pin))))?;
    let mut snapshot = Snapshot::read(spec, Some(commit), host)?;
    let mut pointers: HashMap<String, (File, Pointer)> = snapshot
        .pointers(spec)?
        .into_iter()
        .map(|(file, pointer)| (file.path.clone(), (file, pointer)))
        .collect();
    let wanted: Vec<(File, Pointer)> = paths
        .iter()
        .map(|path| {
            pointers.remove(path).ok_or_else(|| {
                Failure::not_found(format!(
                    "the commit {pin} has no LFS file \"{}\"",
                    json::quoted(path)
                ))
            })
        })
        .collect::<Result<_>>()?;
    locators(&mut snapshot, &wanted)
}

/// A pattern that matches nothing at all is a slip.
fn check_patterns(spec: &GitSpec, snapshot: &Snapshot<'_>) -> Result<()> {
    let matched =
        |text: &&String| snapshot.files.iter().any(|file| pattern::matches(text, &file.path));
    match spec.lfs_files.iter().flatten().find(|text| !matched(text)) {
        None => Ok(()),
        Some(text) => Err(Failure::not_found(format!(
            "\"lfsFiles\": \"{}\" matches no file of {} at {}",
            json::quoted(text),
            spec.address(),
            snapshot.commit
        ))
        .with_hint("`*` matches across `/`, and a pattern that ends in `/` means all below")),
    }
}

/// Where the bytes of LFS files are, in the order of the pointers.
fn locators(snapshot: &mut Snapshot<'_>, pointers: &[(File, Pointer)]) -> Result<Vec<Locator>> {
    let wanted: Vec<Wanted<'_>> = pointers
        .iter()
        .filter(|(_, pointer)| pointer.size > 0)
        .map(|(file, pointer)| (file.path.as_str(), pointer))
        .collect();
    let downloads =
        if wanted.is_empty() { HashMap::new() } else { server(snapshot)?.downloads(&wanted)? };
    let locator = |(_, pointer): &(File, Pointer)| match downloads.get(&pointer.oid) {
        Some(download) => Locator::Download(Download::clone(download)),
        // Nobody need be asked for nothing.
        None => Locator::Inline(Vec::new()),
    };
    Ok(pointers.iter().map(locator).collect())
}

fn server<'s>(snapshot: &'s mut Snapshot<'_>) -> Result<Server<'s>> {
    let named = snapshot.lfs_url()?;
    let repository = &snapshot.repository;
    let (url, named_by) = match named {
        Some(url) => (checked(&url)?, Some(LFSCONFIG)),
        None => (lfs_beside(&repository.url), None),
    };
    Ok(Server { remote: &repository.remote, url, repository: &repository.url, named_by })
}

/// An LFS server's address, without a user: the host knows the user's login.
fn checked(url: &str) -> Result<String> {
    let bare = match url.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let host = rest[..end].rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{}", &rest[end..])
        }
        None => url.to_owned(),
    };
    if http::origin(&bare).is_none() || bare.contains(['?', '#']) {
        return Err(Failure::unsupported(format!(
            "{LFSCONFIG} names \"{}\" as its LFS server, which is not an http or https URL",
            json::quoted(http::without_query(&bare))
        ))
        .with_hint("files can be had from LFS servers over https only"));
    }
    Ok(bare.trim_end_matches('/').to_owned())
}

fn large(file: &File, pointer: &Pointer, locator: Locator) -> PlannedFile {
    PlannedFile {
        path: file.path.clone(),
        size: Some(pointer.size),
        digests: vec![Digest::new(Algorithm::Sha256, pointer.oid.clone())],
        executable: file.executable,
        locator,
    }
}

fn small(file: File, bytes: Vec<u8>) -> PlannedFile {
    PlannedFile {
        path: file.path,
        size: Some(bytes.len() as u64),
        digests: vec![Digest::new(Algorithm::GitBlobSha1, file.oid.to_string())],
        executable: file.executable,
        locator: Locator::Inline(bytes),
    }
}

#[cfg(test)]
mod tests;
