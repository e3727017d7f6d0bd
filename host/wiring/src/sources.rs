//! From a source's name to a source that may be asked.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use nix_ai_model_builtin::Kind as PluginKind;
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::Origin;
use nix_ai_model_core::plugin::Grants;
use nix_ai_model_core::ports::{Source, Transfer};
use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::spec::{Selection, ShortForm, Spec, Written};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_net::{
    Door, Expanded, ObjectSource, Proxies, Settings, Stores, Timeouts, UrlSource,
};
use nix_ai_model_runtime::{Limits, Lookup, Manifest, Plugin, PluginSource, Runtime};
use nix_ai_model_store::{ArtefactFolder, settings};

use crate::credentials::credentials;
use crate::environment::{CERTIFICATES, CONNECTIONS, Environment, NETRC, STALL_SECONDS};
use crate::objects::object_settings;
use crate::plugins::{Found, Plugins};
use crate::transfers::rate_of;

/// The native source of plain addresses.
pub(crate) const URL: &str = "url";
/// The longest bundle of certificates, in bytes.
const CERTIFICATE_BUNDLE: usize = 16 << 20;

/// The sources that this program has.
pub struct Sources {
    environment: Environment,
    artefacts: ArtefactFolder,
    plugins: Plugins,
    door: Door,
}

/// A plugin, and what it may use of what it asks for.
struct Loaded {
    plugin: Plugin,
    manifest: Manifest,
    named: Vec<Origin>,
}

/// A source under its grant, with the door that its downloads go through.
pub struct Ready {
    /// Who is asked.
    pub source: Arc<dyn Source>,
    /// What it may reach.
    pub grant: Grant,
    /// Moves the bytes.
    pub transfer: Arc<dyn Transfer>,
}

impl Sources {
    /// `packaged` is where the package keeps compiled plugins, `cache` where
    /// the user does.
    ///
    /// # Errors
    /// Where a setting of the environment is malformed or a file that one
    /// names cannot be read.
    pub fn new(
        environment: &Environment,
        plugins: Plugins,
        mut packaged: Vec<PathBuf>,
        cache: Option<PathBuf>,
    ) -> Result<Self> {
        packaged.extend(plugins.artefacts());
        Ok(Self {
            environment: environment.clone(),
            artefacts: ArtefactFolder::new(packaged, cache.map(|cache| cache.join("artefacts"))),
            plugins,
            door: Door::new(net_settings(environment)?)?,
        })
    }

    /// The spec that a short form stands for.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it names no source or is malformed.
    pub async fn parse(&self, text: &str) -> Result<Spec> {
        self.read(Written::Short(ShortForm::new(text)?, Selection::default())).await
    }

    /// The spec that was written: a short form is read by its source.
    ///
    /// # Errors
    /// As [`Sources::parse`].
    pub async fn read(&self, written: Written) -> Result<Spec> {
        let (ShortForm { source, reference }, selection) = match written {
            Written::Fields(spec) => return Ok(spec),
            Written::Short(short, selection) => (short, selection),
        };
        let fields = if source == URL {
            UrlSource.parse(&reference).await?
        } else if let Some(scheme) = ObjectSource::scheme(&source) {
            ObjectSource::fields(scheme, &reference)?
        } else {
            PluginSource::parse(&self.load(&source).await?.plugin, &reference).await?
        };
        Ok(Spec { source, fields, selection })
    }

    /// The source that a spec names, under the grant that its manifest, its
    /// fields and the environment give.
    ///
    /// # Errors
    /// [`Kind::Usage`] where there is no such source or a setting is malformed.
    pub async fn ready(&self, spec: &Spec) -> Result<Ready> {
        let allowed = self.allowed()?;
        if spec.source == URL {
            let mut grant = UrlSource::grant(&spec.fields)?;
            grant.named.extend(allowed);
            grant.mirrors.extend(self.mirrors());
            let transfer = Arc::new(self.door.under(grant.clone()));
            return Ok(Ready { source: Arc::new(UrlSource), grant, transfer });
        }
        if ObjectSource::scheme(&spec.source).is_some() {
            let settings = object_settings(&self.environment)?;
            let (source, stores, grant) = ObjectSource::new(&self.door, spec, settings)?;
            let transfer = Arc::new(self.door.under(grant.clone()).with_stores(stores));
            return Ok(Ready { source: Arc::new(source), grant, transfer });
        }
        let Loaded { plugin, manifest, named } = self.load(&spec.source).await?;
        let allowed: Vec<Origin> = named.into_iter().chain(allowed).collect();
        let mut grant = manifest.grant(&spec.fields, &allowed, self)?;
        grant.mirrors.extend(self.mirrors());
        let settings = manifest.settings(self);
        let egress = Arc::new(self.door.under(grant.clone()));
        let source: Arc<dyn Source> =
            Arc::new(PluginSource::new(plugin, egress.clone(), &grant, settings));
        if grant.objects.is_empty() {
            return Ok(Ready { source, grant, transfer: egress });
        }
        let stores = Arc::new(Stores::new(self.door.clone(), object_settings(&self.environment)?));
        let transfer = Arc::new((*egress).clone().with_stores(stores.clone()));
        let source = Arc::new(Expanded::new(source, stores, grant.clone()));
        Ok(Ready { source, grant, transfer })
    }

