//! What came, held against what was promised.

use crate::digest::{Algorithm, Digest};
use crate::fetched::FetchedFile;
use crate::plan::{Plan, PlannedFile};
use crate::text::escape;
use crate::{Error, Kind, Result};

/// The algorithms a file is digested by: what is expected, and sha256 for the record.
pub(super) fn algorithms(expected: &[Digest]) -> impl Iterator<Item = Algorithm> + '_ {
    expected.iter().map(Digest::algorithm).chain([Algorithm::Sha256])
}

/// Compares what came with what was expected.
pub(super) fn compare(
    plan: &Plan,
    file: &PlannedFile,
    size: u64,
    found: &[Digest],
    expected: &[Digest],
) -> Result<FetchedFile> {
    let mismatch = |wanted: String, got: String| {
        Err(Error::new(
            Kind::HashMismatch,
            format!("what was downloaded is not what was promised: wanted {wanted}, got {got}"),
        )
        .with_hint(format!(
            "nothing was kept. If {} changed on purpose, pin its new hash; otherwise do not trust this copy and try another mirror",
            escape(&plan.source)
        )))
    };
    if let Some(wanted) = file.size
        && wanted != size
    {
        return mismatch(format!("{wanted} bytes"), format!("{size} bytes"));
    }
    for wanted in expected {
        let got = found.iter().find(|digest| digest.algorithm() == wanted.algorithm());
        if got != Some(wanted) {
            let got = got.map_or_else(|| "no such digest".to_owned(), ToString::to_string);
            return mismatch(wanted.to_string(), got);
        }
    }
    let sha256 = found.iter().find(|digest| digest.algorithm() == Algorithm::Sha256);
    let sha256 =
        sha256.cloned().ok_or_else(|| Error::new(Kind::Internal, "no sha256 was computed"))?;
    Ok(FetchedFile { path: file.path.clone(), size, sha256, executable: file.executable })
}
