//! A repository over smart HTTP, by protocol 2.

use nix_ai_model_sdk::{Failure, FailureKind, Request, json};

use crate::Result;
use crate::object::Oid;
use crate::pack::{Fault, Objects};
use crate::packet::{Fetched, Packet, Packets, fetched, request, text};
use crate::pointer;
use crate::remote::Remote;

/// What is asked for first: which protocol is spoken.
const ADVERTISEMENT: &str = "/info/refs?service=git-upload-pack";
/// Blobs that are asked for at once. Halved where an answer becomes too long.
const BLOBS: usize = 512;

/// A repository that speaks protocol 2.
pub struct Repository<'a> {
    pub remote: Remote<'a>,
    /// Its address without a slash at the end, after redirects.
    pub url: String,
    /// What `fetch` takes beside the least.
    features: Vec<String>,
}

/// A reference of the server.
#[derive(Debug, PartialEq, Eq)]
pub struct Reference {
    pub name: String,
    /// What it names; of an annotated tag, what that stands for.
    pub oid: Oid,
}

impl<'a> Repository<'a> {
    /// Asks what the server speaks.
    ///
    /// # Errors
    /// `unsupported` where it is not protocol 2 with SHA-1.
    pub fn open(url: &str, remote: Remote<'a>) -> Result<Self> {
        let asked =
            Request::get(format!("{url}{ADVERTISEMENT}")).header("Git-Protocol", "version=2");
        let response = remote.send(asked)?;
        if !response.is_success() {
            return Err(remote.failure(&response, "the repository"));
        }
        let features = capabilities(&response.body).map_err(|fault| match fault {
            Spoken::Nothing => Failure::unsupported(format!("{url} is not a git repository over smart HTTP"))
                .with_hint("write the address that `git clone` takes, such as https://host/org/repository.git"),
            Spoken::Old => Failure::unsupported(format!("the server of {url} does not speak git's protocol 2"))
                .with_hint("it takes git 2.26 or newer on the server, and any proxy in between has to pass the header Git-Protocol on"),
            Spoken::Sha256 => Failure::unsupported(format!("{url} is a repository of SHA-256 objects"))
                .with_hint("no server of models is known to use them; ask for it if one does"),
        })?;
        let moved = response.final_url.strip_suffix(ADVERTISEMENT).unwrap_or(url).to_owned();
        Ok(Self { remote, url: moved, features })
    }

    /// Whether the server leaves out blobs on request.
    pub fn filters(&self) -> bool {
        self.features.iter().any(|feature| feature == "filter")
    }

    /// The references with these full names, as far as they are there.
    pub fn references(&self, names: &[String]) -> Result<Vec<Reference>> {
        let prefixes = names.iter().map(|name| format!("ref-prefix {name}"));
        let arguments: Vec<String> = ["peel".to_owned()].into_iter().chain(prefixes).collect();
        let answer = self.ask("ls-refs", &arguments, "its references")?;
        let mut found = Vec::new();
        for packet in Packets::new(&answer) {
            match packet.map_err(|fault| self.malformed(fault))? {
                Packet::Data(line) => {
                    let reference = reference(&text(line));
                    found.extend(reference.filter(|reference| names.contains(&reference.name)));
                }
                _ => break,
            }
        }
        Ok(found)
    }

    /// Adds a commit, its trees, and its blobs, where the server can without
    /// those that are too long for a pointer.
    pub fn commit(&self, commit: Oid, objects: &mut Objects) -> Result<()> {
        let mut arguments = fetch(&[commit]);
        arguments.push("deepen 1".to_owned());
        if self.filters() {
            arguments.push(format!("filter blob:limit={}", pointer::LONGEST));
        }
        arguments.push("done".to_owned());
        let answer = self
            .ask("fetch", &arguments, "the commit")
            .map_err(|failure| self.too_long(failure))?;
        match self.pack(&answer, objects)? {
            None => Ok(()),
            Some(said) if said.contains("not our ref") => Err(Failure::not_found(format!("{} has no commit {commit}", self.url))
                .with_hint("check the commit; one that no branch or tag leads to any more may be gone from the server")),
            Some(said) => Err(self.refused(&said)),
        }
    }

