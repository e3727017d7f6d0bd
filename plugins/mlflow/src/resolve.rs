//! From a model to a plan, and back to fresh URLs.

use nix_ai_model_sdk::{Failure, Host, Locator, Plan, PlannedFile};

use crate::Result;
use crate::files::{self, File, Folder};
use crate::find::find;
use crate::pin;
use crate::place::Place;
use crate::spec::MlflowSpec;
use crate::tracking::Tracking;
use crate::uri::ModelUri;

/// Finds the model and lists its files.
pub fn resolve(spec: &MlflowSpec, host: &dyn Host) -> Result<Plan> {
    let wanted = spec.wanted()?;
    let tracking = Tracking::of(spec, host)?;
    let found = find(&tracking, &wanted)?;
    let identity = pin::identity(&found);
    let (pin, files) = match found.place {
        Place::Objects(prefix) => {
            let pin = pin::of_objects(&identity, &prefix);
            (pin, vec![planned(File { path: String::new(), size: None }, Locator::Object(prefix))])
        }
        Place::Folder(folder) => {
            let (folder, files) = listed(&tracking, &wanted, folder)?;
            let pin = pin::of_files(&identity, &files);
            let locators = folder.locators(&files)?;
            (pin, files.into_iter().zip(locators).map(|(file, at)| planned(file, at)).collect())
        }
    };
    Ok(Plan { reference: wanted.short(), pin, files })
}

fn planned(file: File, locator: Locator) -> PlannedFile {
    let File { path, size } = file;
    PlannedFile { path, size, digests: Vec::new(), executable: false, locator }
}

/// Fresh URLs for files of what the pin names, whatever an alias says by now.
pub fn locate(
    spec: &MlflowSpec,
    host: &dyn Host,
    pin: &str,
    paths: &[String],
) -> Result<Vec<Locator>> {
    let tracking = Tracking::of(spec, host)?;
    let wanted = pin::uri(pin)?;
    let found = find(&tracking, &wanted)?;
    if !pin::is_of(pin, &pin::identity(&found)) {
        return Err(Failure::not_found(format!(
            "{} was replaced by another on {} while it was fetched",
            found.uri,
            tracking.base()
        ))
        .with_hint("start again: it is planned anew"));
    }
    match found.place {
        Place::Folder(mut folder) => {
            let is_run = matches!(wanted, ModelUri::Run { .. });
            if is_run && folder.list("")?.is_empty() {
                folder = listed(&tracking, &wanted, folder)?.0;
            }
            let file = |path: &String| File { path: path.clone(), size: None };
            folder.fresh(&paths.iter().map(file).collect::<Vec<_>>())
        }
        Place::Objects(_) => Err(Failure::unsupported("objects do not expire")),
    }
}

/// The files of a folder. Where there are none and what is wanted is one file
/// of a run, its folder with that file alone.
fn listed<'a>(
    tracking: &'a Tracking<'a>,
    wanted: &ModelUri,
    folder: Box<dyn Folder + 'a>,
) -> Result<(Box<dyn Folder + 'a>, Vec<File>)> {
    let files = files::all(&*folder)?;
    if !files.is_empty() {
        return Ok((folder, files));
    }
    let ModelUri::Run { id, path } = wanted else { return Err(nothing(tracking, wanted)) };
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = ModelUri::Run { id: id.clone(), path: parent.to_owned() };
    let Place::Folder(folder) = find(tracking, &parent)?.place else {
        return Err(nothing(tracking, wanted));
    };
    let mut entries = folder.list("")?.into_iter();
    let file = entries.find(|entry| !entry.is_dir && entry.path == name);
    let file = file.ok_or_else(|| nothing(tracking, wanted))?;
    Ok((folder, vec![File { path: file.path, size: file.file_size }]))
}

fn nothing(tracking: &Tracking<'_>, wanted: &ModelUri) -> Failure {
    Failure::not_found(format!("{} has no files of {wanted}", tracking.base())).with_hint(
        "they were removed, or never uploaded; the server's page of it shows its artifacts",
    )
}

#[cfg(test)]
mod tests;
