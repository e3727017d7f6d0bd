//! Kaldi's lists of files, `.scp`: an entry that ends with a bar is a command
//! which is run for its output.

use nix_ai_model_scan_walk::{Found, Head, Level, Part, Reader, Result, Rule, Scan, cut};

use crate::text::lines;

/// A command.
pub static COMMAND: Rule = Rule {
    id: "kaldi/command",
    level: Level::High,
    title: "List of Kaldi that runs a command",
    why: "Kaldi gives an entry that begins or ends with a bar to the shell, when the list is read.",
    advice: "Do not use the list unless each of its commands is one that you would run yourself.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&COMMAND];

/// Programs that make sound or features of other files.
const CONVERTERS: &[&str] = &[
    "add-deltas",
    "apply-cmvn",
    "bunzip2",
    "bzcat",
    "cat",
    "copy-feats",
    "ffmpeg",
    "flac",
    "gunzip",
    "gzip",
    "mpg123",
    "opusdec",
    "sox",
    "shorten",
    "sph2pipe",
    "splice-feats",
    "wav-copy",
    "wav-reverberate",
    "zcat",
];

/// Reads the lists.
pub struct Kaldi;

impl Reader for Kaldi {
    fn format(&self) -> &'static str {
        "list of Kaldi"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[".scp"]) && head.is_text()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        lines(part, scan, |line| judged(line).into_iter().collect())
    }
}

fn judged(line: &str) -> Option<Found> {
    let (_, entry) = line.trim().split_once(char::is_whitespace)?;
    let entry = entry.trim();
    if !entry.ends_with('|') && !entry.starts_with('|') {
        return None;
    }
    let command = entry.trim_matches('|').trim();
    let is_plain = !command.contains([';', '&', '`', '$', '>', '<', '\\'])
        && command.split('|').all(|part| {
            let program = part.split_whitespace().next().unwrap_or_default();
            let name = program.rsplit('/').next().unwrap_or_default();
            CONVERTERS.contains(&name) && !part.contains("://")
        });
    let level = if is_plain { Level::Medium } else { Level::High };
    Some(COMMAND.found(format!("the command \"{}\" is run", cut(command))).level(level))
}

#[cfg(test)]
mod tests {
    use super::Kaldi;
    use crate::testing::{fails, found};

    #[test]
    fn commands_are_told_from_converters() {
        let of = |entry: &str| found(&Kaldi, "wav.scp", format!("utt1 {entry}\n").as_bytes());
        assert_eq!(of("/data/raw.ark:42"), []);
        let plain = of("sph2pipe -f wav -p -c 1 /data/a.sph | sox -t wav - -r 16k -t wav - |");
        assert!(plain.len() == 1 && !fails(&plain));
        for bad in ["echo inert |", "| tee x", "cat a; echo inert |", "sox a - | sh |"] {
            assert!(fails(&of(bad)), "{bad}");
        }
    }
}
