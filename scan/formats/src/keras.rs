//! Keras: what the configuration of a model has its loader import, call and
//! open. It is JSON, alone or within `.keras` archives, HDF5 attributes and the
//! metadata of a saved model.

mod config;
mod metadata;
mod reference;
pub mod rules;
#[cfg(test)]
mod tests;
mod yaml;

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, holds};

use config::Judge;
use nix_ai_model_scan_json as json;

pub use metadata::{Metadata, SavedObjects};
pub use yaml::Yaml;

/// Keys by which the begin of a configuration is known.
const MARKS: &[&str] = &["class_name", "registered_name", "keras_version", "compile_config"];

/// Configurations as JSON.
pub struct Config;

impl Reader for Config {
    fn format(&self) -> &'static str {
        "Keras configuration"
    }

    fn recognises(&self, head: &Head) -> bool {
        // By name too: what is looked for may come after any begin.
        json::is_object(&head.begin).is_some_and(|begin| {
            head.is_named(&[".json", "model_config", "training_config"]) || holds(&begin, MARKS)
        })
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut judge = Judge::default();
        let text = json::unified(part.view())?;
        let read = json::fold(&*text, &mut judge, scan);
        let is_keras = judge.objects > 0;
        for found in judge.found {
            scan.find(part, found);
        }
        match read {
            // JSON of no concern here; and no loader takes JSON that breaks off.
            Err(Fault::Truncated(_) | Fault::Broken { .. } | Fault::Limit(_)) if !is_keras => {
                Ok(())
            }
            read => read,
        }
    }
}
