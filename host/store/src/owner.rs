//! Who has a folder: a record in it, which says on which machine its process
//! runs and is touched as long as that lives.
//!
//! Nothing rests on file locks being kept between machines. A lock on the record
//! only tells processes of one machine at once that its owner is gone; others
//! see that the record was not touched for a while, by the file system's own
//! clock, so that no clock has to agree with another.

use std::fs::File;
use std::io::Read as _;
use std::io::Write as _;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use nix_ai_model_core::Result;
use nix_ai_model_core::text::escape;
use rustix::fs::{FlockOperation, OFlags, Timespec, Timestamps, UTIME_NOW};
use rustix::io::Errno;

use crate::folder::Folder;

/// The record's name in the folder.
const NAME: &str = "owner";
/// How often the record is touched.
const BEAT: Duration = Duration::from_secs(2);
/// An owner on another machine is gone when it was not touched for so long.
const STALE: i64 = 20;
/// The longest record, in bytes.
const LONGEST: u64 = 512;

/// The record of this process in a folder that it has.
#[derive(Debug)]
pub(crate) struct Owner {
    record: Arc<File>,
    stop: Arc<(Mutex<bool>, Condvar)>,
    beating: Option<JoinHandle<()>>,
}

/// What a folder's record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody has it.
    Gone,
    /// A process has it: `123 on host`.
    Living(String),
}

impl Owner {
    /// Makes this process the owner of a new folder that nobody else knows yet.
    pub(crate) fn new(folder: &Folder) -> Result<Self> {
        let fault = |error: Errno| folder.fault("create", NAME, error);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
        let mut record = folder.file(NAME, flags).map_err(fault)?;
        let text = format!("{}\n{} on {}\n", machine(), std::process::id(), host());
        record
            .write_all(text.as_bytes())
            .map_err(|error| crate::fault::disk("write", &folder.join(NAME), error))?;
        // Where a file system has no locks, the touched record says it alone.
        let _ = rustix::fs::flock(&record, FlockOperation::NonBlockingLockExclusive);
        let record = Arc::new(record);
        let stop = Arc::<(Mutex<bool>, Condvar)>::default();
        let beating = std::thread::Builder::new().name("owner".to_owned()).stack_size(64 << 10);
        let beating = beating.spawn({
            let (record, stop) = (record.clone(), stop.clone());
            move || beat(&record, &stop)
        });
        Ok(Self { record, stop, beating: beating.ok() })
    }

    /// Whether the folder is still this process's: nobody took it for gone.
    pub(crate) fn is_there(&self) -> bool {
        rustix::fs::fstat(&self.record).is_ok_and(|stat| stat.st_nlink > 0)
    }

    /// What the folder's file system calls now, in seconds.
    fn now(&self) -> i64 {
        touch(&self.record);
        rustix::fs::fstat(&self.record).map_or(i64::MIN, |stat| stat.st_mtime)
    }

    /// Whether the owner of another folder beside this one's lives.
    pub(crate) fn standing_of(&self, other: &Folder) -> Result<Standing> {
        let mut record = match other.file(NAME, OFlags::RDONLY) {
            Ok(record) => record,
            Err(Errno::NOENT) => return Ok(Standing::Gone),
            Err(error) => return Err(other.fault("open", NAME, error)),
        };
        let mut text = String::new();
        // One that is torn is of a machine that went down.
        let _ = (&mut record).take(LONGEST).read_to_string(&mut text);
        let (theirs, whose) = text.split_once('\n').unwrap_or_default();
        let living = Standing::Living(escape(whose.trim_end()));
        if !theirs.is_empty() && theirs == machine() {
            match rustix::fs::flock(&record, FlockOperation::NonBlockingLockShared) {
                Ok(()) => return Ok(Standing::Gone),
                Err(Errno::WOULDBLOCK) => return Ok(living),
                Err(_) => {}
            }
        }
        let touched = rustix::fs::fstat(&record).map_or(i64::MIN, |stat| stat.st_mtime);
        Ok(if self.now().saturating_sub(touched) > STALE { Standing::Gone } else { living })
    }

    /// Takes the record out of a folder whose owner is gone: should that one
    /// come back, it finds that the folder is not its own.
    pub(crate) fn depose(other: &Folder) -> Result<()> {
        other.remove(NAME)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let (stopped, bell) = &*self.stop;
        *stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        bell.notify_all();
        if let Some(beating) = self.beating.take() {
            let _ = beating.join();
        }
    }
}

fn beat(record: &File, (stopped, bell): &(Mutex<bool>, Condvar)) {
    let mut stop = stopped.lock().unwrap_or_else(PoisonError::into_inner);
    while !*stop {
        touch(record);
        stop = bell.wait_timeout(stop, BEAT).unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn touch(record: &File) {
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let _ = rustix::fs::futimens(record, &Timestamps { last_access: now, last_modification: now });
}

/// This machine, since it was started; empty where the system does not tell.
fn machine() -> &'static str {
    static MACHINE: OnceLock<String> = OnceLock::new();
    MACHINE.get_or_init(|| told("/proc/sys/kernel/random/boot_id"))
}

fn host() -> String {
    Some(told("/proc/sys/kernel/hostname"))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "a machine without a name".to_owned())
}

fn told(path: &str) -> String {
    escape(std::fs::read_to_string(path).unwrap_or_default().trim())
}
