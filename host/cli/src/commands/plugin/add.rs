use std::path::Path;

use nix_ai_model_core::plugin::{LockFile, Pin, Receipt, Reference};
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_store::{document, settings};
use serde::Serialize;

use super::consent::{Candidate, check_asked};
use super::words;
use crate::arguments::Add;
use crate::context::Context;

#[derive(Serialize)]
struct Added<'a> {
    name: &'a str,
    version: String,
    #[serde(flatten)]
    pin: &'a Pin,
}

pub(super) async fn run(add: &Add, context: &Context) -> Result<()> {
    let sources = context.sources()?;
    let folder = context.plugins()?;
    let candidate = Candidate::fetch(&add.reference.parse()?, &sources, context).await?;
    let name = &candidate.manifest.name;
    if add.lock.is_none() && folder.receipt(name)?.is_some() {
        return Err(Error::new(Kind::Usage, format!("plugin {name} is installed already"))
            .with_hint(format!(
                "`nix-ai-model plugin update {name}` fetches its newest version from where it came; to install another, remove it first"
            )));
    }
    let given = add.grants.grants();
    check_asked(&candidate.manifest, &given)?;
    candidate.compile(&sources)?;
    let asked = candidate.manifest.asks();
    let grants = asked.with(&given);
    let mut sheet = candidate.sheet();
    sheet.lines("may", &words::powers(&candidate.manifest));
    sheet.lines("may", &words::named(&given).into_iter().collect::<Vec<_>>());
    candidate.consent(&asked, &given, &add.consent, &sheet, context)?;
    let mut pin = candidate.pin(grants);
    match &add.lock {
        Some(path) => pin = lock(path, name, pin)?,
        None => {
            let version = candidate.manifest.version.to_string();
            let receipt = Receipt::new(name.clone(), version, pin.clone(), candidate.signer());
            folder.install(&receipt, &candidate.acquired.component)?;
        }
    }
    let version = candidate.manifest.version.to_string();
    context.output.result(&Added { name, version, pin: &pin }, |added| {
        let place = match &add.lock {
            Some(path) => format!("pinned in {}", path.display()),
            None => "installed".to_owned(),
        };
        format!("{} {} {place} ({})", added.name, added.version, added.pin.hash)
    })
}

/// Writes the pin into a project's lock file. A component's file is named from
/// the lock file's folder.
fn lock(path: &Path, name: &str, mut pin: Pin) -> Result<Pin> {
    let mut lock = match settings::text(path)? {
        Some(text) => LockFile::parse(text.as_bytes())?,
        None => LockFile::default(),
    };
    if let Reference::File(file) = &pin.component {
        pin.component = Reference::File(beside(path, Path::new(file))?);
    }
    lock.plugins.insert(name.to_owned(), pin.clone());
    document::replace(path, lock.to_json().as_bytes())?;
    Ok(pin)
}

/// The file's path from the folder of the lock file, below which it has to be:
/// a lock file goes with its project.
fn beside(lock: &Path, file: &Path) -> Result<String> {
    let lock = document::absolute(lock)?;
    let file = document::absolute(file)?;
    let below =
        file.strip_prefix(lock.parent().unwrap_or(Path::new("/"))).ok().and_then(Path::to_str);
    below.map(|below| format!("./{below}")).ok_or_else(|| {
        Error::new(Kind::Usage, "the component is not below the folder of the lock file")
            .with_hint("a lock file goes with its project: put the component there, or name an https URL or an OCI artefact")
    })
}
