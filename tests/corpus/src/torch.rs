//! The formats of `torch.save`: zip, the stream before it, the tar before that;
//! and TorchScript.

use crate::Sample;
use crate::container::tar::{Entry, tar};
use crate::container::zip::{Member, Zip};
use crate::pickle::assembler::{Op, Pickle};
use crate::pickle::{harmful, harmful_framed, innocent};

const FORMAT: &str = "torch";

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = zips();
    samples.extend(legacy());
    samples.extend(tars());
    samples.extend(scripts());
    samples.extend(benign());
    samples
}

/// A pickle of one small tensor, without `STOP`.
fn tensor() -> Pickle {
    let storage = |pickle: Pickle| {
        let pickle = pickle.text("storage").global("torch", "FloatStorage");
        pickle.text("0").text("cpu").int(4)
    };
    Pickle::new(2).dict(|pickle| {
        pickle.text("weight").call("torch._utils", "_rebuild_tensor_v2", |pickle| {
            let pickle = pickle.tuple(storage).ops(&[Op::PersistentId]).int(0);
            let pickle = pickle.tuple(|pickle| pickle.int(4)).tuple(|pickle| pickle.int(1));
            let pickle = pickle.ops(&[Op::NewFalse]);
            pickle.global("collections", "OrderedDict").ops(&[Op::EmptyTuple, Op::Reduce])
        })
    })
}

/// The same dictionary with a call in it.
fn tensor_and_call() -> Vec<u8> {
    let call = |pickle: Pickle| pickle.call("posix", "system", |pickle| pickle.text("echo inert"));
    call(tensor().text("extra")).ops(&[Op::SetItem]).stop()
}

/// The archive as torch makes it, with this `data.pkl`.
fn zip(pickle: &[u8], further: impl IntoIterator<Item = Member>) -> Zip {
    let usual = [
        Member::stored("archive/data.pkl", pickle),
        Member::stored("archive/byteorder", b"little"),
        Member::stored("archive/data/0", &[0; 16]),
        Member::stored("archive/version", b"3\n"),
    ];
    Zip::of(usual.into_iter().chain(further))
}

fn zips() -> Vec<Sample> {
    let evil = harmful();
    let good = tensor().stop();
    let flagged = |zip: Zip, change: fn(&mut Member)| {
        let mut zip = zip;
        change(&mut zip.members[0]);
        zip
    };
    let cases: Vec<(&str, &str, Zip)> = vec![
        ("plain", "model.pt", zip(&evil, [])),
        ("with-a-tensor", "model.pth", zip(&tensor_and_call(), [])),
        ("framed", "pytorch_model.bin", zip(&harmful_framed(), [])),
        ("named-safetensors", "model.safetensors", zip(&evil, [])),
        ("named-text", "notes.txt", zip(&evil, [])),
        ("named-nothing", "weights", zip(&evil, [])),
        ("second-pickle", "model.pt", zip(&good, [Member::stored("archive/extra.pkl", &evil)])),
        ("constants", "model.pt", zip(&good, [Member::stored("archive/constants.pkl", &evil)])),
        ("in-a-storage", "model.pt", zip(&good, [Member::stored("archive/data/1", &evil)])),
        ("twice", "model.pt", zip(&good, [Member::stored("archive/data.pkl", &evil)])),
        ("twice-other-way", "model.pt", zip(&evil, [Member::stored("archive/data.pkl", &good)])),
        ("other-root", "model.pt", zip(&good, [Member::stored("other/data.pkl", &evil)])),
        (
            "encrypted-flag",
            "model.pt",
            flagged(zip(&evil, []), |member| {
                member.central.flags |= 1;
                member.local.flags |= 1;
            }),
        ),
        ("crc", "model.pt", flagged(zip(&evil, []), |member| member.central.crc ^= 0xff)),
        (
            "local-name",
            "model.pt",
            flagged(zip(&evil, []), |member| member.local.name = "archive/xxxx.txt".into()),
        ),
        (
            "central-name",
            "model.pt",
            flagged(zip(&evil, []), |member| member.central.name = "archive/data.pk!".into()),
        ),
        ("prefix", "model.pt", Zip { prefix: vec![b'#'; 64], ..zip(&evil, []) }),
        ("prefix-pickle", "model.pt", Zip { prefix: evil.clone(), ..zip(&good, []) }),
        ("stacked", "model.pt", zip(&[innocent(), evil.clone()].concat(), [])),
        ("cut", "model.pt", zip(&evil[..evil.len() - 1], [])),
        ("deflated", "model.pt", Zip::of([Member::deflated("archive/data.pkl", &evil)])),
    ];
    let sample = |(what, file, zip): (&str, &str, Zip)| {
        Sample::malicious(FORMAT, "torch zip", &format!("zip-{what}"), file, zip.build())
    };
    cases.into_iter().map(sample).collect()
}

