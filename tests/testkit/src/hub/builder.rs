//! Describing a hub and starting it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::greeting::Greeter;
use super::state::{Addresses, Settings, State};
use super::{Hub, Kind, Repository, service};
use crate::certificates::{Authority, Certificate};
use crate::record::Place;
use crate::storm::Storm;
use crate::wire;

/// What a hub is to be; [`HubBuilder::start`] makes it run.
#[derive(Debug)]
#[must_use]
pub struct HubBuilder {
    repositories: Vec<Repository>,
    settings: Settings,
    digests: Option<PathBuf>,
    certificate: Option<Certificate>,
    port: u16,
}

impl HubBuilder {
    pub(super) fn new() -> Self {
        Self {
            repositories: Vec::new(),
            settings: Settings::default(),
            digests: None,
            certificate: None,
            port: 0,
        }
    }

    /// Serves a repository.
    pub fn repository(mut self, repository: Repository) -> Self {
        self.repositories.push(repository);
        self
    }

    /// Serves every folder below `models/ORG/NAME`, `datasets/ORG/NAME` and
    /// `spaces/ORG/NAME` as that repository's branch `main`.
    ///
    /// # Errors
    /// Where the folder cannot be read, or has none of the three.
    pub fn folder(mut self, root: &Path) -> io::Result<Self> {
        let known = self.repositories.len();
        for kind in Kind::ALL {
            for (organisation, folder) in folders_in(&root.join(kind.plural()))? {
                for (name, folder) in folders_in(&folder)? {
                    let id = format!("{organisation}/{name}");
                    self.repositories.push(Repository::new(kind, id, folder));
                }
            }
        }
        if self.repositories.len() == known {
            let expected = "has no models/ORG/NAME, datasets/ORG/NAME or spaces/ORG/NAME";
            return Err(io::Error::other(format!("{} {expected}", root.display())));
        }
        Ok(self)
    }

    /// Knows a token: one that is not granted anything, but is somebody's.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.settings.tokens.insert(token.into());
        self
    }

    /// Entries a page of a listing holds at the most (1000 unless told).
    pub fn page_size(mut self, entries: usize) -> Self {
        self.settings.page_size = entries.max(1);
        self
    }

    /// Files of this size (bytes) and more are in LFS, whatever their name
    /// (10 MiB unless told).
    pub fn lfs_from(mut self, size: u64) -> Self {
        self.settings.lfs_from = size;
        self
    }

    /// Large files come from the endpoint itself, not by a redirect (302).
    pub fn without_cdn(mut self) -> Self {
        self.settings.cdn = false;
        self
    }

    /// Small files come at once, not by a redirect (307, relative) to
    /// `/api/resolve-cache/…`.
    pub fn without_resolve_cache(mut self) -> Self {
        self.settings.resolve_cache = false;
        self
    }

    /// Large files have an `xetHash` and `X-Xet-Hash`. Nothing answers to
    /// them: a client has to take the bytes from `resolve` all the same.
    pub fn with_xet_hashes(mut self) -> Self {
        self.settings.xet_hashes = true;
        self
    }

    /// HTTPS for both origins, with a certificate of a made-up authority.
    pub fn tls(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// A CDN address is answered so many times; then it has expired (403), and
    /// the endpoint hands out another one.
    pub fn signatures_last(mut self, answers: u64) -> Self {
        self.settings.signatures_last = Some(answers);
        self
    }

    /// A storm over both origins.
    pub fn storm(mut self, storm: Storm) -> Self {
        self.settings.storm = Some(storm);
        self
    }

    /// The endpoint's port (any free one unless told).
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Keeps the files' digests in this file for the next start.
    pub fn digests_in(mut self, file: impl Into<PathBuf>) -> Self {
        self.digests = Some(file.into());
        self
    }

    /// Reads the repositories and begins to serve.
    ///
    /// # Errors
    /// Where a repository's folder cannot be read or the port is taken.
    pub fn start(self) -> io::Result<Hub> {
        let state = Arc::new(State::read(self.repositories, self.settings, self.digests)?);
        let authority = self.certificate.map(Authority::new).transpose()?;
        let storm = &state.settings.storm;
        let greeter = authority.as_ref().map(|own| Greeter::new(own, storm.clone())).transpose()?;
        let runtime = wire::runtime()?;
        let listen = |place, port| {
            let (state, greeter) = (state.clone(), greeter.clone());
            wire::listen(&runtime, port, None, move |mut transport| {
                let (state, greeter) = (state.clone(), greeter.clone());
                async move {
                    if let Some(greeter) = greeter {
                        let Some(encrypted) = greeter.receive(transport).await else { return };
                        transport = encrypted;
                    }
                    service::serve(transport, place, state).await;
                }
            })
        };
        let scheme = if authority.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listen(Place::Hub, self.port)?);
        let cdn_url = format!("{scheme}://{}", listen(Place::Cdn, 0)?);
        state.set_addresses(Addresses { hub: url.clone(), cdn: cdn_url.clone() });
        Ok(Hub { state, url, cdn_url, authority, runtime: Some(runtime) })
    }
}

/// The folders in a folder, by name; none where it does not exist.
fn folders_in(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str())
            && path.is_dir()
        {
            folders.push((name.to_owned(), path));
        }
    }
    folders.sort();
    Ok(folders)
}
