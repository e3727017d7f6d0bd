use std::collections::{BTreeSet, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt as _;
use futures::stream;

use crate::digest::{Algorithm, Digest, Hasher};
use crate::ports::{Files, OneFile, Scanner, Scope, Workers};
use crate::scan::{Answer, Finding, Policy, Report, Scanned, ScannerIdentity, merge, rules};
use crate::{Error, Kind, Result};

/// Findings of one call that are kept.
const OF_A_CALL: usize = 2_000;
/// Findings that are kept together.
const ALL: usize = 100_000;
/// Files up to this size are digested so that the report can tell the digest;
/// larger ones only where an entry may allow what was found in them.
const DIGESTED: u64 = 1 << 30;
/// Bytes of a file that are digested at once.
const BLOCK: usize = 1 << 20;

/// Has files read by scanners, several at once. Whatever a file does to a
/// scanner becomes a finding on that file.
pub struct Scan {
    /// What is scanned.
    pub files: Arc<dyn Files>,
    /// By whom.
    pub scanners: Vec<Arc<dyn Scanner>>,
    /// What was found already, such as links that lead outside.
    pub found: Vec<Finding>,
    /// Files that were judged already, by their paths.
    pub judged: HashSet<String>,
    /// Scanners that are not asked here, and did some of that.
    pub others: Vec<ScannerIdentity>,
    /// Threads for it.
    pub workers: Arc<dyn Workers>,
    /// Calls of scanners at once.
    pub jobs: NonZeroUsize,
}

/// One call of a scanner.
pub(super) struct Call {
    pub(super) scanner: Arc<dyn Scanner>,
    pub(super) files: Arc<dyn Files>,
    /// Cleared where nobody waits any more.
    pub(super) wanted: Wanted,
}

#[derive(Clone)]
pub(super) struct Wanted(Arc<AtomicBool>);

impl Wanted {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    fn is_over(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }
}

/// Says that nobody waits any more when it is dropped.
pub(super) struct Waiting(pub(super) Wanted);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

impl Scan {
    /// Scans, and judges what was found by the policy.
    ///
    /// # Errors
    /// [`Kind::Internal`] where the host's own code fails.
    pub async fn run(self, policy: &Policy) -> Result<Report> {
        let (files, workers, jobs) = (self.files.clone(), self.workers.clone(), self.jobs);
        let scanned = self.scanned().await?;
        let digests = digests(&scanned.findings, policy, &files, &*workers, jobs).await?;
        Ok(policy.judge(scanned, &digests))
    }

    async fn scanned(self) -> Result<Scanned> {
        let wanted = Wanted::new();
        let _waiting = Waiting(wanted.clone());
        let entries = self.files.entries();
        let mut findings = self.found;
        findings.extend(same_names(entries.iter().map(|entry| &*entry.path)));
        let mut judged = self.judged;
        let mut untold = 0;
        let calls = calls(&self.scanners, &self.files, &wanted);
        let workers = &self.workers;
        // Answers come in the order of the calls, so that the report is the
        // same each time.
        let mut answers =
            stream::iter(calls).map(|call| workers.begin(|| call.run())).buffered(self.jobs.get());
        while let Some(answer) = answers.next().await {
            let (answer, more) = answer?;
            untold += more;
            let room = ALL.saturating_sub(findings.len());
            untold += answer.findings.len().saturating_sub(room);
            // Whoever found something in a file has recognised it.
            judged.extend(answer.findings.iter().map(|finding| finding.path.clone()));
            findings.extend(answer.findings.into_iter().take(room));
            judged.extend(answer.judged);
        }
        if untold > 0 {
            let message = format!("{untold} further findings are not told");
            findings.push(rules::LIMIT.found(rules::ALL_FILES, message));
        }
        let mut scanners: Vec<_> = self.scanners.iter().map(|scanner| scanner.identity()).collect();
        scanners.extend(self.others);
        let unrecognised = entries.iter().filter(|entry| !judged.contains(&entry.path));
        Ok(Scanned {
            findings: merge(findings),
            scanners,
            files: entries.len(),
            bytes: entries.iter().map(|entry| entry.size).fold(0, u64::saturating_add),
            unrecognised: unrecognised.map(|entry| entry.path.clone()).collect(),
        })
    }
}

/// The calls, those that see all files first: they take longest.
fn calls(
    scanners: &[Arc<dyn Scanner>],
    files: &Arc<dyn Files>,
    wanted: &Wanted,
) -> impl Iterator<Item = Call> {
    let call = |scanner: &Arc<dyn Scanner>, files: Arc<dyn Files>| Call {
        scanner: scanner.clone(),
        files,
        wanted: wanted.clone(),
    };
    let of = |scope| scanners.iter().filter(move |scanner| scanner.scope() == scope);
    let whole = of(Scope::AllFiles).map(move |scanner| call(scanner, files.clone()));
    let each = (0..files.entries().len()).flat_map(move |number| {
        of(Scope::EachFile).map(move |scanner| {
            let file: Arc<dyn Files> = Arc::new(OneFile::of(files.clone(), number));
            call(scanner, file)
        })
    });
    whole.chain(each)
}

impl Call {
    /// The answer, and how many findings were left out of it.
    pub(super) fn run(self) -> (Answer, usize) {
        if self.wanted.is_over() {
            return (Answer::default(), 0);
        }
        let entries = self.files.entries();
        let name = self.scanner.identity().name;
        let stopped = |path: &str, why: String| Finding {
            scanner: name.clone(),
            ..rules::STOPPED.found(path, why)
        };
        let mut answer = self.scanner.scan(self.files.clone()).unwrap_or_else(|error| {
            let path = match entries {
                [only] => &*only.path,
                _ => rules::ALL_FILES,
            };
            Answer {
                findings: vec![stopped(path, error.message().to_owned())],
                ..Answer::default()
            }
        });
        answer.findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let untold = answer.findings.len().saturating_sub(OF_A_CALL);
        answer.findings.truncate(OF_A_CALL);
        let judged: HashSet<&String> = answer.judged.iter().collect();
        let left_out: BTreeSet<String> = answer
            .findings
            .iter()
            .filter(|finding| finding.rule != rules::STOPPED.id && !judged.contains(&finding.path))
            .map(|finding| finding.path.clone())
            .collect();
        answer.findings.extend(left_out.iter().map(|path| {
            stopped(path, format!("{name} found something in the file and did not judge it"))
        }));
        for (number, entry) in entries.iter().enumerate() {
            answer
                .findings
                .extend(self.files.check(number).err().map(|error| fault(&entry.path, &error)));
        }
        (answer, untold)
    }
}

/// What became of a file, as a finding.
fn fault(path: &str, error: &Error) -> Finding {
    let rule = if error.kind() == Kind::Refused { &rules::CHANGED } else { &rules::UNREADABLE };
    rule.found(path, error.message())
}

/// Names that differ in case alone.
fn same_names<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<Finding> {
    let mut known: HashMap<String, &str> = HashMap::new();
    let mut findings = Vec::new();
    for path in paths {
        let folded = path.to_lowercase();
        match known.get(&*folded) {
            None => drop(known.insert(folded, path)),
            // The same file may have been named twice.
            Some(first) if *first == path => {}
            Some(first) => {
                let message = format!(
                    "the name differs from \"{}\" in case alone",
                    crate::text::escape(first)
                );
                findings.push(rules::SAME_NAME.found(path, message));
            }
        }
    }
    findings
}

/// SHA-256 of the files whose findings the policy wants it for. A file that
/// cannot be read any more has none.
async fn digests(
    findings: &[Finding],
    policy: &Policy,
    files: &Arc<dyn Files>,
    workers: &dyn Workers,
    jobs: NonZeroUsize,
) -> Result<HashMap<String, Digest>> {
    let wanted: HashMap<&str, bool> = findings
        .iter()
        .filter(|finding| policy.wants_digest(finding))
        .fold(HashMap::new(), |mut wanted, finding| {
            *wanted.entry(&*finding.path).or_default() |= policy.may_allow(finding);
            wanted
        });
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let entries = files.entries().iter().enumerate();
    let numbers: Vec<(usize, String)> = entries
        .filter(|(_, entry)| {
            wanted.get(&*entry.path).is_some_and(|needed| *needed || entry.size <= DIGESTED)
        })
        .map(|(number, entry)| (number, entry.path.clone()))
        .collect();
    let digests: Vec<_> = stream::iter(numbers)
        .map(|(number, path)| {
            let files = files.clone();
            workers.begin(move || (path, digest(&*files, number)))
        })
        .buffered(jobs.get())
        .collect()
        .await;
    let mut known = HashMap::new();
    for digest in digests {
        let (path, digest) = digest?;
        known.extend(digest.ok().map(|digest| (path, digest)));
    }
    Ok(known)
}

fn digest(files: &dyn Files, number: usize) -> Result<Digest> {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    let mut offset = 0;
    loop {
        let bytes = files.read_at(number, offset, BLOCK)?;
        if bytes.is_empty() {
            break;
        }
        hasher.update(&bytes);
        offset += bytes.len() as u64;
    }
    // Only of what was judged may it be told.
    files.check(number)?;
    let digest = hasher.finish().into_iter().next();
    digest.ok_or_else(|| Error::new(Kind::Internal, "no sha256 was computed"))
}
