//! Triton: `config.pbtxt` says which backend serves a model, and what it loads.

#[cfg(test)]
mod tests;

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, quoted};

use crate::foreign::{code, is_secret, outside};
use crate::prototext::{Token, Tokens};

/// A path out of the repository.
pub static OUTSIDE: Rule = Rule {
    id: "triton/outside-path",
    level: Level::High,
    title: "Triton model that names something outside itself",
    why: "The server loads what lies there, as a native library, an environment or a model, with all of its rights.",
    advice: "Do not serve the model. Names of backends, libraries and files are without folders, or within the model's own.",
};

/// Native libraries.
pub static LIBRARY: Rule = Rule {
    id: "triton/native-library",
    level: Level::Medium,
    title: "Triton model with a native library or an environment of its own",
    why: "The server loads the library, or unpacks and uses the environment, with all of its rights.",
    advice: "Take libraries and environments from where they are published, never from beside the model.",
};

/// Code.
pub static CODE: Rule = Rule {
    id: "triton/code-in-text",
    level: Level::High,
    title: "Code in the configuration of a Triton model",
    why: "Commands and scripts there wait for a backend that runs its parameters.",
    advice: "Do not serve the model.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CODE, &LIBRARY, &OUTSIDE];

/// Blocks within blocks that are read.
const DEPTH: usize = 64;

/// Keys whose values are names of files, and those that are names of backends
/// and agents, from which the server makes names of libraries.
const FILES: &[&str] =
    &["default_model_filename", "model_filename", "cc_model_filenames", "label_filename"];
const NAMES: &[&str] = &["backend", "platform"];

/// Reads configurations of Triton.
pub struct Triton;

impl Reader for Triton {
    fn format(&self) -> &'static str {
        "Triton configuration"
    }

    fn recognises(&self, head: &Head) -> bool {
        let holds = |word: &[u8]| head.begin.windows(word.len()).any(|window| window == word);
        let serves = [&b"backend"[..], b"platform", b"max_batch_size", b"instance_group"];
        head.is_text()
            && head.is_named(&[".pbtxt"])
            && (head.name == "config.pbtxt" || serves.iter().any(|word| holds(word)))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut tokens = Tokens::new(part.cursor());
        let (mut path, mut key, mut parameter) = (Vec::new(), String::new(), String::new());
        loop {
            scan.budget.step(1)?;
            match tokens.next()? {
                Token::End => return Ok(()),
                Token::Open if path.len() < DEPTH => path.push(std::mem::take(&mut key)),
                Token::Open => {}
                Token::Close => drop(path.pop()),
                Token::Word(word) => key = word,
                Token::Text(text) => {
                    if key == "key" {
                        parameter = text;
                        continue;
                    }
                    let within = |word: &str| path.iter().any(|name| name == word);
                    let place = Place {
                        key: &key,
                        parameter: if within("parameters") { &parameter } else { "" },
                        is_agent: within("agents") || within("model_repository_agents"),
                        is_file: within("cc_model_filenames"),
                    };
                    if let Some(found) = judge(&place, &text) {
                        scan.find(part, found);
                    }
                }
            }
        }
    }
}

/// Where a text is.
struct Place<'p> {
    key: &'p str,
    parameter: &'p str,
    is_agent: bool,
    is_file: bool,
}

fn judge(place: &Place<'_>, text: &str) -> Option<Found> {
    if let Some(what) = code(text) {
        return Some(CODE.found(format!(
            "the {} holds {what}: {}",
            quoted(place.key),
            quoted(text)
        )));
    }
    let parameter = place.parameter.to_ascii_lowercase();
    let is_name = NAMES.contains(&place.key) || place.is_agent && place.key == "name";
    let is_library = place.key.contains("library")
        || matches!(parameter.as_str(), "execution_env_path")
        || [".so", ".dll", ".dylib"].iter().any(|end| text.to_ascii_lowercase().ends_with(end));
    let is_file = FILES.contains(&place.key) || place.is_file;
    let named = if place.parameter.is_empty() { place.key } else { place.parameter };
    let told = format!("the {} is {}", quoted(named), quoted(text));
    // What stands for the model's own folder.
    let own = text.strip_prefix("$$TRITON_MODEL_DIRECTORY/").unwrap_or(text);
    if is_name && (outside(text).is_some() || text.contains(['/', '\\'])) {
        return Some(OUTSIDE.found(format!("{told}, which is a path")));
    }
    if is_library || is_file {
        if let Some(why) = outside(own) {
            // The server's own manual has environments at a place of the machine.
            if why == "is absolute" && !parameter.is_empty() && !is_file && !is_secret(own) {
                return Some(LIBRARY.found(format!("{told}, which {why}")));
            }
            return Some(OUTSIDE.found(format!("{told}, which {why}")));
        }
        return is_library.then(|| LIBRARY.found(told));
    }
    // Engines and weights of large models lie where the operator puts them.
    let climbs = own.split(['/', '\\']).any(|name| name == "..");
    let is_path = ["path", "dir", "file"].iter().any(|word| parameter.contains(word));
    (is_path && climbs).then(|| OUTSIDE.found(format!("{told}, which climbs")).level(Level::Medium))
}
