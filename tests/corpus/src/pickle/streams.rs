//! What may be before, after and around a pickle.

use super::assembler::{Op, Pickle};

/// A stream around a pickle that has no `STOP` yet and was made by protocol 2
/// or 4.
pub type Stream = (&'static str, fn(Pickle) -> Vec<u8>);

/// Streams that any loader takes, at least until the call.
pub static STREAMS: &[Stream] = &[
    ("plain", Pickle::stop),
    ("without-stop", Pickle::cut),
    ("broken-after", |pickle| pickle.raw(&[0xff; 16]).stop()),
    ("broken-after-by-a-long-string", |pickle| pickle.raw(b"X\xff\xff\xff\x7fshort").cut()),
    ("broken-after-by-memo", |pickle| pickle.raw(b"g99999\n").stop()),
    ("broken-after-by-pop", |pickle| pickle.ops(&[Op::Pop, Op::Pop, Op::Pop]).stop()),
    ("broken-after-by-a-number", |pickle| pickle.raw(b"Inonsense\n").stop()),
    ("broken-after-by-text", |pickle| pickle.raw(b"V\\ud8\n").raw(b"\x8c\x02\xff\xfe").stop()),
    ("broken-after-by-extension", |pickle| pickle.raw(&[0x82, 0]).stop()),
    ("broken-after-by-protocol", |pickle| pickle.raw(&[0x80, 0x77]).stop()),
    ("junk-after", |pickle| [pickle.stop(), vec![0xa5; 4000]].concat()),
    ("zeros-after", |pickle| [pickle.stop(), vec![0; 4000]].concat()),
    ("text-after", |pickle| [pickle.stop(), b"just some text\n".repeat(40)].concat()),
    ("innocent-before", |pickle| [innocent(), pickle.stop()].concat()),
    ("innocents-before", |pickle| [innocent().repeat(300), pickle.stop()].concat()),
    ("innocent-after", |pickle| [pickle.stop(), innocent()].concat()),
    ("innocent-before-cut", |pickle| [innocent(), pickle.cut()].concat()),
    ("none-before", |pickle| [b"N.".to_vec(), pickle.stop()].concat()),
    ("noise-before", |pickle| around(pickle, &b"N0".repeat(50_000), b"")),
    ("marks-before", |pickle| around(pickle, &b"(1".repeat(5_000), b"")),
    ("deep-tuples-before", |pickle| {
        around(pickle, &[&b")"[..], &b"\x85".repeat(20_000), b"0"].concat(), b"")
    }),
    ("long-bytes-before", |pickle| {
        let mut bytes = b"B\x00\x00\x10\x00".to_vec();
        bytes.extend(vec![b'.'; 1 << 20]);
        around(pickle, &[&bytes[..], b"0"].concat(), b"")
    }),
    ("protocol-again", |pickle| around(pickle, b"\x80\x05\x80\x00\x80\x04", b"")),
    ("protocol-lower", |pickle| [b"\x80\x00".to_vec(), pickle.stop()].concat()),
    ("protocol-later", |pickle| around(pickle, b"N0", b"\x80\x02")),
    ("frame-too-long", |pickle| {
        around(pickle, &[&[0x95][..], &u64::from(u32::MAX).to_le_bytes()].concat(), b"")
    }),
    ("frame-too-short", |pickle| {
        around(pickle, &[&[0x95][..], &2_u64.to_le_bytes()].concat(), b"")
    }),
    ("frame-empty", |pickle| around(pickle, &[&[0x95][..], &0_u64.to_le_bytes()].concat(), b"")),
    ("frame-endless", |pickle| {
        around(pickle, &[&[0x95][..], &u64::MAX.to_le_bytes()].concat(), b"")
    }),
    ("frames-nested", |pickle| {
        let frame = |length: u64| [&[0x95][..], &length.to_le_bytes()].concat();
        around(pickle, &[frame(30), frame(3)].concat(), b"")
    }),
    ("result-dropped", |pickle| pickle.ops(&[Op::Pop, Op::None]).stop()),
    ("result-replaced", |pickle| {
        pickle.ops(&[Op::Pop, Op::EmptyDict]).text("a").int(1).ops(&[Op::SetItem]).stop()
    }),
    ("memo-scattered", |pickle| {
        pickle.raw(b"r\xff\xff\xff\x00").raw(b"q\xfe").raw(b"p123456\n").stop()
    }),
    ("long-numbers-before", |pickle| {
        around(pickle, &[b"\x8a\xff", &[1; 255][..], b"0"].concat(), b"")
    }),
    ("buffers-before", |pickle| around(pickle, b"\x96\x02\0\0\0\0\0\0\0ab\x980", b"")),
];

/// Puts bytes behind `PROTO` and before `STOP`.
fn around(pickle: Pickle, before: &[u8], after: &[u8]) -> Vec<u8> {
    let protocol = pickle.protocol();
    let body = pickle.cut();
    let body = body.strip_prefix(&[0x80, protocol]).unwrap_or(&body);
    Pickle::new(protocol).raw(before).raw(body).raw(after).stop()
}

/// A pickle that nobody minds.
pub fn innocent() -> Vec<u8> {
    Pickle::new(2).dict(|pickle| pickle.text("epoch").int(3).text("best").int(9)).stop()
}
