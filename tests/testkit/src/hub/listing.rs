//! The API's JSON: a repository's commit and its tree, page by page.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::access::{self, Need, Refusal};
use super::revision::{File, Revision};
use super::route::Name;
use super::state::State;
use crate::fault::Fault;
use crate::wire::{Incoming, Response};

/// `/api/{kind}/{id}` and `/revision/{rev}`.
pub(crate) fn info(
    state: &State,
    incoming: &Incoming,
    name: &Name,
    revision: &str,
) -> Result<Response, Refusal> {
    let served = access::open(state, incoming, name, Need::Listing)?;
    let revision = access::revision(&served, revision)?;
    let siblings: Vec<Value> =
        revision.files.keys().map(|path| json!({"rfilename": path})).collect();
    let gated = if served.access.gated { json!("manual") } else { json!(false) };
    Ok(Response::json(
        200,
        &json!({
            "id": name.id,
            "author": name.id.split_once('/').map(|(author, _)| author),
            "sha": revision.commit,
            "lastModified": "2023-11-14T22:13:20.000Z",
            "createdAt": "2023-11-14T22:13:20.000Z",
            "private": served.access.private,
            "gated": gated,
            "disabled": false,
            "downloads": 0,
            "likes": 0,
            "tags": [],
            "siblings": siblings,
        }),
    ))
}

/// `/api/{kind}/{id}/tree/{rev}[/{path}]`.
pub(crate) fn tree(
    state: &State,
    incoming: &Incoming,
    name: &Name,
    revision: &str,
    path: &str,
    faults: &[Fault],
) -> Result<Response, Refusal> {
    let served = access::open(state, incoming, name, Need::Listing)?;
    let revision = access::revision(&served, revision)?;
    if !revision.folders.contains_key(path) {
        return Err(access::entry_not_found(revision));
    }
    let recursive = incoming.query("recursive").is_some_and(|value| is_true(&value));
    let entries = entries(revision, path, recursive, state.settings.xet_hashes);
    let cursor = cursor(incoming)?;
    let asked = incoming.query("limit").and_then(|limit| limit.parse().ok());
    let size = asked.unwrap_or(usize::MAX).clamp(1, state.settings.page_size);
    let mut rest =
        entries.into_iter().filter(|(path, _)| cursor.as_ref().is_none_or(|cursor| path > cursor));
    let page: Vec<(String, Value)> = rest.by_ref().take(size).collect();
    let more = rest.next().is_some();
    let last = page.last().map(|(path, _)| path.clone());
    let mut page: Vec<Value> = page.into_iter().map(|(_, entry)| entry).collect();
    faults.iter().for_each(|fault| fault.edit_tree(&mut page, cursor.is_none()));
    let response = Response::json(200, &Value::from(page));
    Ok(match last.filter(|_| more) {
        Some(last) => response.header("Link", next_page(state, incoming, recursive, size, &last)),
        None => response,
    })
}

/// Python's clients write `True`.
fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value == "1"
}

fn cursor(incoming: &Incoming) -> Result<Option<String>, Refusal> {
    let Some(cursor) = incoming.query("cursor") else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(path) => Ok(Some(path)),
        None => Err(Box::new(Response::json(400, &json!({"error": "Invalid cursor"})))),
    }
}

fn next_page(
    state: &State,
    incoming: &Incoming,
    recursive: bool,
    size: usize,
    last: &str,
) -> String {
    let (hub, path) = (&state.addresses().hub, incoming.path());
    let cursor = URL_SAFE_NO_PAD.encode(last);
    let cursor = utf8_percent_encode(&cursor, NON_ALPHANUMERIC);
    format!("<{hub}{path}?recursive={recursive}&limit={size}&cursor={cursor}>; rel=\"next\"")
}

/// The files and folders below a folder, by path.
fn entries(
    revision: &Revision,
    folder: &str,
    recursive: bool,
    xet_hashes: bool,
) -> BTreeMap<String, Value> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let listed = |path: &str| {
        let below = path.strip_prefix(&prefix).filter(|below| !below.is_empty());
        below.is_some_and(|below| recursive || !below.contains('/'))
    };
    let folders = revision.folders.iter().filter(|(path, _)| listed(path)).map(|(path, id)| {
        let oid = hex::encode(id);
        (path.clone(), json!({"type": "directory", "oid": oid, "size": 0, "path": path}))
    });
    let files = revision.files.iter().filter(|(path, _)| listed(path));
    let files = files.map(|(path, file)| (path.clone(), file_entry(path, file, xet_hashes)));
    folders.chain(files).collect()
}

fn file_entry(path: &str, file: &File, xet_hashes: bool) -> Value {
    let oid = hex::encode(file.blob);
    let mut entry = json!({"type": "file", "oid": oid, "size": file.size, "path": path});
    if let Some(lfs) = &file.lfs {
        entry["lfs"] = json!({
            "oid": lfs.sha256,
            "size": file.size,
            "pointerSize": lfs.pointer_size,
        });
        if xet_hashes {
            entry["xetHash"] = json!(lfs.xet_hash());
        }
    }
    entry
}