    /// Adds blobs that were left out. `path` names one for messages.
    ///
    /// # Errors
    /// `unsupported` where one alone is more than can be held.
    pub fn blobs<'p>(
        &self,
        mut wanted: &[Oid],
        objects: &mut Objects,
        path: impl Fn(Oid) -> &'p str,
    ) -> Result<()> {
        let mut group = BLOBS;
        while !wanted.is_empty() {
            let (now, later) = wanted.split_at(group.min(wanted.len()));
            let mut arguments = fetch(now);
            arguments.push("done".to_owned());
            let answer = match self.ask("fetch", &arguments, "files that are not in LFS") {
                // The answer was too long for the host to hand over.
                Err(failure) if failure.kind == FailureKind::Denied => {
                    if now.len() == 1 {
                        return Err(large(path(now[0])));
                    }
                    group = now.len() / 2;
                    continue;
                }
                answer => answer?,
            };
            if let Some(said) = self.pack(&answer, objects)? {
                return Err(self.refused(&said));
            }
            if let Some(missing) = now.iter().find(|oid| !objects.has(**oid)) {
                return Err(Failure::network(format!(
                    "{} did not give the file \"{}\"",
                    self.url,
                    json::quoted(path(*missing))
                )));
            }
            wanted = later;
        }
        Ok(())
    }

    /// Adds the objects of an answer, or gives the server's refusal.
    fn pack(&self, answer: &[u8], objects: &mut Objects) -> Result<Option<String>> {
        let pack = match fetched(answer).map_err(|fault| self.malformed(fault))? {
            Fetched::Refused(said) => return Ok(Some(said)),
            Fetched::Pack(pack) => pack,
        };
        objects.add(&pack).map(|()| None).map_err(|fault| match fault {
            Fault::Malformed(fault) => {
                Failure::network(format!("the pack from {} {fault}", self.url))
                    .with_hint("try again later; the server or what lies between is at fault")
            }
            Fault::TooLarge => self.too_much(),
        })
    }

    fn ask(&self, command: &str, arguments: &[String], what: &str) -> Result<Vec<u8>> {
        let url = format!("{}/git-upload-pack", self.url);
        let request = Request::post(url, request(command, arguments))
            .header("Git-Protocol", "version=2")
            .header("Content-Type", "application/x-git-upload-pack-request")
            .header("Accept", "application/x-git-upload-pack-result");
        let response = self.remote.send(request)?;
        if response.is_success() {
            Ok(response.body)
        } else {
            Err(self.remote.failure(&response, what))
        }
    }

    /// The server's origin was allowed before, so what the host refuses now is
    /// an answer of that length.
    fn too_long(&self, failure: Failure) -> Failure {
        if failure.kind != FailureKind::Denied {
            return failure;
        }
        self.too_much()
    }

    /// The failure of more bytes than the sandbox holds.
    pub fn too_much(&self) -> Failure {
        let url = &self.url;
        if self.filters() {
            Failure::unsupported(format!(
                "the files of {url} that are not in LFS are more than can be held"
            ))
            .with_hint("put the larger ones into LFS: git lfs migrate import --above=1mb")
        } else {
            Failure::unsupported(format!(
                "the server of {url} cannot leave out files, and those that are not in LFS are more than can be held"
            ))
            .with_hint("the server's owner allows it with `git config uploadpack.allowFilter true`; or put the larger files into LFS")
        }
    }

    fn refused(&self, said: &str) -> Failure {
        Failure::network(format!("the server of {} answered: {}", self.url, json::quoted(said)))
            .with_hint("try again later; if it stays so, the repository is damaged or the server does not give out single files")
    }

    fn malformed(&self, fault: &str) -> Failure {
        Failure::network(format!("the answer from {} {fault}", self.url))
            .with_hint("try again later; a proxy or a portal in between may have answered instead")
    }
}

