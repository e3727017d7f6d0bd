//! Files of a few words that say what is loaded: DeepSpeed's `latest`, and the
//! `serving.properties` of DJL.

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, quoted};

use crate::foreign::{is_secret, outside};
use crate::text::lines;

/// Paths.
pub static OUTSIDE: Rule = Rule {
    id: "pointer/outside-path",
    level: Level::High,
    title: "Word for what is loaded that leads outside the model",
    why: "What lies there is loaded as if it were the model's: as pickles, or as a program.",
    advice: "Do not load the model.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&OUTSIDE];

/// Reads the name of the last checkpoint.
pub struct Latest;

impl Reader for Latest {
    fn format(&self) -> &'static str {
        "name of a checkpoint"
    }

    fn recognises(&self, head: &Head) -> bool {
        matches!(&*head.name, "latest" | "latest_universal")
            && head.begin.len() < 512
            && head.is_text()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        lines(part, scan, |line| {
            let tag = line.trim();
            let found = outside(tag).filter(|why| !matches!(*why, "is a URL")).map(|why| {
                // Some write where the checkpoint lies on their own machine.
                let is_place = why == "is absolute" && !is_secret(tag);
                let told = format!("the checkpoint is {}, which {why}", quoted(tag));
                let level = if is_place { Level::Medium } else { OUTSIDE.level };
                OUTSIDE.found(told).level(level)
            });
            found.into_iter().collect()
        })
    }
}

/// Reads the properties.
pub struct Properties;

/// Keys of what the server runs or loads.
const KEYS: &[&str] =
    &["option.entrypoint", "option.modelname", "option.handler", "option.model_dir"];

impl Reader for Properties {
    fn format(&self) -> &'static str {
        "properties of a served model"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.name == "serving.properties" && head.is_text()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        lines(part, scan, |line| property(line).into_iter().collect())
    }
}

fn property(line: &str) -> Option<Found> {
    let (key, value) = line.split_once(['=', ':'])?;
    let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
    let why = outside(value).filter(|_| KEYS.contains(&&*key))?;
    // Models are kept at places of the machine; programs come with the model.
    let is_place = key == "option.model_dir" && why == "is absolute";
    let level = if is_place { Level::Low } else { OUTSIDE.level };
    Some(OUTSIDE.found(format!("{} is {}, which {why}", quoted(&key), quoted(value))).level(level))
}

#[cfg(test)]
mod tests {
    use super::{Latest, Properties};
    use crate::testing::{fails, found};

    #[test]
    fn what_leads_outside_is_told() {
        assert_eq!(found(&Latest, "ckpt/latest", b"global_step1000\n"), []);
        assert!(fails(&found(&Latest, "ckpt/latest", b"../../other\n")));
        let properties = |line: &str| found(&Properties, "serving.properties", line.as_bytes());
        assert_eq!(properties("engine=Python\noption.entryPoint=djl_python.huggingface\n"), []);
        assert!(fails(&properties("engine=Python\noption.entryPoint=http://a.example/model.py\n")));
    }
}
