//! A scan that rides on a download: each file is scanned as soon as it is
//! verified, while others are still fetched.

use std::collections::{HashSet, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;

use super::Scan;
use super::scan::{Call, Waiting, Wanted};
use crate::ports::{Files, Inspector, ScanEntry, Scanner, Scope, Workers};
use crate::scan::{Finding, Policy, Report};
use crate::{Error, Kind, Result};

/// See [`Scan`], whose findings it comes to.
pub struct Inspection {
    scanners: Vec<Arc<dyn Scanner>>,
    workers: Arc<dyn Workers>,
    jobs: NonZeroUsize,
    policy: Policy,
    state: Arc<Mutex<State>>,
    waiting: Waiting,
}

#[derive(Default)]
struct State {
    /// All files so far.
    files: Vec<Arc<dyn Files>>,
    /// Calls that wait for a worker.
    queue: VecDeque<Call>,
    /// Workers that take calls.
    working: usize,
    /// Their ends.
    ends: Vec<BoxFuture<'static, Result<()>>>,
    findings: Vec<Finding>,
    judged: HashSet<String>,
    report: Option<Report>,
}

impl Inspection {
    /// An inspection by these scanners, so many calls at once, that ends a
    /// download as the policy says.
    pub fn new(
        scanners: Vec<Arc<dyn Scanner>>,
        workers: Arc<dyn Workers>,
        jobs: NonZeroUsize,
        policy: Policy,
    ) -> Self {
        let (state, waiting) = (Arc::default(), Waiting(Wanted::new()));
        Self { scanners, workers, jobs, policy, state, waiting }
    }

    /// What was found, once that was judged.
    pub fn report(&self) -> Option<Report> {
        lock(&self.state).report.take()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes calls until there are none left.
fn work(state: &Mutex<State>) {
    loop {
        let call = {
            let mut state = lock(state);
            let Some(call) = state.queue.pop_front() else {
                state.working -= 1;
                return;
            };
            call
        };
        let (answer, _) = call.run();
        let mut state = lock(state);
        state.judged.extend(answer.judged);
        state.judged.extend(answer.findings.iter().map(|finding| finding.path.clone()));
        state.findings.extend(answer.findings);
    }
}

#[async_trait]
impl Inspector for Inspection {
    fn begin(&self, file: Arc<dyn Files>) {
        let mut state = lock(&self.state);
        let each = self.scanners.iter().filter(|scanner| scanner.scope() == Scope::EachFile);
        state.queue.extend(each.map(|scanner| Call {
            scanner: scanner.clone(),
            files: file.clone(),
            wanted: self.waiting.0.clone(),
        }));
        state.files.push(file);
        let more = state.queue.len().min(self.jobs.get().saturating_sub(state.working));
        state.working += more;
        drop(state);
        for _ in 0..more {
            let shared = self.state.clone();
            let end = self.workers.begin(move || work(&shared));
            lock(&self.state).ends.push(Box::pin(end));
        }
    }

    async fn judge(&self) -> Result<()> {
        let ends = std::mem::take(&mut lock(&self.state).ends);
        for end in ends {
            end.await?;
        }
        let State { files, findings, judged, .. } = std::mem::take(&mut *lock(&self.state));
        let (whole, each): (Vec<_>, Vec<_>) =
            self.scanners.iter().cloned().partition(|scanner| scanner.scope() == Scope::AllFiles);
        let scan = Scan {
            files: Arc::new(Together::new(files)),
            scanners: whole,
            found: findings,
            judged,
            others: each.iter().map(|scanner| scanner.identity()).collect(),
            workers: self.workers.clone(),
            jobs: self.jobs,
        };
        let report = scan.run(&self.policy).await?;
        let verdict = report.check();
        lock(&self.state).report = Some(report);
        verdict
    }
}

/// Files that came one by one, in path order.
struct Together {
    entries: Vec<ScanEntry>,
    files: Vec<Arc<dyn Files>>,
}

impl Together {
    fn new(files: Vec<Arc<dyn Files>>) -> Self {
        let entry = |file: Arc<dyn Files>| Some((file.entries().first()?.clone(), file));
        let mut known: Vec<_> = files.into_iter().filter_map(entry).collect();
        known.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        let (entries, files) = known.into_iter().unzip();
        Self { entries, files }
    }

    fn file(&self, number: usize) -> Result<&dyn Files> {
        self.files.get(number).map(|file| &**file).ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no file {number} in this scan"))
        })
    }
}

impl Files for Together {
    fn entries(&self) -> &[ScanEntry] {
        &self.entries
    }

    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes> {
        self.file(file)?.read_at(0, offset, length)
    }

    fn check(&self, file: usize) -> Result<()> {
        self.file(file)?.check(0)
    }
}
