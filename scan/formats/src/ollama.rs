//! Ollama's recipes, `Modelfile`: what a model is made from.

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, quoted};

use crate::foreign::{is_secret, outside};
use crate::text::lines;

/// Paths.
pub static OUTSIDE: Rule = Rule {
    id: "ollama/outside-path",
    level: Level::High,
    title: "Modelfile that takes a file from outside the model",
    why: "Making the model copies the file into it, from where it can be read or pushed to a registry.",
    advice: "Do not make a model from the recipe. Recipes name models, and files beside them.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&OUTSIDE];

/// Reads recipes.
pub struct Modelfile;

impl Reader for Modelfile {
    fn format(&self) -> &'static str {
        "Modelfile"
    }

    fn recognises(&self, head: &Head) -> bool {
        (head.name.starts_with("modelfile") || head.is_named(&[".modelfile"])) && head.is_text()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        lines(part, scan, |line| judged(line).into_iter().collect())
    }
}

fn judged(line: &str) -> Option<Found> {
    let (word, path) = line.trim().split_once(char::is_whitespace)?;
    if !word.eq_ignore_ascii_case("FROM") && !word.eq_ignore_ascii_case("ADAPTER") {
        return None;
    }
    let path = path.trim().trim_matches(['"', '\'']);
    // Models of a registry may be named by their address.
    let why = outside(path).filter(|why| *why != "is a URL" || path.starts_with("file:"))?;
    let is_meant = is_secret(path) || path.contains("../../..") || path.contains("..\\..\\..");
    let level = if is_meant { Level::High } else { Level::Medium };
    Some(OUTSIDE.found(format!("{word} names {}, which {why}", quoted(path))).level(level))
}

#[cfg(test)]
mod tests {
    use super::Modelfile;
    use crate::testing::{fails, found};

    #[test]
    fn files_of_the_machine_are_told() {
        for bad in
            ["FROM /etc/passwd", "ADAPTER ../../../../root/.ssh/id_rsa", "from /proc/self/environ"]
        {
            assert!(fails(&found(&Modelfile, "Modelfile", format!("{bad}\n").as_bytes())), "{bad}");
        }
        for good in
            ["FROM llama3.2", "FROM ./model.gguf", "FROM hf.co/a/b:Q4_K_M", "ADAPTER ./lora.gguf"]
        {
            assert_eq!(
                found(&Modelfile, "Modelfile", format!("{good}\n").as_bytes()),
                [],
                "{good}"
            );
        }
        let mine = found(&Modelfile, "Modelfile", b"FROM /models/llama.gguf\n");
        assert!(mine.len() == 1 && !fails(&mine));
    }
}
