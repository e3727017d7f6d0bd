use nix_ai_model_sdk::{Entry, Finding, Severity};

/// How programs begin.
const PROGRAMS: [(&[u8], &str); 3] =
    [(b"\x7fELF", "a program for Linux"), (b"MZ", "a program for Windows"), (b"#!", "a script")];

/// Programs, by their first bytes.
pub fn program(file: &Entry, bytes: &[u8]) -> Option<Finding> {
    let (_, what) = PROGRAMS.iter().find(|(begin, _)| bytes.starts_with(begin))?;
    let finding =
        Finding::new("program", Severity::High, file, format!("it begins as {what} does"));
    Some(finding.at(0).with_advice("fetch the model without it: exclude the file"))
}

/// Private keys in PEM, wherever they begin.
pub fn private_key(file: &Entry, bytes: &[u8]) -> Option<Finding> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"PRIVATE KEY-----";
    let begins = bytes.windows(BEGIN.len()).enumerate().filter(|(_, window)| *window == BEGIN);
    let (offset, _) = begins.into_iter().find(|(offset, _)| {
        let rest = &bytes[offset + BEGIN.len()..];
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        line.trim_ascii_end().ends_with(END)
    })?;
    let finding = Finding::new("private-key", Severity::Medium, file, "it holds a private key");
    Some(finding.at(offset as u64).with_advice("tell the model's author: the key is public now"))
}
