//! Names of operators that promise what no model needs.

/// Words for it, as names of operators hold them.
const WORDS: &[&str] = &[
    "exec",
    "shell",
    "system",
    "eval",
    "command",
    "subprocess",
    "python",
    "pyfunc",
    "pycall",
    "spawn",
    "popen",
    "loadlibrary",
    "dlopen",
    "readfile",
    "writefile",
    "download",
    "backdoor",
    "payload",
    "malicious",
    "evil",
    "attack",
    "trojan",
    "inject",
    "pwn",
    "exploit",
];

/// Whether an operator that no library is known to bring is named like code
/// that runs something.
pub fn is_suspect(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    WORDS.iter().any(|word| match *word {
        // A part of innocent words: retrieval, evaluate.
        "eval" => lower == "eval" || lower.starts_with("eval") && !lower.starts_with("evalu"),
        word => lower.contains(word),
    })
}
