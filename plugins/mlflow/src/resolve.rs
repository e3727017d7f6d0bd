//! From a model to a plan, and back to fresh URLs.

use nix_ai_model_sdk::{Failure, Host, Locator, Plan, PlannedFile};

use crate::Result;
use crate::files::{self, File, Folder};
use crate::find::{Found, find};
use crate::pin;
use crate::place::Place;
use crate::spec::MlflowSpec;
use crate::tracking::Tracking;
use crate::uri::ModelUri;

/// Finds the model and lists its files.
pub fn resolve(spec: &MlflowSpec, host: &dyn Host) -> Result<Plan> {
    let wanted = spec.wanted()?;
    let tracking = Tracking::of(spec, host)?;
    let found = found(&tracking, &wanted)?;
    let identity = pin::identity(&found);
    let (pin, files) = match found.place {
        Place::Objects(prefix) => {
            let pin = pin::of_objects(&identity, &prefix);
            (pin, vec![planned(File { path: String::new(), size: None }, Locator::Object(prefix))])
        }
        Place::Folder(folder) => {
            let files = files::all(&*folder)?;
            if files.is_empty() {
                return Err(nothing(&tracking, &wanted));
            }
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
    let found = found(&tracking, &pin::uri(pin)?)?;
    if !pin::is_of(pin, &pin::identity(&found)) {
        return Err(Failure::not_found(format!(
            "{} was replaced by another on {} while it was fetched",
            found.uri,
            tracking.base()
        ))
        .with_hint("start again: it is planned anew"));
    }
    match found.place {
        Place::Folder(folder) => {
            let file = |path: &String| File { path: path.clone(), size: None };
            folder.fresh(&paths.iter().map(file).collect::<Vec<_>>())
        }
        Place::Objects(_) => Err(Failure::unsupported("objects do not expire")),
    }
}

/// What the URI names. Where it is one file of a run, its folder with that
/// file alone.
fn found<'a>(tracking: &'a Tracking<'a>, wanted: &ModelUri) -> Result<Found<'a>> {
    let found = find(tracking, wanted)?;
    let ModelUri::Run { id, path } = wanted else { return Ok(found) };
    let Place::Folder(folder) = &found.place else { return Ok(found) };
    if path.is_empty() || !folder.list("").is_ok_and(|entries| entries.is_empty()) {
        return Ok(found);
    }
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = ModelUri::Run { id: id.clone(), path: parent.to_owned() };
    let Place::Folder(folder) = find(tracking, &parent)?.place else { return Ok(found) };
    let entries = folder.list("")?.into_iter();
    let file = entries.filter(|entry| !entry.is_dir && entry.path == name);
    let Some(file) = file.map(|entry| File { path: entry.path, size: entry.file_size }).next()
    else {
        return Ok(found);
    };
    Ok(Found { place: Place::Folder(Box::new(OneFile { folder, file })), ..found })
}

/// One file of a folder.
struct OneFile<'a> {
    folder: Box<dyn Folder + 'a>,
    file: File,
}

impl Folder for OneFile<'_> {
    fn list(&self, _: &str) -> Result<Vec<files::Entry>> {
        let File { path, size } = self.file.clone();
        Ok(vec![files::Entry { path, is_dir: false, file_size: size }])
    }

    fn locators(&self, files: &[File]) -> Result<Vec<Locator>> {
        self.folder.locators(files)
    }

    fn fresh(&self, files: &[File]) -> Result<Vec<Locator>> {
        self.folder.fresh(files)
    }
}

fn nothing(tracking: &Tracking<'_>, wanted: &ModelUri) -> Failure {
    Failure::not_found(format!("{} has no files of {wanted}", tracking.base())).with_hint(
        "they were removed, or never uploaded; the server's page of it shows its artifacts",
    )
}

#[cfg(test)]
mod tests;