/// Magic number, protocol and system, as the old format begins.
fn legacy_begin() -> [Vec<u8>; 3] {
    let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.".to_vec();
    let protocol = b"\x80\x02M\xe9\x03.".to_vec();
    let system = Pickle::new(2).dict(|pickle| {
        let pickle = pickle.text("protocol_version").int(1001);
        pickle.text("little_endian").ops(&[Op::NewTrue])
    });
    [magic, protocol, system.stop()]
}

/// The keys of the storages, and one storage of four numbers.
fn legacy_end() -> [Vec<u8>; 2] {
    let keys = Pickle::new(2).list(|pickle| pickle.text("0")).stop();
    let storage = [&4_u64.to_le_bytes()[..], &[0; 16]].concat();
    [keys, storage]
}

fn legacy() -> Vec<Sample> {
    let evil = harmful();
    let good = tensor().stop();
    let [magic, protocol, system] = legacy_begin();
    let [keys, storage] = legacy_end();
    let cases: Vec<(&str, Vec<&[u8]>)> = vec![
        ("object", vec![&magic, &protocol, &system, &evil, &keys, &storage]),
        ("system", vec![&magic, &protocol, &evil, &good, &keys, &storage]),
        ("protocol", vec![&magic, &evil, &system, &good, &keys, &storage]),
        ("magic", vec![&evil, &protocol, &system, &good, &keys, &storage]),
        ("keys", vec![&magic, &protocol, &system, &good, &evil, &storage]),
        ("after-storage", vec![&magic, &protocol, &system, &good, &keys, &storage, &evil]),
        ("cut", vec![&magic, &protocol, &system, &evil[..evil.len() - 1]]),
    ];
    let sample = |(what, parts): (&str, Vec<&[u8]>)| {
        let what = format!("legacy-{what}");
        Sample::malicious(FORMAT, "torch legacy", &what, "model.pth", parts.concat())
    };
    cases.into_iter().map(sample).collect()
}

fn tars() -> Vec<Sample> {
    let evil = harmful();
    let good = innocent();
    let make = |bad: &str| {
        let pick = |name: &str| if name == bad { evil.clone() } else { good.clone() };
        let parts = ["sys_info", "pickle", "storages", "tensors"].map(|name| (name, pick(name)));
        let entries: Vec<_> = parts.iter().map(|(name, bytes)| Entry::file(name, bytes)).collect();
        tar(&entries)
    };
    let sample = |bad: &str| {
        Sample::malicious(FORMAT, "torch tar", &format!("tar-{bad}"), "model.pt", make(bad))
    };
    ["sys_info", "pickle", "storages", "tensors"].map(sample).into()
}

/// TorchScript: code that a loader compiles, and pickles beside it.
fn scripts() -> Vec<Sample> {
    let good = tensor().stop();
    let evil = harmful();
    let code =
        b"class M(Module):\n  def forward(self: __torch__.M, x: Tensor) -> Tensor:\n    return x\n";
    let code = Member::stored("archive/code/__torch__.py", code);
    let at = |name: &str| {
        let zip = zip(&good, [code.clone(), Member::stored(name, &evil)]);
        let what = format!("script-{}", name.replace('/', "-"));
        Sample::malicious(FORMAT, "torch script", &what, "model.pt", zip.build())
    };
    ["archive/constants.pkl", "archive/code/__torch__.py.debug_pkl", "archive/extra/note"]
        .map(at)
        .into()
}

fn benign() -> Vec<Sample> {
    let good = tensor().stop();
    let [magic, protocol, system] = legacy_begin();
    let [keys, storage] = legacy_end();
    let legacy = [magic, protocol, system, good.clone(), keys, storage].concat();
    let family = "honest torch";
    vec![
        Sample::benign(FORMAT, family, "zip", "model.pt", zip(&good, []).build()),
        Sample::benign(FORMAT, family, "legacy", "model.pth", legacy),
    ]
}
