//! Doubles of the ports: a hub, a depot in memory, and a tree digest that is
//! simple enough to be right.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use nix_ai_model_core::digest::{Algorithm, Digest, Hasher};
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::journal::{Block, Journal};
use nix_ai_model_core::ops::{Download, Pins};
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::plan::{self, Limits, Plan, RawFile, RawLocator, RawPlan};
use nix_ai_model_core::ports::{
    Depot, InPlace, Partial, PartialKey, Placement, Reporter, Silent, Sink, Source, Transfer,
    TreeHasher,
};
use nix_ai_model_core::spec::{Fields, Selection, Spec};
use nix_ai_model_core::{Error, Kind, Result};

pub fn sha256(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    hasher.update(bytes);
    hasher.finish().remove(0)
}

/// How many bytes the hub has sent.
#[derive(Clone, Default)]
pub struct Served(Arc<AtomicU64>);

impl Served {
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

const PAGE: &[u8] = b"<html>log in";

#[derive(Default)]
pub struct Hub {
    files: BTreeMap<String, Vec<u8>>,
    digests: bool,
    chunk: usize,
    flipping: Option<String>,
    appending: Option<String>,
    breaking: Option<String>,
    broken: AtomicBool,
    expired: Option<String>,
    expiring: Option<String>,
    mirrored: Vec<String>,
    /// What is given in place of a file, and whether all of it.
    page: Option<(String, bool)>,
    sizes: bool,
    served: Served,
}

impl Hub {
    pub fn new(files: &[(&str, &[u8])]) -> Self {
        let files =
            files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
        Self { files, digests: true, sizes: true, chunk: 4, ..Self::default() }
    }

    pub fn served(&self) -> Served {
        self.served.clone()
    }

    pub fn without_digests(mut self) -> Self {
        self.digests = false;
        self
    }

    pub fn in_chunks(mut self, chunk: usize) -> Self {
        self.chunk = chunk;
        self
    }

    pub fn flipping(mut self, path: &str) -> Self {
        self.flipping = Some(path.to_owned());
        self
    }

    pub fn appending(mut self, path: &str) -> Self {
        self.appending = Some(path.to_owned());
        self
    }

    /// Starts this file over once, after its first chunk.
    pub fn breaking_once(mut self, path: &str) -> Self {
        self.breaking = Some(path.to_owned());
        self
    }

    pub fn expired(mut self, path: &str) -> Self {
        self.expired = Some(path.to_owned());
        self
    }

    /// Gives one chunk of this file for each address that it names.
    pub fn expiring(mut self, path: &str) -> Self {
        self.expiring = Some(path.to_owned());
        self
    }

    /// Names mirrors of every file: these folders, of which the hub has `good`.
    pub fn mirrored(mut self, folders: &[&str]) -> Self {
        self.mirrored = folders.iter().map(|folder| (*folder).to_owned()).collect();
        self
    }

    /// Gives a web page in place of this file, whole or half; nobody knows sizes.
    pub fn with_page(mut self, path: &str, whole: bool) -> Self {
        (self.page, self.sizes) = (Some((path.to_owned(), whole)), false);
        self
    }

    fn mirrors(&self, path: &str) -> Vec<String> {
        self.mirrored.iter().map(|folder| Self::url(&format!("{folder}/{path}"))).collect()
    }

    fn url(path: &str) -> String {
        format!("https://hub.example.com/{path}")
    }

    fn grant() -> Grant {
        Grant {
            holder: "hub".to_owned(),
            http: vec!["https://hub.example.com".parse().unwrap()],
            ..Grant::default()
        }
    }

    fn plan(&self) -> Plan {
        let files = self.files.iter().map(|(path, bytes)| RawFile {
            path: path.clone(),
            size: self.sizes.then_some(bytes.len() as u64),
            digests: if self.digests {
                vec![(Algorithm::Sha256, sha256(bytes).to_hex())]
            } else {
                vec![]
            },
            executable: false,
            locator: RawLocator::Download {
                url: Self::url(&if self.expired.as_ref() == Some(path) {
                    "expired".to_owned()
                } else {
                    path.clone()
                }),
                headers: vec![],
                credential: None,
            },
            mirrors: self.mirrors(path),
        });
        let raw = RawPlan {
            reference: "model".to_owned(),
            pin: "pin".to_owned(),
            files: files.collect(),
        };
        Plan::check("hub", raw, &Selection::default(), &Self::grant(), Limits::default()).unwrap()
    }

