//! Programs and libraries for machines, by their first bytes.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Scan, cut, view};

use crate::rules;

/// Recognises native code.
pub(crate) struct Native;

/// What native code is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Program,
    Library,
    /// Code of a virtual machine.
    Virtual,
}

impl Reader for Native {
    fn format(&self) -> &'static str {
        "program"
    }

    fn recognises(&self, head: &Head) -> bool {
        kind(&head.begin).is_some() || head.begins_with(b"MZ") && head.begin.len() >= 64
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let head = part.head()?;
        let (what, kind) = match kind(&head.begin) {
            Some(found) => found,
            None => match windows(part, &head)? {
                Some(found) => found,
                None => return Ok(()),
            },
        };
        let name = head.name.as_str();
        let honest = is_library(name)
            || head.is_named(&[
                ".exe",
                ".com",
                ".scr",
                ".wasm",
                ".class",
                ".dex",
                ".bin.exe",
                ".out",
                ".elf",
                ".llamafile",
                ".sys",
                ".efi",
                ".cubin",
                ".co",
                ".hsaco",
                ".bc",
                ".ko",
                ".appimage",
                ".msi",
            ]);
        let plain = !name.contains('.');
        let data = !honest && !plain && has_data_ending(name);
        // Wheels bring programs in this folder, which installers put in place.
        let path = part.member().unwrap_or(part.file());
        let brought = plain && path.contains(".data/scripts/");
        let framework = plain && path.contains(".framework/");
        let (rule, level) = match kind {
            _ if brought => (&rules::EXECUTABLE, Level::Medium),
            Kind::Virtual if honest => (&rules::EXECUTABLE, Level::Low),
            Kind::Virtual if data => (&rules::DISGUISED, Level::High),
            Kind::Virtual => (&rules::EXECUTABLE, Level::Medium),
            _ if data => (&rules::DISGUISED, Level::Critical),
            Kind::Library if is_library(name) || framework => (&rules::EXECUTABLE, Level::Medium),
            _ if plain && looks_like_weights(name) => (&rules::DISGUISED, Level::Critical),
            // The tools of a package, where it is one.
            _ if in_package(path, name, part.member().is_some()) => {
                (&rules::EXECUTABLE, Level::Medium)
            }
            _ => (&rules::EXECUTABLE, Level::High),
        };
        let message = format!("\"{}\" is {what}", cut(part.name()));
        scan.find(part, rule.found(message).level(level));
        Ok(())
    }
}

