//! OCI registries: plugins are pulled from them and pushed to them.

mod login;

use std::collections::BTreeMap;

use bytes::Bytes;
use nix_ai_model_core::grant::{Credential, Grant, Injection};
use nix_ai_model_core::origin::{Origin, shown};
use nix_ai_model_core::plugin::oci::{
    CONFIG, Descriptor, INDEX, LAYER, MANIFEST, Manifest, OciReference,
};
use nix_ai_model_core::ports::{Http as _, Method, Request, Response};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde_json::{Value, json};
use url::Url;

use crate::challenge::Challenge;
use crate::door::Door;
use crate::token::{Login, Wanted};

pub use login::DockerConfig;

/// The longest manifest or config, in bytes.
const LONGEST_MANIFEST: usize = 1 << 20;
/// The handle under which the door knows the login.
const HANDLE: &str = "registry";

/// What was pulled; every digest and size was checked.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// The component.
    pub component: Bytes,
    /// The manifest that named it.
    pub manifest: Manifest,
    /// The same reference, pinned to that manifest.
    pub reference: OciReference,
}

/// One repository of a registry, as its user reaches it.
pub struct Registry {
    door: Door,
    grant: Grant,
    base: Url,
    login: Option<Login>,
    repository: String,
    longest: usize,
}

/// What a request is allowed to do there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Pull,
    Push,
}

/// A request to the registry.
struct Ask<'a> {
    access: Access,
    method: Method,
    url: Url,
    headers: Vec<(&'a str, &'a str)>,
    body: Option<Bytes>,
    longest: usize,
    /// Whether it may be sent on to where the registry keeps its blobs.
    download: bool,
}

impl Registry {
    /// The repository that `reference` names. It is reached by https, or by
    /// http where the user named that origin (in `named`); `longest` is that of
    /// a component in bytes.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the reference names no origin, or the docker
    /// config's entry for it is malformed.
    pub fn new(
        door: &Door,
        reference: &OciReference,
        named: Vec<Origin>,
        config: &DockerConfig,
        longest: usize,
    ) -> Result<Self> {
        let plain: Option<Origin> = format!("http://{}", reference.registry()).parse().ok();
        let scheme =
            if plain.is_some_and(|plain| named.contains(&plain)) { "http" } else { "https" };
        let base = format!("{scheme}://{}/v2/{}/", reference.registry(), reference.name());
        let base = Url::parse(&base).map_err(|error| {
            Error::new(Kind::Usage, format!("{reference} names no registry")).caused_by(error)
        })?;
        let grant = Grant {
            holder: "the installation".to_owned(),
            http: Origin::of(&base)?.to_string().parse().into_iter().collect(),
            named,
            public_downloads: true,
            ..Grant::default()
        };
        Ok(Self {
            door: door.clone(),
            grant,
            base,
            login: config.login(reference)?,
            repository: reference.name().to_owned(),
            longest,
        })
    }

    /// Fetches a component.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is none; [`Kind::Refused`] where it is
    /// something else; [`Kind::HashMismatch`] where bytes are not what was
    /// named; [`Kind::Unauthorized`]; [`Kind::Network`].
    pub async fn pull(&self, reference: &OciReference) -> Result<Pulled> {
        let accepted = format!("{MANIFEST}, {INDEX};q=0.1");
        let ask = Ask {
            headers: vec![("accept", &accepted)],
            ..self.ask(Access::Pull, Method::Get, &format!("manifests/{}", reference.version()))?
        };
        let response = self.expect(self.send(&ask).await?, &ask.url, &[200])?;
        let found = Descriptor::of(MANIFEST, &response.body);
        // The server's own word for it counts where nobody else said one.
        let named = reference.digest().or_else(|| header(&response, "docker-content-digest"));
        if let Some(named) = named.filter(|named| named.starts_with("sha256:")) {
            Descriptor { digest: named.to_owned(), ..found.clone() }.check(&response.body)?;
        }
        let manifest = Manifest::parse(&response.body)?;
        self.blob(&manifest.config, LONGEST_MANIFEST).await?;
        let component = self.blob(manifest.layer(), self.longest).await?;
        let reference = reference.pinned(&found.digest);
        Ok(Pulled { component, manifest, reference })
    }

    /// Puts a component into the registry and returns the reference that is
    /// pinned to it. `interface` says what the component imports and exports.
    ///
    /// # Errors
    /// As [`Registry::pull`].
    pub async fn push(
        &self,
        reference: &OciReference,
        component: Bytes,
        interface: &Value,
        annotations: BTreeMap<String, String>,
    ) -> Result<OciReference> {
        let layer = Descriptor::of(LAYER, &component);
        let config = json!({
            // Others' clients want a time; the same component makes the same
            // artefact.
            "created": "1970-01-01T00:00:00Z",
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [layer.digest],
            "component": interface,
        });
        let config = Bytes::from(config.to_string());
        let named = Descriptor::of(CONFIG, &config);
        self.upload(&layer, component).await?;
        self.upload(&named, config).await?;
        let manifest =
            serde_json::to_vec(&Manifest::new(named, layer, annotations)).map_err(|error| {
                Error::new(Kind::Internal, "a manifest is not JSON").caused_by(error)
            })?;
        let digest = Descriptor::of(MANIFEST, &manifest).digest;
        let tag = reference.newest();
        let ask = Ask {
            headers: vec![("content-type", MANIFEST)],
            body: Some(manifest.into()),
            ..self.ask(Access::Push, Method::Put, &format!("manifests/{}", tag.version()))?
        };
        self.expect(self.send(&ask).await?, &ask.url, &[201])?;
        Ok(tag.pinned(&digest))
    }