    /// The keys of the files' partials, in tree order.
    pub fn keys(&self) -> Vec<PartialKey> {
        let plan = self.plan();
        plan.files.iter().map(|f| PartialKey::new(&f.digests, &plan.pin, &f.path)).collect()
    }
}

#[async_trait]
impl Source for Hub {
    async fn parse(&self, _: &str) -> Result<Fields> {
        Ok(Fields::new())
    }

    async fn resolve(&self, _: &Spec) -> Result<RawPlan> {
        Err(Error::new(Kind::Internal, "not asked here"))
    }

    async fn locate(&self, _: &Spec, pin: &str, paths: &[&str]) -> Result<Vec<RawLocator>> {
        assert_eq!(pin, "pin");
        let locator = |path: &&str| RawLocator::Download {
            url: Self::url(path),
            headers: vec![],
            credential: None,
        };
        Ok(paths.iter().map(locator).collect())
    }
}

#[async_trait]
impl Transfer for Hub {
    async fn transfer(
        &self,
        download: &plan::Download,
        _: Option<u64>,
        sink: &mut dyn Sink,
        _: &dyn Reporter,
    ) -> Result<()> {
        let path = download.url.path().trim_start_matches('/').to_owned();
        let stored = path.strip_prefix("good/").unwrap_or(&path);
        let Some(bytes) = self.files.get(stored) else {
            return Err(Error::new(Kind::Unauthorized, "expired"));
        };
        if let Some((_, whole)) = self.page.as_ref().filter(|(paged, _)| *paged == path) {
            sink.announce(PAGE.len() as u64);
            let come = if *whole { PAGE.len() } else { PAGE.len() / 2 };
            sink.write(sink.position(), Bytes::from_static(&PAGE[..come])).await?;
            return if *whole { Ok(()) } else { Err(Error::new(Kind::Network, "it broke")) };
        }
        let mut bytes = bytes.clone();
        if self.flipping.as_ref() == Some(&path) {
            bytes[0] ^= 1;
        }
        sink.announce(bytes.len() as u64);
        if self.appending.as_ref() == Some(&path) {
            bytes.push(0);
        }
        while (sink.position() as usize) < bytes.len() {
            let at = sink.position() as usize;
            let chunk = &bytes[at..bytes.len().min(at + self.chunk)];
            self.served.0.fetch_add(chunk.len() as u64, Ordering::SeqCst);
            sink.write(at as u64, Bytes::copy_from_slice(chunk)).await?;
            if self.expiring.as_ref() == Some(&path) && (sink.position() as usize) < bytes.len() {
                return Err(Error::new(Kind::Unauthorized, "expired midway"));
            }
            if self.breaking.as_ref() == Some(&path) && !self.broken.swap(true, Ordering::SeqCst) {
                sink.restart().await?;
            }
            yield_once().await;
        }
        Ok(())
    }
}

/// Lets the other files go on.
async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

type Bytewise = Arc<Mutex<Vec<u8>>>;

pub struct Memory {
    room: u64,
    partials: Mutex<HashMap<String, Bytewise>>,
    published: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::with_room(1 << 20)
    }
}

impl Memory {
    pub fn with_room(room: u64) -> Self {
        Self { room, partials: Mutex::default(), published: Mutex::default() }
    }

    pub fn leave(&self, digest: &Digest, bytes: &[u8]) {
        let path = FilePath::new("any").unwrap();
        self.leave_key(&PartialKey::new(std::slice::from_ref(digest), "pin", &path), bytes);
    }

    pub fn leave_key(&self, key: &PartialKey, bytes: &[u8]) {
        *self.partial(key.as_str()).lock().unwrap() = bytes.to_vec();
    }

    pub fn held_bytes(&self, digest: &Digest) -> usize {
        self.partial(&format!("sha256-{}", digest.to_hex())).lock().unwrap().len()
    }

    pub fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        self.published.lock().unwrap().clone()
    }

    fn partial(&self, key: &str) -> Bytewise {
        self.partials.lock().unwrap().entry(key.to_owned()).or_default().clone()
    }
}

