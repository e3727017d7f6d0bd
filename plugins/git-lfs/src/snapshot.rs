//! What a checkout of a commit would hold.

use std::collections::HashMap;

use nix_ai_model_sdk::{Failure, Host, Level, json};

use crate::Result;
use crate::link::{self, File};
use crate::object::{Kind, Oid};
use crate::pack::Objects;
use crate::pointer::{Content, Pointer};
use crate::remote::Remote;
use crate::repository::{Repository, large};
use crate::spec::GitSpec;
use crate::{config, tree};

/// Bytes of all objects that are held at once.
const ROOM: usize = 96 << 20;
/// The longest file that is not in LFS, in bytes. The host takes as much.
pub const LONGEST: usize = 32 << 20;
/// Tags of tags that are followed.
const TAGS: usize = 8;
/// What was left out is said so often, then counted.
const WARNINGS: usize = 10;

/// A commit and its files.
pub struct Snapshot<'a> {
    pub repository: Repository<'a>,
    pub commit: Oid,
    pub files: Vec<File>,
    objects: Objects,
}

impl<'a> Snapshot<'a> {
    /// Reads the trees of the commit that the spec names, or of `pin`.
    pub fn read(spec: &GitSpec, pin: Option<Oid>, host: &'a dyn Host) -> Result<Self> {
        let repository = Repository::open(spec.address(), Remote::new(host))?;
        let named = match pin.or_else(|| spec.commit()) {
            Some(commit) => commit,
            None => revision(spec, &repository)?,
        };
        let mut objects = Objects::new(ROOM);
        repository.commit(named, &mut objects)?;
        let commit = peeled(named, &objects).ok_or_else(|| {
            Failure::invalid_spec(format!("\"{}\" of {} is no commit", spec.rev, repository.url))
        })?;
        let root = objects.get(commit).and_then(|commit| commit.names("tree"));
        let root = root.ok_or_else(|| {
            Failure::network(format!("the commit {commit} of {} names no tree", repository.url))
        })?;
        let entries = tree::entries(root, &objects)?;
        let resolved = link::resolve(entries, &objects, tree::MOST);
        if resolved.files.len() > tree::MOST {
            return Err(Failure::unsupported(format!(
                "{} holds more than {} files where its links are followed",
                repository.url,
                tree::MOST
            )));
        }
        if pin.is_none() {
            warn(&resolved.left_out, host);
        }
        Ok(Self { repository, commit, files: resolved.files, objects })
    }

    /// What a file is in git. One that was left out is too long for a pointer.
    pub fn content(&self, file: &File) -> Content {
        self.objects.blob(file.oid).map_or(Content::Plain, Content::of)
    }

    /// The LFS files that the spec wants, with their pointers.
    pub fn pointers(&self, spec: &GitSpec) -> Result<Vec<(File, Pointer)>> {
        let mut pointers = Vec::new();
        for file in self.files.iter().filter(|file| spec.wants(&file.path)) {
            match self.content(file) {
                Content::Plain => {}
                Content::Pointer(pointer) => pointers.push((file.clone(), pointer)),
                Content::Extended(extension) => {
                    return Err(Failure::unsupported(format!(
                        "\"{}\" went through the LFS extension \"{}\", which only its author's program undoes",
                        json::quoted(&file.path),
                        json::quoted(&extension)
                    ))
                    .with_hint("`lfsFiles` can leave it out"));
                }
            }
        }
        Ok(pointers)
    }

    /// The LFS server that the root's `.lfsconfig` names.
    pub fn lfs_url(&mut self) -> Result<Option<String>> {
        let Some(file) = self.files.iter().find(|file| file.path == ".lfsconfig") else {
            return Ok(None);
        };
        let oid = file.oid;
        self.fetch(&[oid])?;
        let bytes = self.objects.blob(oid).unwrap_or_default();
        Ok(config::lfs_url(&String::from_utf8_lossy(bytes)))
    }

