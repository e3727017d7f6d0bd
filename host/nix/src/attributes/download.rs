//! How a download goes, and what follows where it fails.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use nix_ai_model_core::{Kind, Result};

use super::reader::Reader;

/// The shell of a sandbox, where the attributes name none.
pub(super) const SHELL: &str = "/bin/sh";
/// The most retries, and the longest wait between them in seconds.
const RETRIES: u64 = 100;
const DELAY: f64 = 3600.0;

/// The attribute `download`; [`Download::default`] where it says nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Download {
    /// Files in flight at once.
    pub parallel: Option<NonZeroUsize>,
    /// Bytes a second, as curl writes it.
    pub rate: Option<String>,
    /// Base URLs that stand for the origins of what is planned.
    pub mirrors: Vec<String>,
    /// What follows where it fails.
    pub on_failure: OnFailure,
}

/// What follows where a download fails, row by row of the error matrix. Rows
/// with one choice (a source that is not found, a download that is not allowed)
/// are not here: they fail.
#[derive(Debug, Clone, PartialEq)]
pub struct OnFailure {
    /// What becomes of the bytes that are here.
    pub action: Action,
    /// Where they are kept, instead of the cache folder.
    pub persist_path: Option<PathBuf>,
    /// How often a request, and for [`Action::Retry`] the whole, is tried again.
    pub max_retries: u32,
    /// The wait before the first of these tries; it doubles from then on.
    pub retry_delay: Duration,
    /// Who is told.
    pub notify: Option<Notify>,
    /// The row of networks.
    pub network_error: NetworkError,
    /// The row of hashes that the user pinned file by file.
    pub hash_mismatch: HashMismatch,
    /// The row of disks: whether what is here is kept.
    pub disk_full_persists: bool,
}

/// What becomes of the bytes of a download that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Action {
    /// They are removed.
    #[default]
    Clean,
    /// They are kept for the next build.
    Persist,
    /// The whole download is tried again first, and then they are removed.
    Retry,
}

/// What follows an error of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetworkError {
    /// Requests are tried again, then it fails.
    #[default]
    Retry,
    /// It fails at once.
    Fail,
    /// It fails at once, and what is here is kept.
    PersistPartial,
}

/// What follows where bytes are not what the user pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HashMismatch {
    /// It fails.
    #[default]
    Fail,
    /// It is said, and passes.
    Warn,
    /// It fails when all is here, and the right attributes are printed.
    UpdateHash,
}

/// The user's own command that hears of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// The shell that runs it.
    pub shell: PathBuf,
    /// Its text, the user's own.
    pub command: String,
}

impl Default for OnFailure {
    fn default() -> Self {
        Self {
            action: Action::default(),
            persist_path: None,
            max_retries: 3,
            retry_delay: Duration::from_secs(5),
            notify: None,
            network_error: NetworkError::default(),
            hash_mismatch: HashMismatch::default(),
            disk_full_persists: false,
        }
    }
}

impl OnFailure {
    /// Whether the bytes that are here outlive a failure of this kind.
    pub fn persists(&self, kind: Kind) -> bool {
        self.action == Action::Persist
            || match kind {
                Kind::Disk => self.disk_full_persists,
                kind => kind.is_transient() && self.network_error == NetworkError::PersistPartial,
            }
    }

    /// Whether any failure leaves bytes behind.
    pub fn may_persist(&self) -> bool {
        [Kind::Network, Kind::Disk].into_iter().any(|kind| self.persists(kind))
    }

    /// How often a single request is tried again.
    pub fn request_retries(&self) -> u32 {
        if self.network_error == NetworkError::Retry { self.max_retries } else { 0 }
    }

    /// How often the whole download is tried again after a failure of this kind.
    pub fn whole_retries(&self, kind: Kind) -> u32 {
        let again = self.action == Action::Retry && kind.is_transient();
        if again { self.request_retries() } else { 0 }
    }
}

pub(super) fn download(root: &Reader<'_>) -> Result<Download> {
    let Some(download) = root.optional_object("download")? else { return Ok(Download::default()) };
    let parallel = download.optional_whole("parallelDownloads", u64::from(u32::MAX))?;
    let parallel = match parallel {
        None => None,
        Some(number) => {
            Some(usize::try_from(number).ok().and_then(NonZeroUsize::new).ok_or_else(|| {
                download.fault("parallelDownloads", "is not a number of at least 1")
            })?)
        }
    };
    Ok(Download {
        parallel,
        rate: download.optional_text_or_number("limitRate")?,
        mirrors: download.texts("mirrors")?,
        on_failure: match download.optional_object("onFailure")? {
            Some(on_failure) => read(&on_failure)?,
            None => OnFailure::default(),
        },
    })
}

