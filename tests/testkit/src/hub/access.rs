//! Who may read what, and the refusals as the real hub words them.

use serde_json::json;

use super::repository::Kind;
use super::revision::{File, Revision};
use super::route::Name;
use super::state::{Served, State};
use crate::wire::{Incoming, Response};

/// The answer to a request that gets nothing else.
pub(crate) type Refusal = Box<Response>;

/// What of a repository is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Listing,
    Files,
}

/// The repository, or the refusal (or redirect) in its place.
pub(crate) fn open(
    state: &State,
    incoming: &Incoming,
    name: &Name,
    need: Need,
) -> Result<Served, Refusal> {
    let token = incoming.bearer();
    let known = token.is_some_and(|token| state.settings.tokens.contains(token));
    if incoming.header("authorization").is_some() && !known {
        return Err(refusal(401, None, "Invalid credentials in Authorization header"));
    }
    if let Some(new) = state.new_name(name.kind, &name.id) {
        return Err(moved(incoming, &name.id, new));
    }
    let missing = || {
        let status = if known { 404 } else { 401 };
        refusal(status, Some("RepoNotFound"), "Repository not found")
    };
    let served = state.repository(name.kind, &name.id).ok_or_else(missing)?;
    let access = &served.access;
    let granted = token.is_some_and(|token| access.granted.iter().any(|known| known == token));
    if access.private && !granted {
        return Err(missing());
    }
    if access.disabled {
        return Err(refusal(403, None, "Access to this resource is disabled."));
    }
    let gated = access.gated && (need == Need::Files || access.listing_gated);
    if gated && !granted {
        return Err(gate(state, name, known));
    }
    Ok(served)
}

/// The revision, or the refusal in its place.
pub(crate) fn revision<'a>(served: &'a Served, name: &str) -> Result<&'a Revision, Refusal> {
    let missing = || refusal(404, Some("RevisionNotFound"), &format!("Invalid rev id: {name}"));
    served.revision(name).ok_or_else(missing)
}

/// The file, or the refusal in its place.
pub(crate) fn file<'a>(revision: &'a Revision, path: &str) -> Result<&'a File, Refusal> {
    revision.files.get(path).ok_or_else(|| entry_not_found(revision))
}

/// 404 for a file or folder that the revision has not.
pub(crate) fn entry_not_found(revision: &Revision) -> Refusal {
    let refusal = refusal(404, Some("EntryNotFound"), "Entry not found");
    Box::new(refusal.header("X-Repo-Commit", &revision.commit))
}

fn gate(state: &State, name: &Name, known: bool) -> Refusal {
    let kind = match name.kind {
        Kind::Model => "model",
        Kind::Dataset => "dataset",
        Kind::Space => "space",
    };
    let (id, hub) = (&name.id, &state.addresses().hub);
    let restricted = format!("Access to {kind} {id} is restricted");
    if known {
        let address = format!("{hub}/{}{id}", name.kind.prefix());
        let ask = format!(
            "{restricted} and you are not in the authorized list. Visit {address} to ask for access."
        );
        return refusal(403, Some("GatedRepo"), &ask);
    }
    let log_in = "You must have access to it and be authenticated to access it. Please log in.";
    refusal(401, Some("GatedRepo"), &format!("{restricted}. {log_in}"))
}

fn moved(incoming: &Incoming, old: &str, new: &str) -> Refusal {
    let target = incoming.target.replacen(&format!("/{old}"), &format!("/{new}"), 1);
    Box::new(Response::redirect(307, &target))
}

fn refusal(status: u16, code: Option<&str>, message: &str) -> Refusal {
    // What a client asked for comes back in the message; a header is one line.
    let line: String = message.chars().filter(|letter| (' '..='~').contains(letter)).collect();
    let response = Response::json(status, &json!({"error": message}));
    let response = response.header("X-Error-Message", line);
    Box::new(match code {
        Some(code) => response.header("X-Error-Code", code),
        None => response,
    })
}
