//! Formats of few words whose loaders trust the counts that come first:
//! fastText and ncnn.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan};

/// A lie.
pub static COUNT: Rule = Rule {
    id: "counted/false-count",
    level: Level::High,
    title: "Count that the file cannot hold",
    why: "Loaders in C++ reserve and index memory by these numbers.",
    advice: "Do not load the file. Fetch it anew, and report it to the publisher if it stays like this.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&COUNT];

/// Reads models of fastText.
pub struct FastText;

/// Its magic number and the versions there are.
const FAST_TEXT: &[u8] = b"\xba\x16\x4f\x2f";
/// Bytes before the dictionary: magic, version, twelve numbers, a threshold.
const ARGUMENTS: u64 = 64;
/// Bytes of the shortest entry: a word's end, a count, a kind.
const ENTRY: u64 = 10;

impl Reader for FastText {
    fn format(&self) -> &'static str {
        "fastText model"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(FAST_TEXT) && head.begin.get(5..8) == Some(&[0; 3])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        cursor.skip(8);
        let dimensions = cursor.u32()?.cast_signed();
        cursor.go_to(ARGUMENTS);
        let [all, words, labels] =
            [cursor.u32()?, cursor.u32()?, cursor.u32()?].map(u32::cast_signed);
        cursor.skip(8);
        let pruned = cursor.u64()?.cast_signed();
        let left = part.view().size()?.saturating_sub(cursor.position());
        let holds = |count: i64, bytes: u64| {
            u64::try_from(count)
                .is_ok_and(|count| count.checked_mul(bytes).is_some_and(|all| all <= left))
        };
        let sum = i64::from(words) + i64::from(labels);
        let told = if dimensions <= 0 {
            Some(format!("the vectors have {dimensions} dimensions"))
        } else if words < 0 || labels < 0 || sum != i64::from(all) || !holds(i64::from(all), ENTRY)
        {
            Some(format!("the dictionary has {all} entries, {words} words and {labels} labels"))
        } else if pruned > 0 && !holds(pruned, 8) {
            Some(format!("the dictionary has {pruned} pruned entries"))
        } else {
            None
        };
        if let Some(told) = told {
            scan.find(part, COUNT.found(told).at(ARGUMENTS));
        }
        Ok(())
    }
}

/// Reads networks of ncnn.
pub struct Ncnn;

impl Reader for Ncnn {
    fn format(&self) -> &'static str {
        "ncnn network"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(b"7767517\n") || head.begins_with(b"7767517\r\n")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        cursor.line(16)?;
        let line = String::from_utf8_lossy(&cursor.line(128)?).into_owned();
        // Each layer has a line, and each blob a name in one.
        let most = i64::try_from(part.view().size()?).unwrap_or(i64::MAX);
        let counts = line.split_whitespace().take(2).map(str::parse::<i64>);
        let is_false = |count: &std::result::Result<i64, _>| {
            !count.as_ref().is_ok_and(|count| (1..=most).contains(count))
        };
        if line.split_whitespace().count() < 2 || counts.clone().any(|count| is_false(&count)) {
            let told = format!("the layers and blobs are counted as \"{}\"", line.trim());
            scan.find(part, COUNT.found(told).at(8));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{FastText, Ncnn};
    use crate::testing::{fails, found};

    fn model(all: u32, words: u32, labels: u32, pruned: i64) -> Vec<u8> {
        let mut bytes = [&b"\xba\x16\x4f\x2f\x0c\0\0\0\x64\0\0\0"[..], &[0; 52]].concat();
        [all, words, labels].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend([0; 8]);
        bytes.extend(pruned.to_le_bytes());
        bytes.extend([0; 200]);
        bytes
    }

    #[test]
    fn counts_are_held_against_the_file() {
        assert_eq!(found(&FastText, "a.bin", &model(3, 2, 1, -1)), []);
        for (all, words, labels, pruned) in [
            (u32::MAX >> 1, u32::MAX >> 1, 0, -1),
            (3, 4, u32::MAX, -1),
            (3, 3, 3, -1),
            (3, 2, 1, 1 << 60),
        ] {
            assert!(fails(&found(&FastText, "a.bin", &model(all, words, labels, pruned))));
        }
        assert_eq!(found(&Ncnn, "a.param", b"7767517\n1 1\nInput data 0 1 data 0=4\n"), []);
        for bad in ["2147483647 1", "1 -5", "x", "1"] {
            let text = format!("7767517\n{bad}\nInput data 0 1 data 0=4\n");
            assert!(fails(&found(&Ncnn, "a.param", text.as_bytes())), "{bad}");
        }
    }
}
