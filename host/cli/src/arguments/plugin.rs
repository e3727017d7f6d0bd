//! The grammar of `nix-ai-model plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use nix_ai_model_core::grant::ObjectStore;
use nix_ai_model_core::origin::{Origin, OriginPattern};
use nix_ai_model_core::plugin::Grants;

#[derive(Debug, Subcommand)]
pub(crate) enum Plugin {
    /// Install a plugin: shows what it may reach, and asks
    Add(Add),
    /// List the plugins
    List,
    /// Show what a plugin is and what it may reach, without running it
    Inspect {
        /// A plugin's name, a file, an https URL, or oci://registry/name:tag
        plugin: String,
    },
    /// Fetch newer versions of installed plugins; asks where one asks for more
    Update(Update),
    /// Let an installed plugin reach what it asks for, or an origin that you name
    Grant {
        /// The plugin's name
        name: String,
        #[command(flatten)]
        grants: Allowed,
    },
    /// Take from an installed plugin what it was granted
    Revoke {
        /// The plugin's name
        name: String,
        #[command(flatten)]
        grants: Revoked,
    },
    /// Remove an installed plugin and all that was granted to it
    Remove {
        /// The plugin's name
        name: String,
    },
    /// Make the folder of a new plugin
    New(New),
    /// Put a manifest into a component, and check both
    Pack(Pack),
    /// Run a plugin against recorded answers or sample folders
    Test(Test),
    /// Push a plugin to an OCI registry
    Publish(Publish),
    /// Compile plugins ahead of time, for packaging
    Compile {
        /// Component files (default: the built-in plugins)
        components: Vec<PathBuf>,
        /// The folder that gets the compiled artefacts
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// A file, an https URL, or oci://registry/name:tag[@sha256:…]
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    #[command(flatten)]
    pub(crate) consent: Consent,
    #[command(flatten)]
    pub(crate) grants: Allowed,
    /// Pin it in this lock file of a project, instead of installing it
    #[arg(long, value_name = "FILE")]
    pub(crate) lock: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The plugins' names (default: all)
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) consent: Consent,
    #[command(flatten)]
    pub(crate) grants: Allowed,
}

/// How consent is given without being asked.
#[derive(Debug, Args)]
pub(crate) struct Consent {
    /// Do not ask: the options below say all that is granted
    #[arg(long)]
    pub(crate) yes: bool,
    /// Accept a component that no trusted key signed
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
}

/// What a plugin is granted.
#[derive(Debug, Args)]
pub(crate) struct Allowed {
    /// Let it read metadata from this origin
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_http: Vec<OriginPattern>,
    /// Let its plans name this origin
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_download: Vec<OriginPattern>,
    /// Let its downloads come from any https origin that has a public address
    #[arg(long)]
    pub(crate) allow_public_downloads: bool,
    /// Let its plans name objects of this store (s3, gs, az), fetched with your credentials
    #[arg(long, value_name = "STORE")]
    pub(crate) allow_objects: Vec<ObjectStore>,
    /// Let it read the value of this variable
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) allow_setting: Vec<String>,
    /// Let the host use this credential for it
    #[arg(long, value_name = "HANDLE")]
    pub(crate) allow_credential: Vec<String>,
    /// Let it reach this origin of yours, even by plain http or at a private address
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_named_origin: Vec<Origin>,
}

impl Allowed {
    pub(crate) fn grants(&self) -> Grants {
        Grants {
            http: self.allow_http.clone(),
            download: self.allow_download.clone(),
            public_downloads: self.allow_public_downloads,
            objects: self.allow_objects.clone(),
            settings: self.allow_setting.clone(),
            credentials: self.allow_credential.clone(),
            origins: self.allow_named_origin.clone(),
        }
    }
}

/// What a plugin loses.
#[derive(Debug, Args)]
pub(crate) struct Revoked {
    /// Reading metadata from this origin
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) http: Vec<OriginPattern>,
    /// Naming this origin in plans
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) download: Vec<OriginPattern>,
    /// Downloads from any https origin that has a public address
    #[arg(long)]
    pub(crate) public_downloads: bool,
    /// Naming objects of this store (s3, gs, az)
    #[arg(long, value_name = "STORE")]
    pub(crate) objects: Vec<ObjectStore>,
    /// Reading the value of this variable
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) setting: Vec<String>,
    /// This credential
    #[arg(long, value_name = "HANDLE")]
    pub(crate) credential: Vec<String>,
    /// This origin that you named
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) named_origin: Vec<Origin>,
    /// Everything
    #[arg(long)]
    pub(crate) all: bool,
}

impl Revoked {
    pub(crate) fn grants(&self) -> Grants {
        Grants {
            http: self.http.clone(),
            download: self.download.clone(),
            public_downloads: self.public_downloads,
            objects: self.objects.clone(),
            settings: self.setting.clone(),
            credentials: self.credential.clone(),
            origins: self.named_origin.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The plugin's name: lower-case letters, digits and hyphens
    pub(crate) name: String,
    /// What it is
    #[arg(long, value_enum, default_value_t = PluginKind::Source)]
    pub(crate) kind: PluginKind,
    /// What it is written in
    #[arg(long, value_enum, default_value_t = Language::Rust)]
    pub(crate) lang: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PluginKind {
    /// Knows a registry
    Source,
    /// Looks for dangerous content
    Scanner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Rust, with cargo
    Rust,
    /// JavaScript, with componentize-js
    Javascript,
    /// Python, with componentize-py
    Python,
}

#[derive(Debug, Args)]
pub(crate) struct Pack {
    /// The component, or a core module made with wit-bindgen
    pub(crate) component: PathBuf,
    /// The manifest
    #[arg(long, value_name = "FILE", default_value = "plugin.toml")]
    pub(crate) manifest: PathBuf,
    /// Where the plugin goes (default: NAME.wasm in this folder)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The plugin's file
    pub(crate) plugin: PathBuf,
    /// The folder of cases
    #[arg(long, value_name = "DIR", default_value = "cases")]
    pub(crate) cases: PathBuf,
    /// Ask the real registry, and write its answers into the cases
    #[arg(long)]
    pub(crate) record: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// The plugin's file; signatures beside it (FILE.minisig, FILE.sigstore.json) go with it
    pub(crate) plugin: PathBuf,
    /// oci://registry/name:tag
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
}
