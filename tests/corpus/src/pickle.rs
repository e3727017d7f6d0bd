//! Pickles that run something: names, ways to them, calls, and streams.

pub mod assembler;
mod gadgets;
mod libraries;
mod naming;
mod nested;
mod streams;
mod tricks;

use assembler::{Op, Pickle};
use gadgets::Gadget;
use naming::WAYS;
pub use nested::{gzip, zlib};
use streams::STREAMS;
pub use streams::innocent;
use tricks::TRICKS;

use crate::Sample;

const FORMAT: &str = "pickle";

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = names();
    samples.extend(ways());
    samples.extend(tricks());
    samples.extend(streams());
    samples.extend(renames());
    samples.extend(nested::samples());
    samples.extend(disguises());
    samples.extend(begins());
    samples.extend(libraries::samples());
    samples
}

/// The pickle that everything else is put around: it calls a shell with `echo
/// inert`.
pub fn harmful() -> Vec<u8> {
    called(&Gadget::USUAL[0], Pickle::new(2), Pickle::global).stop()
}

/// The same in text.
pub fn harmful_text() -> Vec<u8> {
    called(&Gadget::USUAL[0], Pickle::new(0), Pickle::global).stop()
}

/// The same by protocol 4, in a frame.
pub fn harmful_framed() -> Vec<u8> {
    let body = called(&Gadget::USUAL[0], Pickle::bare(4), Pickle::stack_global).stop();
    Pickle::new(4).frame(body.len() as u64).raw(&body).cut()
}

fn called(gadget: &Gadget, pickle: Pickle, way: impl Fn(Pickle, &str, &str) -> Pickle) -> Pickle {
    gadget.arguments(way(pickle, gadget.module, gadget.name)).ops(&[Op::Reduce])
}

fn malicious(family: &'static str, what: &str, bytes: Vec<u8>) -> Sample {
    Sample::malicious(FORMAT, family, what, "model.pkl", bytes)
}

/// Every name, each by a plain call, by protocols in turn.
fn names() -> Vec<Sample> {
    let protocols = [4, 2, 0, 5, 3, 1];
    let sample = |(index, gadget): (usize, Gadget)| {
        // A dotted name needs protocol 4.
        let protocol = match gadget.name.contains('.') {
            true => 4,
            false => protocols[index % protocols.len()],
        };
        let bytes = called(&gadget, Pickle::new(protocol), Pickle::named).stop();
        let what = format!("{index}-{}-{}", gadget.module, gadget.name);
        malicious(gadget.family, &what, bytes)
    };
    Gadget::all().enumerate().map(sample).collect()
}

/// Every way to the usual names.
fn ways() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (way, protocol, name) in WAYS {
        for gadget in &Gadget::USUAL {
            let bytes = called(gadget, Pickle::new(*protocol), name).stop();
            let what = format!("way-{way}-{}", gadget.name);
            samples.push(malicious("hidden name", &what, bytes));
        }
    }
    samples
}

fn tricks() -> Vec<Sample> {
    let sample = |(name, make): &(&str, fn() -> Pickle)| {
        malicious("unusual call", &format!("call-{name}"), make().stop())
    };
    TRICKS.iter().map(sample).collect()
}

/// Every stream around a binary and a framed pickle.
fn streams() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (name, stream) in STREAMS {
        for protocol in [0, 2, 4] {
            let pickle = called(&Gadget::USUAL[0], Pickle::new(protocol), Pickle::named);
            let what = format!("stream-{name}-{protocol}");
            samples.push(malicious("stream", &what, stream(pickle)));
        }
    }
    samples
}

