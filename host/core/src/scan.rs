//! Scans: what was found, which of it is allowed, and how that is told.

mod allow;
mod date;
mod finding;
mod level;
mod policy;
mod report;
pub mod rules;
pub mod sarif;
pub mod text;

pub use allow::{Allow, AllowEntry};
pub use date::Date;
pub use finding::{Answer, Finding, Scanned, ScannerIdentity, merge};
pub use level::Level;
pub use policy::{FailOn, Policy};
pub use report::{Allowed, Files, Report, Told, Totals, Verdict};
