use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

/// Pickles that only a reader of a model's format can point out, such as bytes
/// behind the last tensor. All others are the other scanner's.
pub(crate) static READERS: &[&dyn Reader] = &[&Excerpts];

struct Excerpts;

/// The readers of pickles that would read this.
fn asked<'h>(head: &'h Head) -> impl Iterator<Item = &'static dyn Reader> + 'h {
    let readers = nix_ai_model_scan_pickle::READERS.iter().copied();
    readers.filter(move |reader| head.is_excerpt && reader.recognises(head))
}

impl Reader for Excerpts {
    fn format(&self) -> &'static str {
        "pickle"
    }

    fn recognises(&self, head: &Head) -> bool {
        asked(head).next().is_some()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        for reader in asked(&part.head()?) {
            if let Err(fault) = reader.read(part, scan) {
                scan.give_up(part, reader.format(), &fault);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use nix_ai_model_scan_walk::{Budget, scan};
    use nix_ai_model_sdk::Report;
    use nix_ai_model_sdk::testing::ScriptedFiles;

    /// Would run a command; this one is inert.
    const PICKLE: &[u8] = b"\x80\x02cposix\nsystem\nX\x0a\0\0\0echo inert\x85R.";

    fn scanned(bytes: Vec<u8>) -> Report {
        let files = ScriptedFiles::new().file("model.safetensors", bytes);
        scan(&files, &crate::READERS.concat(), Budget::default())
    }

    fn calls(report: &Report) -> usize {
        report.findings.iter().filter(|found| found.rule == "pickle/dangerous-call").count()
    }

    #[test]
    fn a_pickle_behind_the_tensors_is_read_and_a_plain_one_is_left() {
        let header = br#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header);
        bytes.push(0);
        bytes.extend_from_slice(PICKLE);
        assert_eq!(calls(&scanned(bytes)), 1);
        assert_eq!(calls(&scanned(PICKLE.to_vec())), 0);
    }
}