/// Whether a name without an ending is made of nothing but words for weights
/// or data, and numbers.
fn looks_like_weights(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "model",
        "weights",
        "checkpoint",
        "pytorch",
        "tensor",
        "tensors",
        "vocab",
        "tokenizer",
        "params",
        "embedding",
        "embeddings",
        "data",
        "adapter",
        "config",
        "safetensors",
        "gguf",
        "consolidated",
    ];
    name.split(['-', '_'])
        .all(|word| WORDS.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a program lies where packages and toolkits keep theirs, and is
/// honest about being one.
fn in_package(path: &str, name: &str, is_member: bool) -> bool {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let honest = !name.contains('.') || name.ends_with(".exe");
    let mut folders = path.split(['/', '!']);
    let _file = folders.next_back();
    let steps: Vec<&str> = folders.collect();
    let has = |wanted: &[&str]| steps.iter().any(|step| wanted.contains(step));
    let keeps = has(&["bin", "libexec", "sbin", "scripts", "tools", "_binaries", "binaries"])
        && (steps.len() > 2 || is_member);
    let package = has(&["site-packages", "dist-packages", "node_modules", "distlib", "setuptools"])
        || steps.iter().any(|step| step.ends_with(".dist-info") || step.ends_with(".whl"));
    let own = steps.len() > 2 && steps.last() == Some(&name);
    honest && (keeps || package || own)
}

/// Whether a name says that it is a library.
fn is_library(name: &str) -> bool {
    [
        ".so",
        ".dylib",
        ".jnilib",
        ".bundle",
        ".dll",
        ".pyd",
        ".node",
        ".o",
        ".obj",
        ".a",
        ".lib",
        ".cubin",
        ".metallib",
        ".hsaco",
        ".xclbin",
        ".ko",
    ]
    .iter()
    .any(|ending| name.ends_with(ending))
        || name.contains(".so.")
        || name.contains(".dylib.")
}

/// Whether a name says that it is data: programs have no such names.
fn has_data_ending(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    !ending.is_empty()
        && ending.len() <= 12
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !ending.bytes().all(|byte| byte.is_ascii_digit())
}

/// What native code begins like this.
fn kind(begin: &[u8]) -> Option<(&'static str, Kind)> {
    let word = |at: usize| {
        begin.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes)
    };
    if let [0x7f, b'E', b'L', b'F', class @ 1..=2, order @ 1..=2, ..] = begin {
        let _ = class;
        let number = |at: usize| {
            let two = [*begin.get(at)?, *begin.get(at + 1)?];
            Some(if *order == 1 { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
        };
        // AMD's and NVIDIA's, whose drivers take nothing of another kind.
        if matches!(number(18), Some(190 | 224)) {
            return Some(("code for a graphics processor (ELF)", Kind::Virtual));
        }
        return Some(match number(16)? {
            2 => ("a program for Linux and its like (ELF)", Kind::Program),
            _ => ("native code for Linux and its like (ELF)", Kind::Library),
        });
    }
    // The kind of a file follows processor and its variant.
    let mach = |number: Option<u32>| {
        if number == Some(2) {
            ("a program for macOS (Mach-O)", Kind::Program)
        } else {
            ("native code for macOS (Mach-O)", Kind::Library)
        }
    };
    match (word(0)?, word(4)) {
        (0xfeed_face | 0xfeed_facf, Some(_)) => Some(mach(word(12))),
        (0xcefa_edfe | 0xcffa_edfe, Some(processor))
            if processor.swap_bytes() & 0x00ff_ffff < 64 =>
        {
            Some(mach(word(12).map(u32::swap_bytes)))
        }
        // As many architectures as a Java class has no version.
        (0xcafe_babe | 0xcafe_babf, Some(1..=40)) if begin.len() >= 28 => {
            Some(("native code for macOS (Mach-O)", Kind::Library))
        }
        (0xcafe_babe, Some(version)) if (45..100).contains(&(version & 0xffff)) => {
            Some(("a Java class", Kind::Virtual))
        }
        (0x0061_736d, Some(0x0100_0000 | 0x0d00_0100)) => {
            Some(("a WebAssembly module", Kind::Virtual))
        }
        (0x6465_780a, Some(version)) if version & 0xff == 0 => {
            Some(("Android code (DEX)", Kind::Virtual))
        }
        (0x4243_c0de, _) => Some(("code of LLVM", Kind::Virtual)),
        // Programs that run on every system begin like one of Windows or like
        // a script.
        (0x4d5a_7146, Some(word)) if word >> 16 == 0x7044 => {
            Some(("a program for every system (APE)", Kind::Program))
        }
        _ => None,
    }
}

/// A program or library for Windows: its second header is where the first says.
fn windows(part: &Part<'_>, head: &Head) -> Result<Option<(&'static str, Kind)>> {
    let Some(place) =
        head.begin.get(0x3c..0x40).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes)
    else {
        return Ok(None);
    };
    let mut bytes = [0; 24];
    let read = part.view().read_at(u64::from(place), &mut bytes)?;
    if read >= 24 && bytes.starts_with(b"PE\0\0") {
        let library = u16::from_le_bytes([bytes[22], bytes[23]]) & 0x2000 != 0;
        return Ok(Some(if library {
            ("a library for Windows (PE)", Kind::Library)
        } else {
            ("a program for Windows (PE)", Kind::Program)
        }));
    }
    if read >= 2
        && (bytes.starts_with(b"NE") || bytes.starts_with(b"LE") || bytes.starts_with(b"LX"))
        && place >= 0x40
    {
        return Ok(Some(("an old program for Windows", Kind::Program)));
    }
    // A program of DOS: its pages are those of the file.
    let page = |at: usize| {
        head.begin.get(at..at + 2).map_or(0, |two| u64::from(u16::from_le_bytes([two[0], two[1]])))
    };
    let size = page(4).saturating_sub(1) * 512 + page(2);
    let known = head.size.is_some_and(|all| {
        size == all || page(4) > 0 && size <= all && head.is_named(&[".exe", ".com"])
    });
    Ok((known && size > 64).then_some(("a program for DOS", Kind::Program)))
}

/// Office documents of the old kind, and shortcuts.
pub(crate) struct Document;

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const SHORTCUT: &[u8] = &[0x4c, 0, 0, 0, 1, 0x14, 2, 0];

impl Reader for Document {
    fn format(&self) -> &'static str {
        "document"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(OLE) || head.begins_with(SHORTCUT)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let begin = view::array::<8>(&**part.view(), 0)?;
        if begin != OLE {
            let message = format!(
                "\"{}\" is a shortcut of Windows, which starts what it names",
                cut(part.name())
            );
            scan.find(part, rules::SHORTCUT.found(message));
            return Ok(());
        }
        let name = part.name().to_lowercase();
        if name.ends_with(".msi") {
            let message = format!("\"{}\" installs programs", cut(part.name()));
            scan.find(part, rules::EXECUTABLE.found(message));
        }
        // Names of streams are UTF-16.
        let wide: Vec<u8> = "_VBA_PROJECT".bytes().flat_map(|byte| [byte, 0]).collect();
        let bytes = part.view().bytes(0, 8 << 20)?;
        if name == "vbaproject.bin"
            || memory(&bytes, &wide)
            || memory(&bytes, &"Macros".bytes().flat_map(|b| [b, 0]).collect::<Vec<_>>())
        {
            let message = format!("\"{}\" holds macros", cut(part.name()));
            scan.find(part, rules::MACRO.found(message));
        }
        Ok(())
    }
}

fn memory(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
