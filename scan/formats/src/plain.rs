//! Files that are numbers, sounds, pictures or letters and nothing else, by
//! their first bytes: no loader of them runs, opens or imports what they hold.

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

/// Recognises them.
pub struct Plain;

/// What they begin with.
const MAGIC: &[&[u8]] = &[
    // Fonts.
    b"wOFF",
    b"wOF2",
    b"OTTO",
    b"ttcf",
    // Pictures and sounds.
    b"GIF87a",
    b"GIF89a",
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"fLaC",
    b"OggS\0",
    b"ID3\x02",
    b"ID3\x03",
    b"ID3\x04",
    // Language models of KenLM and Sphinx, and acoustic ones of Sphinx.
    b"mmap lm http://kheafield.com/code format version",
    b"Trie Language Model",
    b"s3\nversion 1.",
    // Networks of Rockchip's and of CRFsuite.
    b"RKNN\0\0\0\0",
    b"lCRF",
    // Tables of ORC.
    b"ORC\x08",
    b"ORC\x0a",
    // Matrices of XGBoost.
    b"\x01\xab\xff\xffversion:",
    // What locks an LMDB database.
    b"\xde\xc0\xef\xbe\x01\0\x01\0",
];

/// The end of tables of LevelDB, which the index of a checkpoint is.
const TABLE: &[u8] = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb";

impl Reader for Plain {
    fn format(&self) -> &'static str {
        "plain data"
    }

    fn recognises(&self, head: &Head) -> bool {
        MAGIC.iter().any(|magic| head.begins_with(magic))
            || [is_font, is_media, is_checkpoint, is_vectors, is_tensor, is_translator]
                .iter()
                .any(|is| is(head))
    }

    fn read<'a>(&self, _: &Part<'a>, _: &mut Scan<'a>) -> Result<()> {
        Ok(())
    }
}

fn is_font(head: &Head) -> bool {
    head.begins_with(b"\0\x01\0\0\0") && head.is_named(&[".ttf", ".otf"])
        || head.has_at(34, b"LP") && head.is_named(&[".eot"])
}

fn is_media(head: &Head) -> bool {
    let size = head.begin.get(2..6).and_then(|size| size.first_chunk());
    let size = size.map(|size| u64::from(u32::from_le_bytes(*size)));
    head.begins_with(b"BM") && size.is_some() && size == head.size
        || head.begins_with(b"RIFF") && head.has_at(8, b"WAVE")
        || head.begins_with(b"FORM") && head.has_at(8, b"AIF")
        || head.has_at(4, b"ftyp") && head.begins_with(&[0, 0])
        || matches!(*head.begin, [0xff, 0xe2..=0xff, ..]) && head.is_named(&[".mp3"])
}

/// Checkpoints of TensorFlow: an index, and numbers beside it; records; and
/// weights of Core ML and ONNX that are beside the model.
fn is_checkpoint(head: &Head) -> bool {
    let is_shard = head.name.rsplit_once(".data-").is_some_and(|(_, shard)| {
        shard.len() == 14 && shard.split("-of-").all(|n| n.bytes().all(|b| b.is_ascii_digit()))
    });
    let length = head.begin.first_chunk().map(|length| u64::from_le_bytes(*length));
    let is_record = head.size.zip(length).is_some_and(|(size, length)| {
        size.checked_sub(16).is_some_and(|most| (1..=most).contains(&length))
    });
    is_shard
        || head.end.ends_with(TABLE) && head.is_named(&[".index"])
        || is_record && head.is_named(&[".tfrecord", ".tfrecords"])
        || head.has_at(64, b"\xef\xbe\xad\xde") && head.name == "weight.bin"
        || head.is_named(&[".onnx_data", ".onnx.data"]) && !head.is_text()
}

/// Vectors of words: how many there are and their length, as text, and then a
/// word and its numbers.
fn is_vectors(head: &Head) -> bool {
    let Some(end) = head.begin.iter().take(24).position(|byte| *byte == b'\n') else {
        return false;
    };
    let mut numbers = head.begin[..end].split(|byte| *byte == b' ');
    let mut is_number = || {
        numbers
            .next()
            .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
    };
    let is_header = is_number() && is_number();
    is_header && numbers.next().is_none() && head.begin[end + 1..].contains(&b' ')
}

/// Tensors of Paddle: versions, levels, and a short description before the
/// numbers.
fn is_tensor(head: &Head) -> bool {
    let Some(begin) = head.begin.first_chunk::<24>() else { return false };
    begin[..16].iter().all(|byte| *byte == 0)
        && matches!(begin[16..20], [2..=64, 0, 0, 0])
        && matches!(begin[20..24], [8, 0..=32, 0x10 | 0x12, _])
}

/// Models of CTranslate2: a version and the name of what they are.
fn is_translator(head: &Head) -> bool {
    let [2..=9, 0, 0, 0, length @ 5..=64, 0, name @ ..] = &*head.begin else { return false };
    name.get(..usize::from(*length)).is_some_and(|name| {
        let name = name.strip_suffix(b"\0").unwrap_or(name);
        name.ends_with(b"Spec") && name.iter().all(u8::is_ascii_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use nix_ai_model_scan_walk::{Head, Reader};

    use super::Plain;

    fn is_known(name: &str, begin: &[u8]) -> bool {
        let size = Some(begin.len() as u64);
        let (begin, name) = (begin.to_vec(), name.to_owned());
        Plain.recognises(&Head { end: begin.clone(), begin, size, name, is_excerpt: false })
    }

    #[test]
    fn plain_data_are_known_and_others_are_not() {
        for (name, begin) in [
            ("a.woff2", &b"wOF2\0\x01\0\0"[..]),
            ("a.wav", b"RIFF\0\0\0\0WAVEfmt "),
            ("model.ckpt.data-00000-of-00001", b"\x01\x02"),
            ("weights.onnx_data", b"\x01\x02\x03\xff"),
            ("vectors.bin", b"2 300\nthe \0\0\0\0"),
            ("fc_0.w_0", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\0\0\0\x08\x05\x10\x01\0"),
            ("model.bin", b"\x06\0\0\0\x10\0TransformerSpec\0"),
        ] {
            assert!(is_known(name, begin), "{name}");
        }
        for (name, begin) in [
            ("a.bin", &b"\x01\x02\x03\x04"[..]),
            ("a.txt", b"12 monkeys\nare here"),
            ("a.data-x-of-y", b"\x01"),
            ("a.bin", &[0; 64]),
        ] {
            assert!(!is_known(name, begin), "{name}");
        }
    }
}
