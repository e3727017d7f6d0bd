//! A connection's requests, one after the other, each with its faults.

use std::sync::Arc;

use super::route::Route;
use super::state::State;
use super::{content, files, listing};
use crate::fault::Fault;
use crate::record::Place;
use crate::wire::{Incoming, Response, Transport, decode, read_request, write_response};

/// Serves a connection to its end.
pub(crate) async fn serve(mut transport: Box<dyn Transport>, place: Place, state: Arc<State>) {
    let transport = transport.as_mut();
    let mut carry = Vec::new();
    while let Ok(Some(incoming)) = read_request(transport, &mut carry).await {
        let entry = state.journal.begin(place, &incoming);
        entry.came_from(transport.client());
        let response = match place {
            Place::Cdn if state.has_expired(&incoming) => content::expired(),
            _ => answer(&state, place, &incoming),
        };
        entry.answered(response.status);
        let head_only = incoming.method == "HEAD";
        match write_response(transport, response, head_only, &entry).await {
            Ok(true) => entry.complete(),
            // The fault or the client ended it.
            Ok(false) | Err(_) => return,
        }
        if !incoming.keeps_alive() {
            return;
        }
    }
}

fn answer(state: &State, place: Place, incoming: &Incoming) -> Response {
    let right = right_answer(state, place, incoming, &[]);
    let faults = striking(state, place, incoming, &right);
    if faults.is_empty() {
        return right;
    }
    if let Some(other) = faults.iter().find_map(|fault| fault.instead_of(incoming)) {
        return other;
    }
    let mut seen = incoming.clone();
    faults.iter().for_each(|fault| fault.overlook(&mut seen));
    let mut response = right_answer(state, place, &seen, &faults);
    faults.iter().for_each(|fault| fault.spoil(&mut response));
    response
}

/// The faults that hit this request, each counted.
fn striking(state: &State, place: Place, incoming: &Incoming, right: &Response) -> Vec<Fault> {
    let mut paths = vec![incoming.path().to_owned()];
    paths.extend(state.signed(&incoming.target).map(|signed| signed.resolve_path));
    let decoded: Vec<String> = paths.iter().filter_map(|path| decode(path)).collect();
    paths.extend(decoded);
    let mut faults = state.faults();
    let striking = faults.iter_mut().filter_map(|fault| {
        let strikes = fault.strikes(place, incoming, &paths, right);
        strikes.then(|| fault.clone())
    });
    let mut striking: Vec<Fault> = striking.collect();
    if let Some(storm) = &state.settings.storm {
        striking.extend(storm.faults(place, incoming, &paths, right));
    }
    striking
}

fn right_answer(state: &State, place: Place, incoming: &Incoming, faults: &[Fault]) -> Response {
    if !matches!(incoming.method.as_str(), "GET" | "HEAD") {
        let error = serde_json::json!({"error": "Method Not Allowed"});
        return Response::json(405, &error).header("Allow", "GET, HEAD");
    }
    if place == Place::Cdn {
        return content::cdn(state, incoming);
    }
    let answer = match Route::parse(incoming.path()) {
        Some(Route::Info { repository, revision }) => {
            listing::info(state, incoming, &repository, &revision)
        }
        Some(Route::Tree { repository, revision, path }) => {
            listing::tree(state, incoming, &repository, &revision, &path, faults)
        }
        Some(Route::File { repository, revision, path, cached }) => {
            files::resolve(state, incoming, &repository, &revision, &path, cached)
        }
        None => Ok(Response::text(404, "text/html; charset=utf-8", "<h1>404</h1>")),
    };
    answer.unwrap_or_else(|refusal| *refusal)
}
