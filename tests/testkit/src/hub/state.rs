//! What a hub knows while it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use super::digest_cache::DigestCache;
use super::repository::{Access, Kind, Repository};
use super::revision::{File, Revision};
use crate::fault::Fault;
use crate::record::Journal;
use crate::storm::Storm;
use crate::wire::Incoming;

/// Everything that answers come from.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) journal: Journal,
    repositories: RwLock<BTreeMap<(Kind, String), Served>>,
    renamed: BTreeMap<(Kind, String), String>,
    faults: Mutex<Vec<Fault>>,
    /// The CDN's targets that were handed out.
    signed: Mutex<BTreeMap<String, Signed>>,
    digests: DigestCache,
    addresses: OnceLock<Addresses>,
}

/// A CDN target's file.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// The path of the hub's that redirected to it.
    pub(crate) resolve_path: String,
    pub(crate) file: File,
    /// How often it is still answered.
    pub(crate) left: u64,
}

/// Both origins.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(crate) hub: String,
    pub(crate) cdn: String,
}

/// How a hub behaves.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) tokens: BTreeSet<String>,
    pub(crate) page_size: usize,
    pub(crate) lfs_from: u64,
    pub(crate) cdn: bool,
    pub(crate) resolve_cache: bool,
    pub(crate) xet_hashes: bool,
    /// How often a CDN target is answered.
    pub(crate) signatures_last: Option<u64>,
    pub(crate) storm: Option<Storm>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tokens: BTreeSet::new(),
            page_size: 1000,
            lfs_from: 10 * 1024 * 1024,
            cdn: true,
            resolve_cache: true,
            xet_hashes: false,
            signatures_last: None,
            storm: None,
        }
    }
}

/// A repository as it is served.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) access: Access,
    /// Commits by branch, tag or ref.
    pub(crate) references: BTreeMap<String, String>,
    /// Revisions by commit.
    pub(crate) revisions: BTreeMap<String, std::sync::Arc<Revision>>,
}

impl Served {
    /// The revision of a branch, tag, ref or commit.
    pub(crate) fn revision(&self, name: &str) -> Option<&Revision> {
        let commit = self.references.get(name).map_or(name, String::as_str);
        self.revisions.get(commit).map(AsRef::as_ref)
    }
}

impl State {
    pub(crate) fn read(
        repositories: Vec<Repository>,
        mut settings: Settings,
        digests: Option<PathBuf>,
    ) -> io::Result<Self> {
        let digests = digests.map(DigestCache::kept_in).unwrap_or_default();
        let mut served = BTreeMap::new();
        let mut renamed = BTreeMap::new();
        for repository in repositories {
            let Repository { kind, id, references, renamed_from, access } = repository;
            settings.tokens.extend(access.granted.iter().cloned());
            renamed.extend(renamed_from.into_iter().map(|old| ((kind, old), id.clone())));
            let mut serve =
                Served { access, references: BTreeMap::new(), revisions: BTreeMap::new() };
            for (name, folder) in references {
                let revision = Revision::read(&folder, settings.lfs_from, &digests)?;
                serve.references.insert(name, revision.commit.clone());
                serve.revisions.insert(revision.commit.clone(), revision.into());
            }
            served.insert((kind, id), serve);
        }
        digests.save();
        Ok(Self {
            settings,
            journal: Journal::new(),
            repositories: RwLock::new(served),
            renamed,
            faults: Mutex::default(),
            signed: Mutex::default(),
            digests,
            addresses: OnceLock::new(),
        })
    }

    pub(crate) fn set_addresses(&self, addresses: Addresses) {
        self.addresses.set(addresses).expect("a hub is started once");
    }

    /// Both origins; known before anyone can know where to ask.
    pub(crate) fn addresses(&self) -> &Addresses {
        self.addresses.wait()
    }

    pub(crate) fn repository(&self, kind: Kind, id: &str) -> Option<Served> {
        let repositories = self.repositories.read().unwrap_or_else(PoisonError::into_inner);
        repositories.get(&(kind, id.to_owned())).cloned()
    }

    /// The name that a repository bears now.
    pub(crate) fn new_name(&self, kind: Kind, id: &str) -> Option<&str> {
        self.renamed.get(&(kind, id.to_owned())).map(String::as_str)
    }

    pub(crate) fn move_reference(
        &self,
        kind: Kind,
        id: &str,
        reference: &str,
        folder: &Path,
    ) -> io::Result<String> {
        let revision = Revision::read(folder, self.settings.lfs_from, &self.digests)?;
        let commit = revision.commit.clone();
        let mut repositories = self.repositories.write().unwrap_or_else(PoisonError::into_inner);
        let served = repositories
            .get_mut(&(kind, id.to_owned()))
            .unwrap_or_else(|| panic!("no {} {id} is served", kind.plural()));
        served.references.insert(reference.to_owned(), commit.clone());
        served.revisions.insert(commit.clone(), revision.into());
        Ok(commit)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a CDN target, so that it is answered.
    pub(crate) fn sign(&self, target: String, signed: Signed) {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).insert(target, signed);
    }

    /// How many CDN targets were handed out.
    pub(crate) fn handed_out(&self) -> usize {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Counts an answer to a CDN target; whether it was handed out and has
    /// expired.
    pub(crate) fn has_expired(&self, incoming: &Incoming) -> bool {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(signed) = signed.get_mut(&incoming.target) else { return false };
        let expired = signed.left == 0;
        signed.left = signed.left.saturating_sub(1);
        expired
    }

    /// What a CDN target was signed for.
    pub(crate) fn signed(&self, target: &str) -> Option<Signed> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).get(target).cloned()
    }
}
