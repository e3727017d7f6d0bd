use std::io::BufRead;

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Scan, cut};

use super::{reference, rules};

/// Bytes of a line that are looked at.
const LINE: u64 = 8192;

/// Configurations as YAML, as `to_yaml` of Keras 2 wrote them. What its tags
/// construct is judged by the reader of YAML.
pub struct Yaml;

impl Reader for Yaml {
    fn format(&self) -> &'static str {
        "Keras configuration"
    }

    fn recognises(&self, head: &Head) -> bool {
        // Texts about Keras have these words as well, but do not begin so.
        let begins = |key: &&str| head.begin.trim_ascii_start().starts_with(key.as_bytes());
        let is_yaml = head.is_named(&[".yaml", ".yml"])
            || ["backend:", "class_name:", "config:", "keras_version:"].iter().any(begins);
        is_yaml && head.is_text() && head.holds(&["class_name:"]) && head.holds(&["config:"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        let mut module = None;
        loop {
            let at = cursor.position();
            let mut line = Vec::new();
            // A longer line goes on as another, so that none is passed over.
            std::io::Read::take(&mut cursor, LINE)
                .read_until(b'\n', &mut line)
                .map_err(|error| nix_ai_model_scan_walk::Fault::Unreadable(error.to_string()))?;
            if line.is_empty() {
                return Ok(());
            }
            scan.budget.step(1)?;
            let line = String::from_utf8_lossy(&line);
            for entry in line.split([',', '{', '}']) {
                let entry = entry.trim().trim_start_matches("- ");
                let Some((key, value)) = entry.split_once(':') else { continue };
                let (key, value) = (bare(key), bare(value));
                if key == "module" {
                    module = Some(value.to_owned());
                }
                if let Some(found) = judged(key, value, module.as_deref()) {
                    scan.find(part, found.at(at));
                }
            }
        }
    }
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

fn judged(key: &str, value: &str, module: Option<&str>) -> Option<nix_ai_model_scan_walk::Found> {
    match (key, value) {
        ("function_type" | "output_shape_type" | "mask_type", "lambda") => {
            Some(rules::CODE.found(format!("a layer carries bytecode, since its {key} is lambda")))
        }
        ("class_name", "__lambda__") => {
            Some(rules::CODE.found("a function is carried as bytecode"))
        }
        ("class_name", "Lambda") => Some(rules::LAMBDA.found("a Lambda layer calls a function")),
        ("class_name", "TFSMLayer" | "TorchModuleWrapper") => {
            Some(rules::LOADER.found(format!("a layer is a {}, which loads code", cut(value))))
        }
        ("class_name" | "registered_name", name) => reference::judged_alone(name)
            .or_else(|| module.and_then(|module| reference::judged(module, name, false)))
            .filter(|_| name != "function"),
        ("module", module) if !module.is_empty() && module != "null" => {
            reference::judged(module, "function", true).map(|found| found.level(Level::Medium))
        }
        _ => None,
    }
}
