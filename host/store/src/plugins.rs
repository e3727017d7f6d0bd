//! The plugins that a user installed: receipts and components.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::plugin::{Pin, Receipt};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;

use crate::document;
use crate::fault::disk;
use crate::folder::{Folder, name};

/// The longest receipt, in bytes.
const RECEIPT: u64 = 1 << 20;
/// The longest component, in bytes.
const COMPONENT: u64 = 64 << 20;
/// The most plugins.
const MOST: usize = 10_000;
/// The folder of components.
const COMPONENTS: &str = "components";
/// The file that a writer holds locked.
const LOCK: &str = ".lock";
const SUFFIX: &str = ".json";

/// A folder of installed plugins, private to its user: `NAME.json` is a
/// receipt, `components/SHA256.wasm` what it is for. A receipt is written last
/// and removed first, so what is half done is not installed.
#[derive(Debug, Clone)]
pub struct PluginFolder {
    path: PathBuf,
}

impl PluginFolder {
    /// The folder at `path`; it is made when something is installed.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// All receipts, by name.
    ///
    /// # Errors
    /// [`Kind::Disk`] where the folder cannot be read; [`Kind::Refused`] where
    /// a receipt is malformed or the folder is not this user's own.
    pub fn receipts(&self) -> Result<Vec<Receipt>> {
        let Some(folder) = self.open()? else { return Ok(Vec::new()) };
        let mut receipts = Vec::new();
        for file in folder.names(MOST)? {
            let plugin = std::str::from_utf8(&file).ok().and_then(|name| name.strip_suffix(SUFFIX));
            if let Some(plugin) = plugin.filter(|plugin| !plugin.starts_with('.')) {
                receipts.extend(receipt(&folder, plugin)?);
            }
        }
        Ok(receipts)
    }

    /// The receipt of a plugin, where it is installed.
    ///
    /// # Errors
    /// As [`PluginFolder::receipts`].
    pub fn receipt(&self, plugin: &str) -> Result<Option<Receipt>> {
        if !nix_ai_model_core::spec::is_source_name(plugin) {
            return Ok(None);
        }
        self.open()?.map_or(Ok(None), |folder| receipt(&folder, plugin))
    }

    /// The component of an installed plugin: exactly the bytes that consent
    /// was given to.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where it is missing; [`Kind::HashMismatch`] where
    /// there is another in its place.
    pub fn component(&self, receipt: &Receipt) -> Result<Vec<u8>> {
        let again = format!(
            "remove it with `nix-ai-model plugin remove {}` and add it again",
            receipt.name
        );
        let components = match self.open()?.map(|folder| folder.folder(COMPONENTS)) {
            Some(Ok(components)) => components,
            None | Some(Err(Errno::NOENT)) => {
                return Err(missing(&receipt.name).with_hint(again));
            }
            Some(Err(error)) => return Err(disk("open", &self.path.join(COMPONENTS), error)),
        };
        let bytes = read(&components, &file_of(&receipt.hash), COMPONENT)?
            .ok_or_else(|| missing(&receipt.name).with_hint(again))?;
        receipt.pin().check(&receipt.name, &bytes)?;
        Ok(bytes)
    }

    /// Installs a plugin.
    ///
    /// # Errors
    /// [`Kind::Usage`] where another process has installed one of this name;
    /// [`Kind::HashMismatch`] where the component is not the receipt's;
    /// [`Kind::Disk`] where it cannot be written. Nothing changes then.
    pub fn install(&self, receipt: &Receipt, component: &[u8]) -> Result<()> {
        self.change(&receipt.name, None, receipt, Some(component))
    }

    /// Puts a receipt, and a component where it is another one, in the place of
    /// `seen`.
    ///
    /// # Errors
    /// As [`PluginFolder::install`], where what is there is no longer `seen`.
    pub fn replace(
        &self,
        seen: &Receipt,
        receipt: &Receipt,
        component: Option<&[u8]>,
    ) -> Result<()> {
        self.change(&receipt.name, Some(seen), receipt, component)
    }

