//! Answers that are no bytes of the file, as the user should hear of them.

use std::time::SystemTime;

use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::plan::Download;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind};

use crate::credential::advice;
use crate::door::Egress;
use crate::failure::Failure;
use crate::fetch::rate_limited;
use crate::header::{asked_wait, text};

/// What a status that is no success means.
pub(super) fn refusal(
    egress: &Egress,
    download: &Download,
    what: &str,
    response: &reqwest::Response,
) -> Failure {
    let headers = response.headers();
    let status = response.status().as_u16();
    let reason = text(headers, "x-error-message")
        .map(|reason| format!(" ({})", escape(reason)))
        .unwrap_or_default();
    let error = |kind, says: &str| Error::new(kind, format!("{what} {says}{reason}"));
    let asked = asked_wait(headers, SystemTime::now());
    match status {
        401 | 403 if text(headers, "x-error-code") == Some("GatedRepo") => Failure::from(
            error(Kind::Gated, "is given only to those whom its owner granted access").with_hint(
                format!(
                    "ask for access on the model's page; then {}",
                    credential_hint(egress, download)
                ),
            ),
        ),
        401 | 403 => Failure::from(
            error(Kind::Unauthorized, &format!("was refused with status {status}"))
                .with_hint(credential_hint(egress, download)),
        ),
        // Google says so of a signature that expired.
        400 if is_signed(response.url()) => Failure::from(
            error(Kind::Unauthorized, "was refused with status 400, though its address is signed")
                .with_hint("the signature may have expired; resolve it again"),
        ),
        404 | 410 => Failure::from(
            error(Kind::NotFound, &format!("is not there (status {status})"))
                .with_hint("check the name and the revision; the file may have been removed"),
        ),
        412 => Failure::from(
            error(Kind::HashMismatch, "changed after it was planned")
                .with_hint("resolve it again; if it changed on purpose, pin its new hash"),
        ),
        429 => Failure { again: true, wait: asked, ..Failure::from(rate_limited(what, asked)) },
        408 | 500..=599 => Failure {
            wait: asked,
            ..Failure::from(
                error(Kind::Network, &format!("answered with status {status}")).with_hint(
                    "the server has a fault of its own; try again later or another mirror",
                ),
            )
        },
        _ => Failure::lasting(
            error(Kind::Network, &format!("answered with status {status}, which is no file"))
                .with_hint("check the address"),
        ),
    }
}

/// Whether an address carries a signature of its own.
fn is_signed(url: &url::Url) -> bool {
    let names = ["x-goog-signature", "x-amz-signature", "signature", "sig"];
    url.query_pairs().any(|(name, _)| names.contains(&name.to_ascii_lowercase().as_str()))
}

fn credential_hint(egress: &Egress, download: &Download) -> String {
    let named = download.credential.as_deref().and_then(|handle| egress.grant().credential(handle));
    let own = || egress.logins().at(&Origin::of(&download.url).ok()?);
    advice(named.or_else(own))
}

/// The failure of a file that has another size than it should.
pub(super) fn wrong_size(
    what: &str,
    total: u64,
    known: Option<u64>,
    planned: Option<u64>,
    content_type: Option<&str>,
) -> Error {
    let known = known.unwrap_or_default();
    let message = match planned {
        Some(planned) => format!("{what}: the server has {total} bytes, the plan says {planned}"),
        None => format!("{what}: the server has {total} bytes now and had {known} before"),
    };
    let hint = if content_type.is_some_and(|kind| kind.starts_with("text/html")) {
        "the server answered with a web page: a login, an error or a proxy's notice in place of the file"
    } else {
        "the file changed after it was planned, or a mirror has another one; resolve it again or use another mirror"
    };
    Error::new(Kind::HashMismatch, message).with_hint(hint)
}

/// The failure of a part that is not the one asked for.
pub(super) fn wrong_part(what: &str, position: u64, response: &reqwest::Response) -> Failure {
    let got = text(response.headers(), "content-range")
        .map_or_else(|| "no Content-Range".to_owned(), |range| format!("\"{}\"", escape(range)));
    Failure::lasting(
        Error::new(
            Kind::Network,
            format!("{what} was asked for the bytes from {position} on and answered with {got}"),
        )
        .with_hint("the server or a proxy on the way handles ranges wrongly; use another one"),
    )
}
