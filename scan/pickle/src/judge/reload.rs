//! States that an object acts on when it gets them: a formula that is
//! evaluated, a file that is read, a database that is opened.

use super::formula;
use crate::machine::{At, Machine};
use crate::rules;
use crate::text;
use crate::value::{Kind, Value};

impl Machine<'_> {
    /// Judges a state by what the object's own `__setstate__` does with it.
    pub(super) fn judge_reload(&mut self, object: Value, state: Value, at: At<'_>) {
        let Some(name) = self.class_of(object).and_then(|class| self.names.get(class)) else {
            return;
        };
        let last = name.name.rsplit('.').next().unwrap_or_default();
        let is_dangerous: fn(&str, &str) -> bool = match (&*name.module, last) {
            (module, _) if module.starts_with("statsmodels.base.data") => {
                |key, value| key == "formula" && !formula::is_simple(value)
            }
            (module, "NDArrayWrapper" | "ZNDArrayWrapper") if module.contains("joblib") => {
                |key, value| key == "filename" && leaves(value)
            }
            (module, "RDBStorage") if module.starts_with("optuna") => {
                |key, value| key == "url" && reaches_out(value)
            }
            (module, "LdaMallet") if module.starts_with("gensim") => {
                |key, value| key == "mallet_path" && value.contains([' ', ';', '|', '&', '$'])
            }
            _ => return,
        };
        let path = name.path();
        let Some((items, all)) = self.items_of(state) else { return };
        if !all {
            let message = || format!("it gives \"{path}\" more than can be read");
            self.verdicts.other(&rules::ACTING_STATE, at.offset, message);
        }
        for pair in items.chunks_exact(2) {
            let Some(key) = self.read(pair[0], at) else { continue };
            let value = match (self.read(pair[1], at), pair[1].kind()) {
                (Some(value), _) => text::lossy(&value),
                // What is too long to be read is no name of anything.
                (None, Kind::Text(_) | Kind::Made(_)) => "/".repeat(8) + "__",
                (None, _) => continue,
            };
            let key = text::lossy(&key);
            if is_dangerous(&key, &value) {
                let value: String = value.chars().take(200).collect();
                let message = || format!("it gives \"{path}\" the {key} \"{value}\"");
                self.verdicts.other(&rules::ACTING_STATE, at.offset, message);
            }
        }
    }
}

/// Whether a path leads out of the folder that the file is in.
fn leaves(path: &str) -> bool {
    path.starts_with(['/', '\\', '~'])
        || path.as_bytes().get(1) == Some(&b':')
        || path.split(['/', '\\']).any(|step| step == "..")
}

/// Whether a database's address is another place than this folder.
fn reaches_out(url: &str) -> bool {
    match url.strip_prefix("sqlite://") {
        Some(path) => leaves(path.strip_prefix('/').unwrap_or(path)),
        None => true,
    }
}
