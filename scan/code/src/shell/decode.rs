//! Commands that are written so that nobody can read them.

use super::input::{is_piped_to_shell, runs_input};

/// Programs that turn a text into another one.
const DECODERS: &[&str] = &[
    "base64 -d",
    "base64 --decode",
    "base64 -di",
    "base32 -d",
    "base32 --decode",
    "basenc -d",
    "basenc --decode",
    "basenc --base",
    "xxd -r",
    "openssl enc -d",
    "openssl base64 -d",
    "openssl aes",
    "uudecode",
    "rev |",
    "rev)",
    "rev<",
    "rev <",
    "frombase64string",
    // Letters that are moved by half of the alphabet.
    "tr a-za-z n-z",
    "tr [a-za-z] [n-z",
    "tr n-z",
    "tr [n-z",
    "tr a-z n-z",
    "tr a-mn-z",
    "tr a-za-z za-y",
    "tr !-~ p-~",
];

/// Whether a line, in small letters and without quotes, runs what it decodes.
pub(super) fn runs(line: &str) -> bool {
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    let given = || {
        runs_input(line)
            || any(&["iex", "eval ", "exec(", "bash -c $", "sh -c $", "sh -c `", "<<<$(", "<<< $("])
    };
    any(DECODERS) && given()
        || spelt(line)
            && (any(&[
                "eval ",
                "sh -c $",
                "sh -c `",
                "<<<$",
                "<<< $",
                "source <(",
                ". <(",
                "sh <(",
            ]) || is_piped_to_shell(line))
        || computed(line)
            && (any(&[
                "system(pack",
                "exec(pack",
                "eval(pack",
                "eval pack",
                "system pack",
                "eval ",
                "sh -c $(",
                "sh -c `",
                "<<<$(",
                "<<< $(",
            ]) || is_piped_to_shell(line))
}

/// Whether a command is spelt by the numbers of its letters.
fn spelt(line: &str) -> bool {
    let has = |needle: &str| line.contains(needle);
    let octal = line.matches("\\1").count() + line.matches("\\01").count() >= 3;
    let hex = line.matches("\\x").count() >= 4 || line.matches("\\u00").count() >= 4;
    octal && (has("printf") || has("echo -e") || has("$\\1") || has("print ") || has("%b"))
        || hex && (has("printf") || has("echo -e") || has("$\\x") || has("$\\u") || has("%b"))
        || line.matches("chr(").count() >= 4 && (has("perl") || has("python") || has("ruby"))
}

/// Whether an interpreter writes the command that is run.
fn computed(line: &str) -> bool {
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    any(&["python -c", "python3 -c", "perl -", "ruby -e", "php -r", "node -e", "awk "])
        && any(&[
            "fromhex",
            "b64decode",
            "unhexlify",
            "pack(",
            "pack h",
            "rot13",
            "rot_13",
            "decode64",
            "base64_decode",
            "hex2bin",
            "atob(",
            "buffer.from(",
            "decompress(",
            "[::-1]",
            "reverse",
            "printf %c",
        ])
}
