//! What is scanned against the clock.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Crc;
use nix_ai_model_corpus::container::zip::{Member, Zip};
use nix_ai_model_corpus::pickle::assembler::{Op, Pickle};
use nix_ai_model_corpus::{Content, Verdict, samples};

use crate::options::Options;

const MIB: usize = 1 << 20;

/// Something that is scanned: its name, and what of.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    /// Whether it is made to tire a scanner.
    pub(crate) is_attack: bool,
}

/// Makes all files, where they are not there yet.
pub(crate) fn make(options: &Options) -> Vec<Case> {
    let folder = options.scanners.join(if options.quick { "quick" } else { "scenes" });
    fs::create_dir_all(&folder).unwrap();
    let size = if options.quick { MIB } else { 1 << 30 };
    let sized = |full: usize| if options.quick { full / 500 } else { full };
    let case = |name, file: &str, is_attack, make: &dyn Fn(&Path)| {
        let path = folder.join(file);
        if !path.exists() {
            make(&path);
        }
        Case { name, path, is_attack }
    };
    let write = |bytes: Vec<u8>| move |path: &Path| fs::write(path, &bytes).unwrap();
    vec![
        case("torch zip", "model.pt", false, &|path| torch_zip(path, size)),
        case("safetensors", "model.safetensors", false, &|path| safetensors(path, size)),
        case("dense opcodes", "dense.pkl", false, &write(dense(sized(28_000_000)))),
        case("small files", "small", false, &|path| small_files(path, sized(1000).max(2))),
        case("nothing", "nothing.pkl", false, &write(Pickle::new(2).ops(&[Op::None]).stop())),
        case("20 MB of DUP", "dup.pkl", true, &write(duplicates(sized(20_000_000)))),
        case("a million nested tuples", "nested.pkl", true, &write(nested(sized(1_000_000)))),
        case("a zip of 100,000 members", "members.zip", true, &write(members(sized(100_000)))),
        case("billion-laughs memo", "laughs.pkl", true, &write(laughs())),
        case("a zip bomb of 1 GiB", "bomb.zip", true, &write(bomb(sized(1 << 30)))),
    ]
}

/// The file that the sandbox's cost is taken from, and one that costs a start.
pub(crate) const FOR_SANDBOX: [&str; 2] = ["dense opcodes", "nothing"];

/// Bytes that nothing is to be seen in, the same each time.
fn blocks(size: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    (0..size / MIB).map(move |_| {
        let numbers = (0..MIB / 8).flat_map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        });
        numbers.collect()
    })
}

/// As torch makes it, its weights in one member.
fn torch_zip(path: &Path, size: usize) {
    let mut crc = Crc::new();
    blocks(size).for_each(|block| crc.update(&block));
    let weights = Member::stored("archive/data/0", b"").both(|header| {
        header.crc = crc.sum();
        (header.compressed, header.size) = (size as u32, size as u32);
    });
    let first = [
        Member::stored("archive/data.pkl", &tensor(size as i32 / 4)),
        Member::stored("archive/version", b"3\n"),
        weights,
    ];
    let zip = Zip::of(first).build();
    let directory = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let (members, rest) = zip.split_at(directory);
    let mut rest = rest.to_vec();
    // The end says where the directory begins.
    let place = rest.len() - 6;
    rest[place..place + 4].copy_from_slice(&((directory + size) as u32).to_le_bytes());
    let mut file = File::create(path).unwrap();
    file.write_all(members).unwrap();
    blocks(size).for_each(|block| file.write_all(&block).unwrap());
    file.write_all(&rest).unwrap();
}

fn tensor(length: i32) -> Vec<u8> {
    let storage = |pickle: Pickle| {
        let pickle = pickle.text("storage").global("torch", "FloatStorage");
        pickle.text("0").text("cpu").int(length)
    };
    let pickle = Pickle::new(2).call("torch._utils", "_rebuild_tensor_v2", |pickle| {
        let pickle = pickle.tuple(storage).ops(&[Op::PersistentId]).int(0);
        let pickle = pickle.tuple(|pickle| pickle.int(length)).tuple(|pickle| pickle.int(1));
        let pickle = pickle.ops(&[Op::NewFalse]);
        pickle.global("collections", "OrderedDict").ops(&[Op::EmptyTuple, Op::Reduce])
    });
    pickle.stop()
}

fn safetensors(path: &Path, size: usize) {
    let header =
        format!(r#"{{"w":{{"dtype":"F32","shape":[{}],"data_offsets":[0,{size}]}}}}"#, size / 4);
    let mut file = File::create(path).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    file.write_all(header.as_bytes()).unwrap();
    blocks(size).for_each(|block| file.write_all(&block).unwrap());
}

/// A list of small things, nearly each byte an instruction.
fn dense(size: usize) -> Vec<u8> {
    let item = b"K\x01K\x02\x86q\x01N\x88\x87}K\x03h\x01s";
    let mut pickle = Pickle::new(2).ops(&[Op::EmptyList]);
    for _ in 0..size / (item.len() * 1000) + 1 {
        pickle = pickle.ops(&[Op::Mark]).raw(&item.repeat(1000)).ops(&[Op::Appends]);
    }
    pickle.stop()
}

/// As many files as models' folders have, from the benign samples in turn.
fn small_files(folder: &Path, count: usize) {
    fs::create_dir_all(folder).unwrap();
    let samples = samples();
    let benign = samples.iter().filter(|sample| sample.verdict == Verdict::Benign);
    let files: Vec<_> = benign
        .flat_map(|sample| &sample.files)
        .filter_map(|(path, content)| match content {
            Content::Bytes(bytes) if bytes.len() < 20_000 => Some((path, bytes)),
            _ => None,
        })
        .collect();
    for (index, (path, bytes)) in files.iter().cycle().take(count).enumerate() {
        fs::write(folder.join(format!("{index:04}-{}", path.replace('/', "-"))), bytes).unwrap();
    }
}

fn duplicates(count: usize) -> Vec<u8> {
    Pickle::new(2).ops(&[Op::None]).raw(&vec![Op::Dup as u8; count]).stop()
}

fn nested(count: usize) -> Vec<u8> {
    Pickle::new(2).ops(&[Op::EmptyTuple]).raw(&vec![Op::Tuple1 as u8; count]).stop()
}

fn members(count: usize) -> Vec<u8> {
    let member = |index| Member::stored(&format!("archive/data/{index}"), b"weights");
    Zip::of((0..count).map(member)).build()
}

/// Each list holds the one before ten times.
fn laughs() -> Vec<u8> {
    let mut pickle = Pickle::new(2).text("ha").put(0).ops(&[Op::Pop]);
    for level in 0..200 {
        pickle = pickle.list(|pickle| (0..10).fold(pickle, |pickle, _| pickle.get(level)));
        pickle = pickle.put(level + 1).ops(&[Op::Pop]);
    }
    pickle.get(200).stop()
}

fn bomb(size: usize) -> Vec<u8> {
    Zip::of([Member::deflated("archive/data.pkl", &vec![b'N'; size])]).build()
}