    /// Fetches the files that are not in LFS, as far as they were left out.
    pub fn fetch_plain(&mut self) -> Result<()> {
        let mut missing: Vec<Oid> = self.files.iter().map(|file| file.oid).collect();
        missing.sort_unstable();
        missing.dedup();
        self.fetch(&missing)
    }

    fn fetch(&mut self, wanted: &[Oid]) -> Result<()> {
        let missing: Vec<Oid> =
            wanted.iter().copied().filter(|oid| !self.objects.has(*oid)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let paths: HashMap<Oid, &str> =
            self.files.iter().map(|file| (file.oid, file.path.as_str())).collect();
        let path = |oid| paths.get(&oid).copied().unwrap_or_default();
        self.repository.blobs(&missing, &mut self.objects, path)
    }

    /// Hands over the bytes of files that are not in LFS, in their order.
    ///
    /// # Errors
    /// `unsupported` where one, or all of them together, are more than is taken.
    pub fn into_bytes(mut self, files: &[File]) -> Result<Vec<Vec<u8>>> {
        let mut uses: HashMap<Oid, usize> = HashMap::new();
        for file in files {
            *uses.entry(file.oid).or_default() += 1;
        }
        let mut total = 0;
        let mut handed = Vec::with_capacity(files.len());
        for file in files {
            let length = self.objects.blob(file.oid).map_or(0, <[u8]>::len);
            total += length;
            if length > LONGEST {
                return Err(large(&file.path));
            }
            if total > ROOM {
                return Err(self.repository.too_much());
            }
            let left = uses.entry(file.oid).or_default();
            *left -= 1;
            let bytes = if *left == 0 {
                self.objects.take_blob(file.oid)
            } else {
                self.objects.blob(file.oid).map(<[u8]>::to_vec)
            };
            let missing =
                || Failure::network(format!("\"{}\" is no file in git", json::quoted(&file.path)));
            handed.push(bytes.ok_or_else(missing)?);
        }
        Ok(handed)
    }
}

/// What a branch or tag stands for.
fn revision(spec: &GitSpec, repository: &Repository<'_>) -> Result<Oid> {
    let names = spec.names();
    let found = repository.references(&names)?;
    match &found[..] {
        [one] => Ok(one.oid),
        [] if spec.rev == "HEAD" => Err(Failure::not_found(format!(
            "{} has no commits, or no branch of its own",
            repository.url
        ))
        .with_hint("give \"rev\": a commit, branch or tag")),
        [] => Err(Failure::not_found(format!(
            "{} has no branch or tag \"{}\"",
            repository.url, spec.rev
        ))
        .with_hint(format!(
            "list them with `git ls-remote {}`; a commit is written with all its 40 digits",
            repository.url
        ))),
        [one, ..] if found.iter().all(|other| other.oid == one.oid) => Ok(one.oid),
        [..] => Err(Failure::invalid_spec(format!(
            "\"{}\" is a branch and a tag of {}",
            spec.rev, repository.url
        ))
        .with_hint(format!("write {}", names.join(" or ")))),
    }
}

/// The commit that an object is, or stands for as a tag.
fn peeled(mut oid: Oid, objects: &Objects) -> Option<Oid> {
    for _ in 0..TAGS {
        let object = objects.get(oid)?;
        match object.kind {
            Kind::Commit => return Some(oid),
            Kind::Tag => oid = object.names("object")?,
            Kind::Tree | Kind::Blob => return None,
        }
    }
    None
}

fn warn(left_out: &[(String, &'static str)], host: &dyn Host) {
    for (path, why) in left_out.iter().take(WARNINGS) {
        host.log(Level::Warn, "left out", &[("path", path), ("why", why)]);
    }
    if left_out.len() > WARNINGS {
        let more = (left_out.len() - WARNINGS).to_string();
        host.log(Level::Warn, "left out as well", &[("paths", &more)]);
    }
}