    /// The origins that the user lets this run reach.
    pub(crate) fn allowed(&self) -> Result<Vec<Origin>> {
        self.environment.allowed_origins()
    }

    fn mirrors(&self) -> impl Iterator<Item = Origin> {
        self.environment.transfers.mirrors.origins()
    }

    /// The door that all of this run's requests go through.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Where compiled plugins are kept.
    pub fn artefacts(&self) -> &ArtefactFolder {
        &self.artefacts
    }

    async fn load(&self, name: &str) -> Result<Loaded> {
        let runtime = Runtime::new(Limits::default())?;
        let (component, grants) = self.granted_component(name, PluginKind::Source).await?;
        let plugin = self.open(name, &component, &runtime)?;
        let manifest = plugin.manifest().clone();
        Ok(match grants {
            None => Loaded { plugin, manifest, named: Vec::new() },
            Some(grants) => {
                Loaded { plugin, manifest: manifest.within(&grants), named: grants.origins }
            }
        })
    }

    /// The component of a name, and what it was granted; all it asks for where
    /// there is none.
    pub(crate) async fn granted_component(
        &self,
        name: &str,
        kind: PluginKind,
    ) -> Result<(Cow<'_, [u8]>, Option<Grants>)> {
        match self.plugins.find(name, kind)? {
            Found::Here { component, grants } => Ok((component, grants)),
            Found::Elsewhere(pin) => {
                Ok((self.pinned_component(name, pin).await?.into(), Some(pin.grants.clone())))
            }
        }
    }

    /// Opens the component of a name.
    pub(crate) fn open(&self, name: &str, component: &[u8], runtime: &Runtime) -> Result<Plugin> {
        let plugin = Plugin::open(runtime, component, &self.artefacts)?;
        let said = &plugin.manifest().name;
        if said != name {
            return Err(Error::new(
                Kind::Refused,
                format!("the component of plugin {} says that it is {said}", escape(name)),
            )
            .with_hint("pin it under its own name"));
        }
        Ok(plugin)
    }
}

impl Lookup for Sources {
    fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).map(str::to_owned)
    }

    fn secret_file(&self, path: &str) -> Result<Option<Secret>> {
        settings::secret(path.as_ref())
    }
}

fn net_settings(environment: &Environment) -> Result<Settings> {
    let proxy = |name| environment.either_case(name).map(Secret::new);
    let authorities =
        CERTIFICATES.into_iter().find_map(|name| Some((name, environment.get(name)?)));
    let authorities = match authorities {
        None => None,
        Some((name, path)) => certificates(name, path)?,
    };
    let netrc = environment
        .get(NETRC)
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(environment.get("HOME")?).join(".netrc")));
    let usual = Settings::default();
    let connections = environment.get(CONNECTIONS).map_or(Ok(usual.connections), |text| {
        text.parse().map_err(|error| {
            Error::new(Kind::Usage, format!("{CONNECTIONS} is not a number of at least 1"))
                .caused_by(error)
        })
    })?;
    Ok(Settings {
        proxies: Proxies {
            http: proxy("http_proxy"),
            https: proxy("https_proxy"),
            all: proxy("all_proxy"),
            direct: environment.either_case("no_proxy").unwrap_or_default().to_owned(),
        },
        authorities,
        netrc: netrc.map(|path| settings::secret(&path)).transpose()?.flatten(),
        credentials: credentials(environment)?,
        timeouts: timeouts(environment)?,
        retries: environment.transfers.retries(),
        rate: environment
            .transfers
            .rate
            .map_or_else(|| rate_of(environment), |rate| Ok(Some(rate)))?,
        connections,
        ..usual
    })
}

/// Who waits less for a byte waits no longer for a connection.
fn timeouts(environment: &Environment) -> Result<Timeouts> {
    let usual = Timeouts::default();
    let stall = environment.seconds(STALL_SECONDS)?.unwrap_or(usual.stall);
    Ok(Timeouts { stall, connect: usual.connect.min(stall), ..usual })
}

/// The certificates in a file that a variable names. Nix sets the variable to
/// a file that a build's sandbox does not have, so a missing one is not an
/// error: the built-in authorities serve then.
fn certificates(name: &str, path: &str) -> Result<Option<Vec<u8>>> {
    settings::bytes(path.as_ref(), CERTIFICATE_BUNDLE)
        .map_err(|error| error.within(format_args!("the certificates that {name} names")))
}