    async fn blob(&self, blob: &Descriptor, longest: usize) -> Result<Bytes> {
        if blob.size > longest as u64 {
            return Err(Error::new(
                Kind::Refused,
                format!("the artefact has a part of {} bytes, more than {longest}", blob.size),
            ));
        }
        let longest = usize::try_from(blob.size).unwrap_or(longest);
        let path = format!("blobs/{}", blob.digest);
        let ask = Ask { longest, download: true, ..self.ask(Access::Pull, Method::Get, &path)? };
        let response = self.expect(self.send(&ask).await?, &ask.url, &[200])?;
        blob.check(&response.body)?;
        Ok(response.body)
    }

    async fn upload(&self, blob: &Descriptor, bytes: Bytes) -> Result<()> {
        let there = self.ask(Access::Push, Method::Head, &format!("blobs/{}", blob.digest))?;
        if self.send(&there).await?.status == 200 {
            return Ok(());
        }
        let begin = Ask {
            body: Some(Bytes::new()),
            ..self.ask(Access::Push, Method::Post, "blobs/uploads/")?
        };
        let response = self.expect(self.send(&begin).await?, &begin.url, &[202])?;
        let place = header(&response, "location").and_then(|place| begin.url.join(place).ok());
        let mut url = place.ok_or_else(|| {
            Error::new(
                Kind::Network,
                format!("{} does not say where to upload to", shown(&begin.url)),
            )
        })?;
        url.query_pairs_mut().append_pair("digest", &blob.digest);
        let put = Ask {
            url,
            headers: vec![("content-type", "application/octet-stream")],
            body: Some(bytes),
            ..self.ask(Access::Push, Method::Put, "")?
        };
        self.expect(self.send(&put).await?, &put.url, &[201]).map(drop)
    }

    fn ask<'a>(&self, access: Access, method: Method, path: &str) -> Result<Ask<'a>> {
        let url = self.base.join(path).map_err(|error| {
            Error::new(Kind::Usage, "the artefact's name makes no URL").caused_by(error)
        })?;
        let (headers, longest) = (Vec::new(), LONGEST_MANIFEST);
        Ok(Ask { access, method, url, headers, body: None, longest, download: false })
    }

    /// Sends a request, and again with what the registry asks for.
    async fn send(&self, ask: &Ask<'_>) -> Result<Response> {
        let response = self.once(ask, None).await?;
        if response.status != 401 {
            return Ok(response);
        }
        let challenges = response.headers.iter().filter(|(name, _)| name == "www-authenticate");
        let challenge = challenges.filter_map(|(_, value)| Challenge::parse(value)).next();
        let identity = match (challenge, &self.login) {
            (Some(Challenge::Bearer { realm, service, .. }), _) => {
                (Injection::Bearer, self.token(ask.access, &realm, service.as_deref()).await?)
            }
            (Some(Challenge::Basic), Some(Login::Password(login))) => {
                (Injection::Basic, login.clone())
            }
            _ => return Ok(response),
        };
        self.once(ask, Some(identity)).await
    }

    async fn once(&self, ask: &Ask<'_>, identity: Option<(Injection, Secret)>) -> Result<Response> {
        let credential = identity.as_ref().map(|_| HANDLE.to_owned());
        let egress = self.door.under(Grant {
            credentials: credential_of(identity, Origin::of(&self.base)?),
            ..self.grant.clone()
        });
        let pairs = ask.headers.iter();
        let request = Request {
            method: ask.method,
            url: ask.url.clone(),
            headers: pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: ask.body.clone(),
            credential,
        };
        match ask.download {
            true => egress.file(request, ask.longest).await,
            false => egress.fetch(request, ask.longest).await,
        }
    }

    /// A token from where the registry says. It could ask for the login itself,
    /// so it is trusted with where the login goes.
    async fn token(&self, access: Access, realm: &str, service: Option<&str>) -> Result<Secret> {
        let actions = match access {
            Access::Pull => "pull",
            Access::Push => "pull,push",
        };
        let wanted = Wanted {
            registry: &Origin::of(&self.base)?,
            realm,
            service,
            scope: Some(&format!("repository:{}:{actions}", self.repository)),
            login: self.login.as_ref(),
            named: &self.grant.named,
        };
        wanted.get(&self.door).await.map_err(|error| match error.kind() {
            Kind::Unauthorized => self.unauthorized(error.message()),
            _ => error,
        })
    }

    fn expect(&self, response: Response, url: &Url, statuses: &[u16]) -> Result<Response> {
        let what = shown(url);
        match response.status {
            status if statuses.contains(&status) => Ok(response),
            401 | 403 => Err(self.unauthorized(&format!(
                "{what} may not be used without a login, or not with this one"
            ))),
            404 => Err(Error::new(Kind::NotFound, format!("there is nothing at {what}"))
                .with_hint("check the registry, the name and the tag")),
            status => {
                let said = escape(&String::from_utf8_lossy(
                    &response.body[..response.body.len().min(300)],
                ));
                Err(Error::new(Kind::Network, format!("{what} answered with status {status}"))
                    .caused_by(said))
            }
        }
    }

    fn unauthorized(&self, what: &str) -> Error {
        Error::new(Kind::Unauthorized, what).with_hint(format!(
            "log in with `docker login {}` or `podman login`, into a config file with `auths`",
            self.base.authority()
        ))
    }
}

fn credential_of(identity: Option<(Injection, Secret)>, audience: Origin) -> Vec<Credential> {
    let credential = |(injection, secret)| Credential {
        handle: HANDLE.to_owned(),
        audience,
        injection,
        secret: Some(secret),
        read_from: vec!["the docker config".to_owned()],
    };
    identity.map(credential).into_iter().collect()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}
