//! Code where a format has none: in names, attributes and notes of models that
//! hold nothing but numbers and what they mean.

use nix_ai_model_scan_walk::{Level, Rule};

/// Code in text that is no code.
pub static CODE: Rule = Rule {
    id: "text/code-in-data",
    level: Level::High,
    title: "Code in the text of a model without code",
    why: "The format holds no code, so a script in its names or attributes is there for a program that evaluates them, or hides from one that looks for it.",
    advice: "Do not load the model. See what the text is for and who put it there.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CODE];

/// What code that does harm is made of; white space aside, in lower case. Names
/// of programs alone are features of models that look for attacks.
const SIGNS: &[&str] = &[
    "__import__(",
    "__subclasses__",
    "__globals__",
    "__builtins__",
    "os.system(",
    "os.popen(",
    "subprocess.call(",
    "subprocess.check_",
    "subprocess.popen(",
    "subprocess.run(",
    "eval(",
    "exec(",
    "pickle.loads",
    "marshal.loads",
    "b64decode(",
    "importos;",
    "importsubprocess",
    "/bin/sh-c",
    "/bin/bash-c",
    "cmd.exe/c",
    "powershell-c",
    "powershell-e",
    "powershell-n",
    "javascript:",
    "<script",
    "java.lang.runtime",
    "processbuilder",
    "getruntime(",
    "curlhttp",
    "wgethttp",
    "socket.socket(",
    "${jndi:",
];

/// The sign of code that the text has, if any.
pub fn sign(text: &str) -> Option<&'static str> {
    let bare: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    let at = |place: usize| bare.get(place..).unwrap_or_default();
    (0..bare.len())
        .filter(|place| at(*place).first().is_some_and(|first| b"_oseppmbi/cj<gw$".contains(first)))
        .find_map(|place| SIGNS.iter().copied().find(|sign| at(place).starts_with(sign.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn code_is_told_from_words() {
        for code in [
            "__import__ ( 'os' )",
            "import os; os.system('echo inert')",
            "subprocess.Popen(['echo'])",
            "/bin/sh -c echo",
            "PowerShell -enc AAAA",
            "${jndi:ldap://a.example}",
        ] {
            assert!(sign(code).is_some(), "{code}");
        }
        for words in [
            "each subprocess. Then",
            "powershell",
            "cmd.exe",
            "evaluation (mean)",
            "important osmosis",
            "eval_metric",
            "",
        ] {
            assert_eq!(sign(words), None, "{words}");
        }
    }
}
