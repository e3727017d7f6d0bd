//! `/{id}/resolve/{revision}/{path}`: the bytes, or the way to them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::access::{self, Need, Refusal};
use super::content;
use super::revision::{File, Lfs, Revision};
use super::route::Name;
use super::state::{Signed, State};
use crate::wire::{Incoming, Response};

/// What stays as it is in a path's segment.
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A file's bytes, or a redirect: large files to the CDN, small ones, unless
/// `cached`, to the resolve cache.
pub(crate) fn resolve(
    state: &State,
    incoming: &Incoming,
    name: &Name,
    revision: &str,
    path: &str,
    cached: bool,
) -> Result<Response, Refusal> {
    let served = access::open(state, incoming, name, Need::Files)?;
    let revision = access::revision(&served, revision)?;
    let file = access::file(revision, path)?;
    let response = match &file.lfs {
        Some(lfs) if state.settings.cdn => {
            let location = sign(state, incoming, name, path, file, lfs);
            linked(Response::redirect(302, &location), state, file)
        }
        None if state.settings.resolve_cache && !cached => {
            linked(Response::redirect(307, &cache_path(name, revision, path)), state, file)
        }
        _ => content::whole_or_range(incoming, file)
            .header("Content-Disposition", content::disposition(path)),
    };
    Ok(response.header("X-Repo-Commit", &revision.commit))
}

/// A redirect says of the file what it will not see delivered.
fn linked(response: Response, state: &State, file: &File) -> Response {
    let response = response
        .header("Accept-Ranges", "bytes")
        .header("X-Linked-Size", file.size.to_string())
        .header("X-Linked-Etag", format!("\"{}\"", file.etag()));
    match &file.lfs {
        Some(lfs) if state.settings.xet_hashes => response.header("X-Xet-Hash", lfs.xet_hash()),
        _ => response,
    }
}

/// A relative address, as the real hub gives it.
fn cache_path(name: &Name, revision: &Revision, path: &str) -> String {
    let (kind, id, commit) = (name.kind.plural(), &name.id, &revision.commit);
    let path = utf8_percent_encode(path, &SEGMENT);
    format!("/api/resolve-cache/{kind}/{id}/{commit}/{path}")
}

/// A CDN address that is answered only as it was handed out, query and all.
fn sign(
    state: &State,
    incoming: &Incoming,
    name: &Name,
    path: &str,
    file: &File,
    lfs: &Lfs,
) -> String {
    let (kind, id, sha256) = (name.kind.plural(), &name.id, &lfs.sha256);
    let disposition = content::disposition(path);
    let disposition = utf8_percent_encode(&disposition, &SEGMENT);
    // Each is another one where they expire, as real ones are by their time.
    let expires = match state.settings.signatures_last {
        Some(_) => 4_000_000_000 + state.handed_out(),
        None => 4_000_000_000,
    };
    let unsigned = format!(
        "/repos/{kind}/{id}/{sha256}?response-content-disposition={disposition}&Expires={expires}"
    );
    let signature = hex::encode(Sha256::digest(&unsigned));
    let target = format!("{unsigned}&Signature={signature}");
    let resolve_path = incoming.path().to_owned();
    let left = state.settings.signatures_last.unwrap_or(u64::MAX);
    state.sign(target.clone(), Signed { resolve_path, file: file.clone(), left });
    format!("{}{target}", state.addresses().cdn)
}