fn read(root: &Reader<'_>) -> Result<OnFailure> {
    let usual = OnFailure::default();
    let retries = root.optional_whole("maxRetries", RETRIES)?;
    let retries = retries.and_then(|number| u32::try_from(number).ok());
    let delay = root.optional_number("retryDelay", DELAY)?;
    let notify = match root.optional_text("notifyCommand")? {
        None => None,
        Some(command) => {
            Some(Notify { command, shell: root.optional_path("shell")?.unwrap_or(SHELL.into()) })
        }
    };
    Ok(OnFailure {
        action: root.choice(
            "action",
            &[("clean", Action::Clean), ("persist", Action::Persist), ("retry", Action::Retry)],
        )?,
        persist_path: root.optional_path("persistPath")?,
        max_retries: retries.unwrap_or(usual.max_retries),
        retry_delay: delay.map_or(usual.retry_delay, Duration::from_secs_f64),
        notify,
        network_error: root.choice(
            "networkError",
            &[
                ("retry", NetworkError::Retry),
                ("fail", NetworkError::Fail),
                ("persist-partial", NetworkError::PersistPartial),
            ],
        )?,
        hash_mismatch: root.choice(
            "hashMismatch",
            &[
                ("fail", HashMismatch::Fail),
                ("warn", HashMismatch::Warn),
                ("update-hash", HashMismatch::UpdateHash),
            ],
        )?,
        disk_full_persists: root
            .choice("diskFull", &[("fail", false), ("persist-partial", true)])?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::{Value, json};

    use super::*;

    fn parse(value: Value) -> Result<Download> {
        download(&Reader::new(&json!({ "download": value })).unwrap())
    }

    fn on_failure(value: Value) -> OnFailure {
        parse(json!({ "onFailure": value })).unwrap().on_failure
    }

    #[test]
    fn nothing_said_is_the_matrix() {
        let usual = parse(Value::Null).unwrap();
        assert_eq!(usual, parse(json!({"onFailure": {}})).unwrap());
        let OnFailure { max_retries, retry_delay, .. } = usual.on_failure;
        assert_eq!((max_retries, retry_delay), (3, Duration::from_secs(5)));
        assert_eq!(usual.on_failure.request_retries(), 3);
        for kind in [Kind::Network, Kind::Disk, Kind::HashMismatch, Kind::NotFound] {
            assert!(!usual.on_failure.persists(kind));
            assert_eq!(usual.on_failure.whole_retries(kind), 0);
        }
    }

    #[test]
    fn all_of_it_is_read() {
        let read = parse(json!({
            "parallelDownloads": 8, "limitRate": 500_000, "mirrors": ["https://m.example"],
            "onFailure": {
                "action": "persist", "persistPath": "/var/p", "maxRetries": 1, "retryDelay": 0.5,
                "notifyCommand": "true", "shell": "/nix/store/x/bin/bash",
                "networkError": "fail", "hashMismatch": "update-hash", "diskFull": "persist-partial",
            },
        }));
        let notify = Notify { shell: "/nix/store/x/bin/bash".into(), command: "true".to_owned() };
        let expected = Download {
            parallel: NonZeroUsize::new(8),
            rate: Some("500000".to_owned()),
            mirrors: vec!["https://m.example".to_owned()],
            on_failure: OnFailure {
                action: Action::Persist,
                persist_path: Some("/var/p".into()),
                max_retries: 1,
                retry_delay: Duration::from_millis(500),
                notify: Some(notify),
                network_error: NetworkError::Fail,
                hash_mismatch: HashMismatch::UpdateHash,
                disk_full_persists: true,
            },
        };
        assert_eq!(read.unwrap(), expected);
        let notify = on_failure(json!({"notifyCommand": "true"})).notify.unwrap();
        assert_eq!(notify.shell, PathBuf::from("/bin/sh"));
    }

    #[test]
    fn rows_decide_what_is_kept_and_tried_again() {
        let limited = Kind::RateLimited(None);
        let row = on_failure(json!({"networkError": "persist-partial"}));
        assert!(row.persists(Kind::Network) && row.persists(limited) && row.may_persist());
        assert!(!row.persists(Kind::Disk) && !row.persists(Kind::Unauthorized));
        assert_eq!(row.request_retries(), 0);
        let row = on_failure(json!({"diskFull": "persist-partial"}));
        assert!(row.persists(Kind::Disk) && !row.persists(Kind::Network) && row.may_persist());
        let row = on_failure(json!({"action": "persist"}));
        assert!(row.persists(Kind::NotFound) && row.whole_retries(Kind::Network) == 0);
        let row = on_failure(json!({"action": "retry", "maxRetries": 2}));
        assert_eq!((row.whole_retries(limited), row.whole_retries(Kind::HashMismatch)), (2, 0));
        let row = on_failure(json!({"action": "retry", "networkError": "fail"}));
        assert_eq!((row.request_retries(), row.whole_retries(Kind::Network)), (0, 0));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (value, named) in [
            (json!([]), "\"download\""),
            (json!({"parallelDownloads": 0}), "\"download.parallelDownloads\""),
            (json!({"parallelDownloads": "2"}), "\"download.parallelDownloads\""),
            (json!({"limitRate": {}}), "\"download.limitRate\""),
            (json!({"mirrors": [1]}), "\"download.mirrors\""),
            (json!({"onFailure": {"action": "keep"}}), "\"download.onFailure.action\""),
            (json!({"onFailure": {"action": 1}}), "\"download.onFailure.action\""),
            (json!({"onFailure": {"maxRetries": 101}}), "\"download.onFailure.maxRetries\""),
            (json!({"onFailure": {"retryDelay": -1}}), "\"download.onFailure.retryDelay\""),
            (json!({"onFailure": {"retryDelay": 1e9}}), "\"download.onFailure.retryDelay\""),
            (json!({"onFailure": {"persistPath": "p"}}), "\"download.onFailure.persistPath\""),
        ] {
            let error = parse(value).unwrap_err();
            assert!(error.message().contains(named), "{error}");
        }
    }
}