#[async_trait]
impl Depot for Memory {
    async fn free_space(&self) -> Result<u64> {
        Ok(self.room)
    }

    async fn held(&self, key: &PartialKey) -> Result<u64> {
        Ok(self.partial(key.as_str()).lock().unwrap().len() as u64)
    }

    async fn open(&self, key: &PartialKey, _: Option<u64>) -> Result<Box<dyn Partial>> {
        let bytes = self.partial(key.as_str());
        let journal = Journal::unrecorded(bytes.lock().unwrap().len() as u64);
        Ok(Box::new(MemoryPartial { bytes, journal }))
    }

    async fn discard(&self, key: &PartialKey) -> Result<()> {
        self.partials.lock().unwrap().remove(key.as_str());
        Ok(())
    }

    async fn publish(&self, placements: &[Placement]) -> Result<()> {
        let mut tree = self.published.lock().unwrap();
        for placement in placements {
            let bytes = self.partial(placement.key.as_str()).lock().unwrap().clone();
            tree.insert(placement.path.as_str().to_owned(), bytes);
        }
        Ok(())
    }
}

struct MemoryPartial {
    bytes: Bytewise,
    journal: Journal,
}

#[async_trait]
impl Partial for MemoryPartial {
    fn journal(&self) -> &Journal {
        &self.journal
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Bytes> {
        let bytes = self.bytes.lock().unwrap();
        let from = (offset as usize).min(bytes.len());
        let to = (from + length.min(3)).min(bytes.len());
        Ok(Bytes::copy_from_slice(&bytes[from..to]))
    }

    fn write(&mut self, offset: u64, block: Vec<Bytes>) -> BoxFuture<'static, Result<()>> {
        let block = block.concat();
        let mut bytes = self.bytes.lock().unwrap();
        let (from, to) = (offset as usize, offset as usize + block.len());
        if bytes.len() < to {
            bytes.resize(to, 0);
        }
        bytes[from..to].copy_from_slice(&block);
        let length = block.len() as u64;
        self.journal.insert(offset, Block { length, checksum: None });
        Box::pin(std::future::ready(Ok(())))
    }

    fn leave(&mut self, offset: u64, block: Vec<Bytes>) {
        drop(self.write(offset, block));
    }

    fn forget(&mut self, offset: u64) {
        self.journal.remove(offset);
    }

    fn identify(&mut self, validator: &str) -> Result<()> {
        self.journal.set_validator(validator);
        Ok(())
    }

    async fn clear(&mut self) -> Result<()> {
        self.bytes.lock().unwrap().clear();
        self.journal = Journal::default();
        Ok(())
    }

    async fn seal(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Paths, sizes and bytes, one after the other.
#[derive(Clone, Default)]
pub struct PlainTree(Vec<u8>);

impl TreeHasher for PlainTree {
    fn begin(&mut self, path: &FilePath, size: u64, _: bool) {
        self.0.extend_from_slice(format!("<{path} {size}>").as_bytes());
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        self.0.push(b';');
    }

    fn snapshot(&self) -> Box<dyn TreeHasher> {
        Box::new(self.clone())
    }

    fn finish(self: Box<Self>) -> Digest {
        sha256(&self.0)
    }
}

/// What [`PlainTree`] says of these files.
pub fn tree_of(files: &[(&str, &[u8])]) -> String {
    let mut files: Vec<_> =
        files.iter().map(|(path, bytes)| (FilePath::new(path).unwrap(), *bytes)).collect();
    files.sort();
    let mut tree = PlainTree::default();
    for (path, bytes) in files {
        tree.begin(&path, bytes.len() as u64, false);
        tree.update(bytes);
        tree.end();
    }
    Box::new(tree).finish().to_hex()
}

pub fn download(hub: Hub, memory: Arc<Memory>) -> Download {
    let hub = Arc::new(hub);
    Download {
        plan: Arc::new(hub.plan()),
        spec: Spec {
            source: "hub".to_owned(),
            fields: Fields::new(),
            selection: Selection::default(),
        },
        source: hub.clone(),
        grant: Hub::grant(),
        transfer: hub,
        depot: memory,
        workers: Arc::new(InPlace),
        reporter: Arc::new(Silent),
        pins: Pins::new(),
        expect: None,
        inspector: None,
        jobs: NonZeroUsize::MIN,
    }
}
