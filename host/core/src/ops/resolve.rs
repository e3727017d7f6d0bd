use crate::Result;
use crate::grant::Grant;
use crate::plan::{Limits, Plan};
use crate::ports::{Event, Reporter, Source};
use crate::spec::Spec;

/// Asks the source for a plan and checks it.
///
/// # Errors
/// The source's own, and [`crate::Kind::Refused`] where its plan is not to be
/// trusted; see [`Plan::check`].
pub async fn resolve(
    source: &dyn Source,
    spec: &Spec,
    grant: &Grant,
    reporter: &dyn Reporter,
) -> Result<Plan> {
    reporter.event(Event::Resolving(&spec.source));
    let raw = source.resolve(spec).await?;
    Plan::check(&spec.source, raw, &spec.selection, grant, Limits::default())
}
