//! Which plugins a run has, and what each of them was granted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nix_ai_model_builtin as builtin;
use nix_ai_model_core::plugin::{Grants, LockFile, Pin, Reference};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_net::ObjectSource;
use nix_ai_model_store::{PluginFolder, settings};

/// The largest component, in bytes.
pub const LARGEST_COMPONENT: usize = 64 << 20;

/// A plugin that a lock file or a derivation pins.
#[derive(Debug, Clone)]
pub struct PinnedPlugin {
    /// What was consented to.
    pub pin: Pin,
    /// The component's file, where it is here already.
    pub path: Option<PathBuf>,
    /// A folder with its compiled artefact, where there is one.
    pub artefacts: Option<PathBuf>,
}

/// The plugins of a run: built in, pinned, installed. The first that has the
/// name counts.
#[derive(Debug, Default)]
pub struct Plugins {
    pinned: BTreeMap<String, PinnedPlugin>,
    installed: Option<PluginFolder>,
}

/// Where a plugin's component is.
pub(crate) enum Found<'a> {
    /// Here, with what it was granted; all it asks for where there is none.
    Here { component: Cow<'a, [u8]>, grants: Option<Grants> },
    /// Somewhere else, pinned.
    Elsewhere(&'a Pin),
}

impl Plugins {
    /// Those that are built in, and these.
    ///
    /// # Errors
    /// [`Kind::Usage`] where one has the name of a source that is built in.
    pub fn new(
        pinned: BTreeMap<String, PinnedPlugin>,
        installed: Option<PluginFolder>,
    ) -> Result<Self> {
        match pinned.keys().find(|name| is_builtin(name)) {
            Some(name) => Err(taken(name)),
            None => Ok(Self { pinned, installed }),
        }
    }

    /// The pins of a lock file, whose files are named from its folder.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is none; [`Kind::Usage`] where it is
    /// malformed.
    pub fn lock(path: &Path) -> Result<BTreeMap<String, PinnedPlugin>> {
        let shown = escape(&path.to_string_lossy());
        let text = settings::text(path)?.ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no lock file of plugins \"{shown}\""))
                .with_hint("`nix-ai-model plugin add REF --lock FILE` makes it")
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let pinned = |(name, pin): (String, Pin)| {
            let path = match &pin.component {
                Reference::File(file) => Some(folder.join(file)),
                Reference::Url(_) | Reference::Oci(_) => None,
            };
            (name, PinnedPlugin { pin, path, artefacts: None })
        };
        let lock = LockFile::parse(text.as_bytes())
            .map_err(|error| error.within(format_args!("\"{shown}\"")))?;
        Ok(lock.plugins.into_iter().map(pinned).collect())
    }

    /// The folders of compiled artefacts that the pins name.
    pub(crate) fn artefacts(&self) -> impl Iterator<Item = PathBuf> {
        self.pinned.values().filter_map(|plugin| plugin.artefacts.clone())
    }

    pub(crate) fn find(&self, name: &str, kind: builtin::Kind) -> Result<Found<'_>> {
        let builtin = builtin::plugins().iter().find(|builtin| builtin.name == name);
        if let Some(builtin) = builtin {
            return Ok(Found::Here { component: builtin.component.into(), grants: None });
        }
        if let Some(PinnedPlugin { pin, path, .. }) = self.pinned.get(name) {
            let Some(path) = path else { return Ok(Found::Elsewhere(pin)) };
            let component = component_file(path)?;
            pin.check(name, &component)?;
            let grants = Some(pin.grants.clone());
            return Ok(Found::Here { component: component.into(), grants });
        }
        let receipt = self.installed.as_ref().map(|folder| folder.receipt(name)).transpose()?;
        let (Some(folder), Some(Some(receipt))) = (&self.installed, receipt) else {
            return Err(self.unknown(name, kind));
        };
        let component = folder.component(&receipt)?;
        Ok(Found::Here { component: component.into(), grants: Some(receipt.grants) })
    }

    fn unknown(&self, name: &str, kind: builtin::Kind) -> Error {
        let installed = self.installed.as_ref().map(PluginFolder::receipts);
        let installed = installed.and_then(Result::ok).unwrap_or_default();
        let (what, mut known): (_, Vec<&str>) = match kind {
            builtin::Kind::Source => ("source", builtin_sources().collect()),
            builtin::Kind::Scanner => ("scanner", builtin_plugins(kind).collect()),
        };
        // What a plugin is for only its component says.
        known.extend(self.pinned.keys().map(String::as_str));
        known.extend(installed.iter().map(|receipt| &*receipt.name));
        Error::new(Kind::Usage, format!("there is no {what} \"{}\"", escape(name))).with_hint(
            format!("the {what}s are {}; `nix-ai-model plugin add` adds more", known.join(", ")),
        )
    }
}

/// The names of built-in plugins of a kind.
pub fn builtin_plugins(kind: builtin::Kind) -> impl Iterator<Item = &'static str> {
    builtin::plugins().iter().filter(move |plugin| plugin.kind == kind).map(|plugin| plugin.name)
}

fn builtin_sources() -> impl Iterator<Item = &'static str> {
    builtin_plugins(builtin::Kind::Source).chain([crate::sources::URL]).chain(ObjectSource::NAMES)
}

/// The names that no other plugin may have.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    builtin_sources().chain(builtin_plugins(builtin::Kind::Scanner))
}

/// Whether the name belongs to something that is built in.
pub fn is_builtin(name: &str) -> bool {
    builtin_names().any(|builtin| builtin == name)
}

/// The refusal of a plugin that has the name of one that is built in.
pub fn taken(name: &str) -> Error {
    Error::new(
        Kind::Refused,
        format!("the name {} belongs to a source that is built in", escape(name)),
    )
    .with_hint("a plugin of yours needs another name in its manifest")
}

/// The bytes of a component's file.
///
/// # Errors
/// [`Kind::NotFound`] where there is none; [`Kind::Usage`] where it is too
/// long or no file.
pub fn component_file(path: &Path) -> Result<Vec<u8>> {
    settings::bytes(path, LARGEST_COMPONENT)?.ok_or_else(|| {
        let shown = escape(&path.to_string_lossy());
        Error::new(Kind::NotFound, format!("there is no component file \"{shown}\""))
            .with_hint("`nix-ai-model plugin list` shows the plugins that are installed")
    })
}