/// Names of Python 2, which protocols up to 2 rename.
fn renames() -> Vec<Sample> {
    let names = [
        ("__builtin__", "eval"),
        ("__builtin__", "raw_input"),
        ("commands", "getoutput"),
        ("commands", "getstatusoutput"),
        ("cPickle", "loads"),
        ("urllib", "urlopen"),
        ("urllib", "urlretrieve"),
        ("urllib2", "urlopen"),
        ("httplib", "HTTPConnection"),
        ("SocketServer", "TCPServer"),
        ("xmlrpclib", "ServerProxy"),
        ("os", "getcwdu.__self__.system"),
        ("__builtin__", "reduce"),
        ("itertools", "imap"),
        ("copy_reg", "add_extension"),
    ];
    let sample = |(module, name): (&str, &str)| {
        let pickle = Pickle::new(2).global(module, name).tuple(|pickle| {
            let pickle = pickle.global("posix", "system");
            pickle.list(|pickle| pickle.text("echo inert"))
        });
        let what = format!("renamed-{module}-{name}");
        malicious("hidden name", &what, pickle.ops(&[Op::Reduce]).stop())
    };
    names.into_iter().map(sample).collect()
}

/// Pickles under names that say that they are something else.
fn disguises() -> Vec<Sample> {
    let names = [
        "model.safetensors",
        "model.gguf",
        "model.onnx",
        "config.json",
        "README.md",
        "notes.txt",
        "vocab.txt",
        "weights",
        "model.bin",
        "pytorch_model.bin",
        "model.ckpt",
        "model.pth",
        "model.pt",
        "model.dat",
        "model.npy",
        "model.npz",
        "model.h5",
        "model.keras",
        "model.pb",
        "model.tflite",
        "model.xml",
        "model.joblib",
        "model.zip",
        "model.tar.gz",
        "image.png",
        "data.csv",
        "index.html",
        "model.pkl.bak",
        "model.PKL",
        "model.pickle",
        "model.msgpack",
        "model.nemo",
        "tokenizer.model",
        "spiece.model",
        ".hidden",
        "model.mlmodel",
        "model.pmml",
        "model.ubj",
        "model.cbm",
        "scheduler.bin",
        "rng_state.pth",
        "trainer_state.json",
    ];
    let sample = |(index, name): (usize, &str)| {
        let bytes = [harmful(), harmful_text(), harmful_framed()][index % 3].clone();
        Sample::malicious(FORMAT, "lying file name", &format!("named-{name}"), name, bytes)
    };
    names.into_iter().enumerate().map(sample).collect()
}

/// Pickles without `PROTO` that begin with anything, under names that say
/// nothing.
fn begins() -> Vec<Sample> {
    let begins: &[(&str, &[u8])] = &[
        ("mark", b"(1"),
        ("list", b"]0"),
        ("empty-list", b"(l0"),
        ("dict", b"}0"),
        ("tuple", b")0"),
        ("set", b"\x8f0"),
        ("true", b"\x880"),
        ("number", b"K\x010"),
        ("number-text", b"I1\n0"),
        ("long-text", b"L1L\n0"),
        ("long", b"\x8a\x01\x010"),
        ("float", b"G\0\0\0\0\0\0\0\x000"),
        ("float-text", b"F1.5\n0"),
        ("text", b"X\x01\0\0\0a0"),
        ("text-line", b"Va\n0"),
        ("short-text", b"\x8c\x01a0"),
        ("string", b"S'a'\n0"),
        ("short-string", b"U\x01a0"),
        ("bytes", b"C\x01a0"),
        ("frame", b"\x95\x01\0\0\0\0\0\0\0N0"),
        ("array", b"\x96\x01\0\0\0\0\0\0\0a0"),
        ("mark-and-text", b"(Va\np0\n1"),
    ];
    let mut samples = Vec::new();
    for (index, (begin, bytes)) in begins.iter().enumerate() {
        let call = called(&Gadget::USUAL[0], Pickle::bare(2).raw(bytes), Pickle::global);
        let file = ["model.bin", "weights", "model.safetensors", "vocab.txt"][index % 4];
        let what = format!("begin-{begin}");
        samples.push(Sample::malicious(FORMAT, "stream", &what, file, call.stop()));
    }
    samples
}