/// The failure of a file that the sandbox does not hold.
pub fn large(path: &str) -> Failure {
    let path = json::quoted(path);
    Failure::unsupported(format!(
        "the file \"{path}\" is larger than 32 MiB, compressed or not, and not in LFS"
    ))
    .with_hint(format!("put it into LFS: git lfs migrate import --include=\"{path}\""))
}

fn fetch(wanted: &[Oid]) -> Vec<String> {
    let fixed = ["ofs-delta", "no-progress"].into_iter().map(str::to_owned);
    fixed.chain(wanted.iter().map(|oid| format!("want {oid}"))).collect()
}

/// What a server speaks instead.
#[derive(Debug, PartialEq, Eq)]
enum Spoken {
    Nothing,
    Old,
    Sha256,
}

/// What `fetch` takes, from an advertisement.
fn capabilities(advertisement: &[u8]) -> std::result::Result<Vec<String>, Spoken> {
    let mut lines = Vec::new();
    for packet in Packets::new(advertisement) {
        match packet {
            Ok(Packet::Data(line)) => lines.push(text(line)),
            // Behind the service's name.
            Ok(Packet::Flush) if lines.iter().all(|line| line.starts_with('#')) => {}
            Ok(_) => break,
            Err(_) => return Err(Spoken::Nothing),
        }
    }
    let announced = lines.first().is_some_and(|line| line.starts_with("# service="));
    lines.retain(|line| !line.starts_with('#'));
    match lines.first().map(String::as_str) {
        Some("version 2") => {}
        Some(_) if announced => return Err(Spoken::Old),
        _ => return Err(Spoken::Nothing),
    }
    let value =
        |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    if value("object-format").is_some_and(|format| format != "sha1") {
        return Err(Spoken::Sha256);
    }
    Ok(value("fetch").unwrap_or_default().split(' ').map(str::to_owned).collect())
}

/// `OID NAME [peeled:OID]`.
fn reference(line: &str) -> Option<Reference> {
    let mut words = line.split(' ');
    let (oid, name) = (Oid::from_hex(words.next()?)?, words.next()?);
    let peeled = words.find_map(|word| Oid::from_hex(word.strip_prefix("peeled:")?));
    Some(Reference { name: name.to_owned(), oid: peeled.unwrap_or(oid) })
}

/// Where LFS is served, if the repository does not say: beside it.
pub fn lfs_beside(url: &str) -> String {
    let dotted = if url.ends_with(".git") { "" } else { ".git" };
    format!("{url}{dotted}/info/lfs")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_spoken_is_told_apart() {
        let fetch = "000eversion 2\n0013ls-refs=unborn\n0019fetch=shallow filter\n";
        for advertisement in [
            format!("{fetch}0017object-format=sha1\n0000"),
            format!("{fetch}0000"),
            format!("001e# service=git-upload-pack\n0000{fetch}0000"),
        ] {
            let features = capabilities(advertisement.as_bytes()).unwrap();
            assert_eq!(features, ["shallow", "filter"], "{advertisement}");
        }
        for (advertisement, expected) in [
            ("", Spoken::Nothing),
            ("<!doctype html>", Spoken::Nothing),
            ("0000", Spoken::Nothing),
            ("001e# service=git-upload-pack\n0000000eversion 1\n0000", Spoken::Old),
            ("000eversion 2\n0019object-format=sha256\n0000", Spoken::Sha256),
        ] {
            assert_eq!(capabilities(advertisement.as_bytes()), Err(expected), "{advertisement}");
        }
    }

    #[test]
    fn references_are_peeled() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let tag = reference(&format!("{one} refs/tags/v1 peeled:{two}")).unwrap();
        assert_eq!((tag.name.as_str(), tag.oid.to_string()), ("refs/tags/v1", two));
        assert_eq!(reference("unborn HEAD symref-target:refs/heads/main"), None);
    }

    #[test]
    fn lfs_is_beside_the_repository() {
        for url in ["https://h/r", "https://h/r.git"] {
            assert_eq!(lfs_beside(url), "https://h/r.git/info/lfs");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..100), line in "\\PC{0,80}") {
            let _ = capabilities(&bytes);
            let _ = reference(&line);
        }
    }
}
