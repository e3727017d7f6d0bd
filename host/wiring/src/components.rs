//! Fetching components: from a file, by https, from an OCI registry.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::{Origin, shown};
use nix_ai_model_core::plugin::oci::{self, OciReference};
use nix_ai_model_core::plugin::{Pin, Reference, Signatures};
use nix_ai_model_core::ports::{Artefacts as _, Method, Request};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_net::{DockerConfig, Egress, Pulled, Registry};
use nix_ai_model_runtime::Lookup as _;
use nix_ai_model_store::{document, settings};
use url::Url;

use crate::plugins::{LARGEST_COMPONENT, component_file};
use crate::sources::Sources;

/// The ending of a minisign signature's file.
const MINISIGN: &str = ".minisig";
/// The endings of a sigstore bundle's file, in the order they are looked for.
const SIGSTORE: [&str; 2] = [".sigstore.json", ".sigstore"];
/// The longest signature, in bytes.
const LONGEST_SIGNATURE: usize = 64 << 10;

/// A component as it came.
#[derive(Debug, Clone)]
pub struct Acquired {
    /// Its bytes.
    pub component: Bytes,
    /// The signatures beside it.
    pub signatures: Signatures,
    /// Where it came from, as exactly as that can be said.
    pub reference: Reference,
}

impl Sources {
    /// Fetches a component, and the signatures beside it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is none; [`Kind::Refused`] where the
    /// address leads to what may not be reached or the answer is too long;
    /// whatever the network ends with.
    pub async fn acquire(&self, reference: &Reference) -> Result<Acquired> {
        match reference {
            Reference::File(file) => by_file(Path::new(file)),
            Reference::Url(url) => self.by_address(url).await,
            Reference::Oci(artefact) => self.by_registry(artefact).await,
        }
    }

    /// Fetches a component alone: where it is pinned, its digest says all that
    /// a signature could.
    ///
    /// # Errors
    /// As [`Sources::acquire`].
    pub async fn component(&self, reference: &Reference) -> Result<Bytes> {
        match reference {
            Reference::File(file) => component_file(Path::new(file)).map(Bytes::from),
            Reference::Url(url) => self.behind(url).await.map(|(_, component)| component),
            Reference::Oci(artefact) => {
                Ok(self.registry(artefact)?.pull(artefact).await?.component)
            }
        }
    }

    /// The component of a pin: kept from an earlier run, or fetched.
    pub(crate) async fn pinned_component(&self, name: &str, pin: &Pin) -> Result<Vec<u8>> {
        let key = format!("{}-component", pin.hash.digest().to_hex());
        if let Some(component) = self.artefacts().load(&key)? {
            pin.check(name, &component)?;
            return Ok(component);
        }
        let component = self.component(&pin.component).await?;
        pin.check(name, &component)?;
        self.artefacts().save(&key, &component)?;
        Ok(component.into())
    }

    /// The component at an address, and the way to it.
    async fn behind(&self, url: &Url) -> Result<(Egress, Bytes)> {
        let egress = self.installer(Origin::of(url)?)?;
        let component = whole(&egress, url, LARGEST_COMPONENT).await?.ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is nothing at {}", shown(url)))
                .with_hint("check the address")
        })?;
        Ok((egress, component))
    }

    async fn by_address(&self, url: &Url) -> Result<Acquired> {
        let (egress, component) = self.behind(url).await?;
        let mut signatures =
            Signatures { minisign: beside(&egress, url, MINISIGN).await?, ..Signatures::default() };
        for ending in SIGSTORE {
            if signatures.sigstore.is_none() {
                signatures.sigstore = beside(&egress, url, ending).await?;
            }
        }
        Ok(Acquired { component, signatures, reference: Reference::Url(url.clone()) })
    }

    async fn by_registry(&self, artefact: &OciReference) -> Result<Acquired> {
        let Pulled { component, manifest, reference } =
            self.registry(artefact)?.pull(artefact).await?;
        let annotation = |name| manifest.annotations.get(name).cloned();
        let signatures =
            Signatures { minisign: annotation(oci::MINISIGN), sigstore: annotation(oci::SIGSTORE) };
        Ok(Acquired { component, signatures, reference: Reference::Oci(reference) })
    }

    /// The repository that an artefact is in, with the user's login there.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the login's file is malformed.
    pub fn registry(&self, artefact: &OciReference) -> Result<Registry> {
        let config = self.docker_config()?;
        Registry::new(self.door(), artefact, self.allowed()?, &config, LARGEST_COMPONENT)
    }

    /// The first file of logins that there is, of podman's and docker's.
    fn docker_config(&self) -> Result<DockerConfig> {
        let below =
            |variable: &str, rest: &str| Some(PathBuf::from(self.variable(variable)?).join(rest));
        let places = [
            self.variable("REGISTRY_AUTH_FILE").map(PathBuf::from),
            below("DOCKER_CONFIG", "config.json"),
            below("XDG_RUNTIME_DIR", "containers/auth.json"),
            below("HOME", ".docker/config.json"),
        ];
        for place in places.into_iter().flatten() {
            if let Some(text) = settings::text(&place)? {
                return DockerConfig::parse(&text);
            }
        }
        Ok(DockerConfig::default())
    }

    /// The way to a server that the user named to install from: it may send us
    /// on to wherever on the public net it keeps its files.
    pub(crate) fn installer(&self, origin: Origin) -> Result<Egress> {
        let pattern = origin.to_string().parse();
        Ok(self.door().under(Grant {
            holder: "the installation".to_owned(),
            http: pattern.into_iter().collect(),
            named: self.allowed()?,
            public_downloads: true,
            ..Grant::default()
        }))
    }
}

fn by_file(file: &Path) -> Result<Acquired> {
    let component = component_file(file)?.into();
    let path = document::absolute(file)?;
    let beside = |ending: &str| {
        let mut beside = path.clone().into_os_string();
        beside.push(ending);
        settings::text(Path::new(&beside))
    };
    let mut signatures = Signatures { minisign: beside(MINISIGN)?, ..Signatures::default() };
    for ending in SIGSTORE {
        if signatures.sigstore.is_none() {
            signatures.sigstore = beside(ending)?;
        }
    }
    let text = path.to_str().ok_or_else(|| {
        Error::new(Kind::Usage, "the component's path is not UTF-8").with_hint("rename the file")
    })?;
    Ok(Acquired { component, signatures, reference: text.parse()? })
}

/// The text of the file whose name is the URL's with another ending.
async fn beside(egress: &Egress, url: &Url, ending: &str) -> Result<Option<String>> {
    let mut beside = url.clone();
    beside.set_path(&format!("{}{ending}", url.path()));
    let found = whole(egress, &beside, LONGEST_SIGNATURE).await?;
    Ok(found.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

async fn whole(egress: &Egress, url: &Url, longest: usize) -> Result<Option<Bytes>> {
    let request = Request {
        method: Method::Get,
        url: url.clone(),
        headers: Vec::new(),
        body: None,
        credential: None,
    };
    let response = egress.file(request, longest).await?;
    let kind = match response.status {
        200 => return Ok(Some(response.body)),
        404 | 410 => return Ok(None),
        401 | 403 => Kind::Unauthorized,
        _ => Kind::Network,
    };
    Err(Error::new(kind, format!("{} answered with status {}", shown(url), response.status)))
}
