//! Scripts of R: programs that they start, and code of elsewhere.

use nix_ai_model_scan_walk::Level;

use crate::shell;

/// How bad a line is, and what it does.
pub(super) fn verdict(line: &str) -> Option<(Level, &'static str)> {
    let lower = line.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let starts = any(&["system(", "system2(", "shell(", "shell.exec(", "pipe(", "processx::run("]);
    if starts {
        if let Some(harm) = shell::certain(line).or_else(|| {
            shell::harm(line)
                .filter(|harm| !matches!(harm, shell::Harm::Secret | shell::Harm::Persist))
        }) {
            return Some((Level::High, harm.says()));
        }
        let piped = lower.split('|').skip(1).any(|part| {
            let word = part.trim_start().split(|c: char| !c.is_ascii_alphanumeric()).next();
            matches!(word, Some("sh" | "bash" | "zsh"))
        });
        if piped || any(&["base64decode", "rawtochar", "intToUtf8", "inttoutf8", "chartr("]) {
            return Some((Level::High, "hands a shell what it puts together"));
        }
    }
    let runs =
        any(&["source(", "eval(parse(", "eval(str2lang(", "eval(str2expression(", "sys.source("]);
    let decodes =
        any(&["base64", "rawtochar", "inttoutf8", "memdecompress", "unserialize", "readrds(url"]);
    if runs && (shell::is_foreign(&lower) || decodes && !lower.trim_start().starts_with("source")) {
        return Some((Level::High, "runs what it downloads or decodes"));
    }
    (any(&["dyn.load("]) && any(&["/tmp/", "tempfile", "tempdir", "http"]))
        .then_some((Level::High, "loads native code of elsewhere"))
}
