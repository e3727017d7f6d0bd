use proptest::prelude::*;

use super::Gguf;
use crate::testing::{fails, found};

/// A file in the making.
#[derive(Clone)]
struct File {
    bytes: Vec<u8>,
    pairs: u64,
    tensors: u64,
    infos: Vec<u8>,
    data: usize,
}

impl File {
    fn new() -> Self {
        Self { bytes: Vec::new(), pairs: 0, tensors: 0, infos: Vec::new(), data: 0 }
    }

    fn pair(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.pairs += 1;
        self.bytes.extend(text(key));
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend(value);
        self
    }

    fn tensor(mut self, name: &str, sizes: &[u64], kind: u32, offset: u64) -> Self {
        self.tensors += 1;
        self.infos.extend(text(name));
        self.infos.extend((sizes.len() as u32).to_le_bytes());
        sizes.iter().for_each(|size| self.infos.extend(size.to_le_bytes()));
        self.infos.extend(kind.to_le_bytes());
        self.infos.extend(offset.to_le_bytes());
        self
    }

    fn data(mut self, size: usize) -> Self {
        self.data = size;
        self
    }

    fn done(self) -> Vec<u8> {
        let mut file = b"GGUF\x03\0\0\0".to_vec();
        file.extend(self.tensors.to_le_bytes());
        file.extend(self.pairs.to_le_bytes());
        file.extend(self.bytes);
        file.extend(self.infos);
        if self.data > 0 {
            file.resize(file.len().next_multiple_of(32) + self.data, 0);
        }
        file
    }
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

fn rules(file: File) -> Vec<String> {
    found(&Gguf, "model.gguf", &file.done()).into_iter().map(|(rule, _)| rule).collect()
}

fn good() -> File {
    File::new()
        .pair("general.architecture", 8, &text("llama"))
        .pair("general.alignment", 4, &32_u32.to_le_bytes())
        .pair(
            "tokenizer.ggml.tokens",
            9,
            &[&[8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0][..], &text("a"), &text("bc")].concat(),
        )
        .tensor("a", &[32, 2], 0, 0)
        .tensor("b", &[32], 8, 256)
        .data(256 + 64)
}

#[test]
fn what_tools_write_is_clean() {
    assert_eq!(rules(good()), Vec::<String>::new());
    assert_eq!(rules(File::new()), Vec::<String>::new());
}

#[test]
fn each_lie_has_its_rule() {
    let huge = u64::MAX.to_le_bytes();
    let array = |kind: u32, count: u64| [&kind.to_le_bytes()[..], &count.to_le_bytes()].concat();
    for (file, rule) in [
        (good().pair("general.architecture", 8, &text("x")), "gguf/duplicate-key"),
        (good().pair("x", 8, &huge), "gguf/false-count"),
        (good().pair("x", 9, &array(4, u64::MAX / 2)), "gguf/false-count"),
        (good().pair("x", 9, &array(8, 1 << 40)), "gguf/false-count"),
        (good().pair("x", 77, &huge), "gguf/false-value"),
        (good().pair("x", 7, &[2]), "gguf/false-value"),
        (good().pair("tokenizer.chat_template", 4, &[0; 4]), "gguf/false-value"),
        (good().pair("x", 8, &text("__import__('os')")), "gguf/code-in-metadata"),
        (File::new().pair("general.alignment", 4, &[0; 4]), "gguf/false-alignment"),
        (File::new().pair("general.alignment", 4, &[3, 0, 0, 0]), "gguf/false-alignment"),
        (File::new().pair("general.alignment", 10, &[32; 8]), "gguf/false-value"),
        (good().tensor("c", &[1 << 40, 1 << 40], 0, 320), "gguf/false-tensor"),
        (good().tensor("c", &[1 << 62, 8], 0, 320), "gguf/false-tensor"),
        (good().tensor("c", &[1; 5], 0, 320), "gguf/false-tensor"),
        (good().tensor("c", &[1; 99], 0, 320), "gguf/false-tensor"),
        (good().tensor(&"c".repeat(64), &[1], 0, 320).data(352), "gguf/false-tensor"),
        (good().tensor("../c", &[1], 0, 320).data(352), "gguf/false-tensor"),
        (good().tensor("c", &[1], 0, 32), "gguf/false-tensor"),
        (good().tensor("c", &[1], 0, 321).data(352), "gguf/false-tensor"),
        (good().tensor("c", &[1], 0, u64::MAX - 31), "gguf/false-tensor"),
        (good().tensor("c", &[31], 8, 320).data(352), "gguf/false-tensor"),
        (good().tensor("c", &[1], 70, 320).data(352), "gguf/unknown-type"),
        (good().tensor("a", &[1], 0, 320).data(352), "gguf/duplicate-key"),
        (good().data(64), "scan/broken"),
    ] {
        let bytes = file.clone().done();
        let all = found(&Gguf, "model.gguf", &bytes);
        assert!(fails(&all), "{rule}: {all:?}");
        assert!(rules(file).iter().any(|told| told == rule), "{rule}: {all:?}");
    }
}

#[test]
fn a_tensor_beyond_the_file_is_told_from_a_file_that_is_cut() {
    let lie = good().tensor("c", &[1], 0, 0x7fff_ffe0).done();
    let told: Vec<_> = found(&Gguf, "model.gguf", &lie);
    assert!(told.iter().any(|(rule, _)| rule == "gguf/false-tensor"), "{told:?}");
    let told = rules(good().tensor("c", &[64], 0, 320));
    assert_eq!(told, ["scan/broken"]);
}

#[test]
fn a_template_is_handed_over() {
    use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};
    struct Jinja;
    impl Reader for Jinja {
        fn format(&self) -> &'static str {
            "template"
        }
        fn recognises(&self, head: &Head) -> bool {
            head.is_named(&[".jinja"])
        }
        fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
            scan.find(part, super::rules::CODE.found(part.member().unwrap_or_default()));
            Ok(())
        }
    }
    let file = good()
        .pair("tokenizer.chat_template", 8, &text("x"))
        .pair("tokenizer.chat_template.tool_use", 8, &text("y"))
        .done();
    assert_eq!(crate::testing::found_by(&[&Gguf, &Jinja], "a.bin", &file).len(), 2);
}

#[test]
fn numbers_of_either_order_and_version_are_read() {
    let mut file = b"GGUF\0\0\0\x03".to_vec();
    file.extend(0_u64.to_be_bytes());
    file.extend(1_u64.to_be_bytes());
    file.extend(1_u64.to_be_bytes());
    file.extend(b"x\0\0\0\x04\0\0\0\x01");
    assert!(found(&Gguf, "a.gguf", &file).is_empty());
    file[15] = 9;
    assert!(fails(&found(&Gguf, "a.gguf", &file)));
    let mut first = b"GGUF\x01\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0x\x04\0\0\0\x01\0\0\0".to_vec();
    assert!(found(&Gguf, "a.gguf", &first).is_empty());
    first[4] = 9;
    assert!(fails(&found(&Gguf, "a.gguf", &first)));
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        found(&Gguf, "a.gguf", &[b"GGUF\x03\0\0\0", &bytes[..]].concat());
        found(&Gguf, "a.gguf", &bytes);
    }

    #[test]
    fn any_change_of_a_file_does_no_harm(places in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
        let mut bytes = good().done();
        for (place, byte) in places {
            let place = usize::from(place) % bytes.len();
            bytes[place] = byte;
        }
        found(&Gguf, "a.gguf", &bytes);
    }
}