    /// Removes a plugin: its receipt with all grants, and its component unless
    /// it is another plugin's too.
    ///
    /// # Errors
    /// [`Kind::Disk`] where it cannot be removed.
    pub fn remove(&self, plugin: &str) -> Result<()> {
        let Some(folder) = self.open()? else { return Ok(()) };
        let _writer = Writer::lock(&folder)?;
        folder.remove(format!("{plugin}{SUFFIX}"))?;
        folder.sync()?;
        sweep(&folder)
    }

    fn change(
        &self,
        plugin: &str,
        seen: Option<&Receipt>,
        next: &Receipt,
        component: Option<&[u8]>,
    ) -> Result<()> {
        let folder = Folder::private(&self.path)?;
        let _writer = Writer::lock(&folder)?;
        if receipt(&folder, plugin)?.as_ref() != seen {
            return Err(Error::new(
                Kind::Usage,
                format!("plugin {plugin} was changed by another process in the meantime"),
            )
            .with_hint(format!("look at it with `nix-ai-model plugin inspect {plugin}`")));
        }
        if let Some(component) = component {
            let pin: Pin = next.pin();
            pin.check(plugin, component)?;
            let components = Folder::private(&self.path.join(COMPONENTS))?;
            document::write(&components, Path::new(&file_of(&next.hash)), component, 0o600)?;
        }
        let receipt = format!("{plugin}{SUFFIX}");
        document::write(&folder, Path::new(&receipt), next.to_json().as_bytes(), 0o600)?;
        sweep(&folder)
    }

    /// The folder, where there is one.
    fn open(&self) -> Result<Option<Folder>> {
        match rustix::fs::stat(&self.path) {
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(disk("look at", &self.path, error)),
            Ok(_) => Folder::private(&self.path).map(Some),
        }
    }
}

/// The one who may write. The kernel takes the lock back when a process ends.
struct Writer {
    _file: std::fs::File,
}

impl Writer {
    /// Waits for the writer there is.
    fn lock(folder: &Folder) -> Result<Self> {
        let file = folder
            .file(LOCK, OFlags::RDWR | OFlags::CREATE)
            .map_err(|error| folder.fault("open", LOCK, error))?;
        loop {
            match rustix::fs::flock(&file, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(Self { _file: file }),
                Err(Errno::INTR) => {}
                Err(error) => return Err(folder.fault("lock", LOCK, error)),
            }
        }
    }
}

/// Removes what writers left behind that did not end, and components without
/// a receipt. Where a receipt cannot be read, components stay.
fn sweep(folder: &Folder) -> Result<()> {
    document::sweep(folder)?;
    let Ok(components) = folder.folder(COMPONENTS) else { return Ok(()) };
    document::sweep(&components)?;
    let mut kept = Vec::new();
    for file in folder.names(MOST)? {
        let plugin = std::str::from_utf8(&file).ok().and_then(|name| name.strip_suffix(SUFFIX));
        if let Some(plugin) = plugin {
            let Ok(Some(receipt)) = receipt(folder, plugin) else { return Ok(()) };
            kept.push(file_of(&receipt.hash));
        }
    }
    for file in components.names(MOST)? {
        if !kept.iter().any(|kept| kept.as_bytes() == file) {
            components.remove(name(&file))?;
        }
    }
    Ok(())
}

fn receipt(folder: &Folder, plugin: &str) -> Result<Option<Receipt>> {
    let Some(bytes) = read(folder, &format!("{plugin}{SUFFIX}"), RECEIPT)? else { return Ok(None) };
    Receipt::parse(plugin, &bytes).map(Some)
}

fn file_of(hash: &Sri) -> String {
    format!("{}.wasm", hash.digest().to_hex())
}

fn missing(plugin: &str) -> Error {
    Error::new(Kind::NotFound, format!("the component of plugin {} is missing", escape(plugin)))
}

fn read(folder: &Folder, file: &str, longest: u64) -> Result<Option<Vec<u8>>> {
    let opened = match folder.file(file, OFlags::RDONLY) {
        Ok(opened) => opened,
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(folder.fault("open", file, error)),
    };
    let mut bytes = Vec::new();
    let path = folder.join(file);
    opened.take(longest + 1).read_to_end(&mut bytes).map_err(|error| disk("read", &path, error))?;
    if bytes.len() as u64 > longest {
        return Err(Error::new(
            Kind::Refused,
            format!("\"{}\" is longer than {longest} bytes", crate::fault::shown(&path)),
        ));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests;
