//! Between the interface's types and the core's, in one place.

use std::time::Duration;

use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_core::plan::{RawFile, RawLocator, RawPlan};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind};

use crate::bindings::nix_ai_model::plugin::types::{
    Algorithm as GuestAlgorithm, Failure, FailureKind, Locator, Plan, PlannedFile,
};

/// A guest's failure as the user sees it.
pub(crate) fn error_of(failure: Failure) -> Error {
    let error = Error::new(kind_of(failure.kind), escape(&failure.message));
    match failure.hint {
        Some(hint) => error.with_hint(escape(&hint)),
        None => error,
    }
}

/// The host's error as a guest sees it.
pub(crate) fn failure_of(error: &Error) -> Failure {
    Failure {
        kind: failure_kind_of(error.kind()),
        message: error.message().to_owned(),
        hint: error.hint().map(ToOwned::to_owned),
    }
}

fn kind_of(kind: FailureKind) -> Kind {
    match kind {
        FailureKind::NotFound => Kind::NotFound,
        FailureKind::Unauthorized => Kind::Unauthorized,
        FailureKind::Gated => Kind::Gated,
        FailureKind::RateLimited(seconds) => {
            Kind::RateLimited(seconds.map(|seconds| Duration::from_secs(seconds.into())))
        }
        FailureKind::InvalidSpec => Kind::Usage,
        FailureKind::Network => Kind::Network,
        FailureKind::Denied => Kind::Refused,
        FailureKind::Unsupported => Kind::Unsupported,
        FailureKind::Internal => Kind::Internal,
    }
}

fn failure_kind_of(kind: Kind) -> FailureKind {
    match kind {
        Kind::NotFound => FailureKind::NotFound,
        Kind::Unauthorized => FailureKind::Unauthorized,
        Kind::Gated => FailureKind::Gated,
        Kind::RateLimited(wait) => FailureKind::RateLimited(
            wait.map(|wait| u32::try_from(wait.as_secs()).unwrap_or(u32::MAX)),
        ),
        Kind::Usage => FailureKind::InvalidSpec,
        Kind::Network => FailureKind::Network,
        Kind::Refused => FailureKind::Denied,
        Kind::Unsupported => FailureKind::Unsupported,
        _ => FailureKind::Internal,
    }
}

pub(crate) fn plan_of(plan: Plan) -> RawPlan {
    RawPlan {
        reference: plan.reference,
        pin: plan.pin,
        files: plan.files.into_iter().map(file_of).collect(),
    }
}

fn file_of(file: PlannedFile) -> RawFile {
    RawFile {
        path: file.path,
        size: file.size,
        digests: file.digests.into_iter().map(|d| (algorithm_of(d.algorithm), d.hex)).collect(),
        executable: file.executable,
        locator: locator_of(file.locator),
        mirrors: Vec::new(),
    }
}

pub(crate) fn locator_of(locator: Locator) -> RawLocator {
    match locator {
        Locator::Download(download) => RawLocator::Download {
            url: download.url,
            headers: download.headers.into_iter().map(|field| (field.name, field.value)).collect(),
            credential: download.credential,
        },
        Locator::Object(uri) => RawLocator::Object { uri, version: None, etag: None },
        Locator::Inline(bytes) => RawLocator::Inline(bytes),
    }
}

fn algorithm_of(algorithm: GuestAlgorithm) -> Algorithm {
    match algorithm {
        GuestAlgorithm::Sha256 => Algorithm::Sha256,
        GuestAlgorithm::Sha512 => Algorithm::Sha512,
        GuestAlgorithm::GitBlobSha1 => Algorithm::GitBlobSha1,
        GuestAlgorithm::Sha1 => Algorithm::Sha1,
        GuestAlgorithm::Md5 => Algorithm::Md5,
        GuestAlgorithm::Crc32c => Algorithm::Crc32c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_kind_survives_the_round_trip() {
        for kind in [
            FailureKind::NotFound,
            FailureKind::Unauthorized,
            FailureKind::Gated,
            FailureKind::RateLimited(None),
            FailureKind::RateLimited(Some(7)),
            FailureKind::InvalidSpec,
            FailureKind::Network,
            FailureKind::Denied,
            FailureKind::Unsupported,
            FailureKind::Internal,
        ] {
            let before = format!("{kind:?}");
            assert_eq!(format!("{:?}", failure_kind_of(kind_of(kind))), before);
        }
    }

    #[test]
    fn a_guests_words_are_escaped() {
        let failure = Failure {
            kind: FailureKind::Network,
            message: "a\u{1b}[2J".to_owned(),
            hint: Some("\u{202e}b".to_owned()),
        };
        let error = error_of(failure);
        assert_eq!(error.message(), "a\\u{1b}[2J");
        assert_eq!(error.hint(), Some("\\u{202e}b"));
    }
}
