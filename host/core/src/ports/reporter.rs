use std::time::Duration;

use crate::plan::Plan;

/// Hears what happens, and draws or logs it. Never prints results.
pub trait Reporter: Send + Sync {
    /// Something happened. Called often and from several tasks: it returns at once.
    fn event(&self, event: Event<'_>);
}

/// What happens while a model is fetched. Files are named by their index in
/// the plan, sizes and positions are in bytes.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A source is asked for a plan.
    Resolving(&'a str),
    /// The plan was checked; the download begins.
    Planned(&'a Plan),
    /// A file begins, `resumed` bytes of it being here already.
    Started {
        /// Index of the file.
        file: usize,
        /// Bytes that an earlier run left.
        resumed: u64,
    },
    /// So much of a file has been written.
    Progress {
        /// Index of the file.
        file: usize,
        /// Bytes of it that are here.
        done: u64,
        /// Its size, where it is known by now.
        total: Option<u64>,
    },
    /// A transfer broke and is tried again.
    Retrying {
        /// The URL without its query, or another name of what is tried again.
        what: &'a str,
        /// Why.
        reason: &'a str,
        /// How long until then.
        wait: Duration,
    },
    /// A file is here and verified.
    Verified {
        /// Index of the file.
        file: usize,
    },
    /// A line for the log.
    Note(&'a str),
}

/// Hears and says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn event(&self, _: Event<'_>) {}
}
