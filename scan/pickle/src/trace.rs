//! The machine's reading of instructions, held against Python's.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use crate::decode::{Argument, Step, decode};
use crate::opcode::{ALL, STOP};

/// Prints name and place of each instruction of each pickle on standard input,
/// which are lines of hexadecimal digits. `pickletools` executes nothing.
const PRINT: &str = r#"
import sys, pickletools
for line in sys.stdin:
    told = []
    try:
        for opcode, argument, place in pickletools.genops(bytes.fromhex(line)):
            told.append(f"{opcode.name}@{place}")
    except Exception:
        told.append("break")
    print(" ".join(told))
"#;

/// Prints pickles of made-up objects by every protocol, from a seed.
const MAKE: &str = r#"
import sys, pickle, random, collections, datetime
random.seed(int(sys.argv[1]))
def value(depth):
    kinds = [
        lambda: None, lambda: random.random() < 0.5, lambda: random.randrange(-2**70, 2**70),
        lambda: random.randrange(300), lambda: random.random(), lambda: "x" * random.randrange(300),
        lambda: bytes(random.randrange(256) for _ in range(random.randrange(40))),
        lambda: bytearray(b"abc"), lambda: "\u00e9\n\\\u20ac", lambda: datetime.date(2000, 1, 2),
        lambda: collections.OrderedDict(a=1), lambda: len, lambda: frozenset([1, 2]), lambda: {1, "b"},
        lambda: complex(1, 2), lambda: range(3),
    ]
    if depth:
        kinds += 3 * [
            lambda: [value(depth - 1) for _ in range(random.randrange(5))],
            lambda: tuple(value(depth - 1) for _ in range(random.randrange(5))),
            lambda: {str(n): value(depth - 1) for n in range(random.randrange(5))},
        ]
    return random.choice(kinds)()
for _ in range(100):
    made = value(4)
    for protocol in range(6):
        print(pickle.dumps([made, made], protocol).hex())
"#;

fn python(program: &str, argument: &str, input: &str) -> Vec<String> {
    let mut child = Command::new("python3")
        .args(["-c", program, argument])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("these tests hold the machine against python3, which must be there");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Name and place of each instruction, as the machine reads them.
fn trace(bytes: &[u8]) -> String {
    let mut told = Vec::new();
    let mut next = 0;
    loop {
        let op = match decode(bytes.get(next..).unwrap_or_default()) {
            Step::Done(op) => op,
            Step::More | Step::Invalid => {
                told.push("break".to_owned());
                break;
            }
        };
        let end = op.whole().saturating_add(next as u64);
        if end > bytes.len() as u64 {
            told.push("break".to_owned());
            break;
        }
        let name = ALL.iter().find(|known| known.code == op.code).unwrap().name;
        told.push(format!("{name}@{next}"));
        if op.code == STOP {
            break;
        }
        next = usize::try_from(end).unwrap();
    }
    told.join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len() / 2).map(|pair| &hex[2 * pair..2 * pair + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[test]
fn what_python_writes_is_read_as_python_reads_it() {
    for seed in ["1", "2", "3"] {
        let pickles = python(MAKE, seed, "");
        let expected = python(PRINT, "", &(pickles.join("\n") + "\n"));
        assert_eq!(pickles.len(), expected.len());
        for (pickle, expected) in pickles.iter().zip(&expected) {
            assert_eq!(&trace(&bytes(pickle)), expected);
        }
    }
}

/// An instruction with an argument that fits it.
fn instruction() -> impl Strategy<Value = Vec<u8>> {
    let index = 0..ALL.len();
    (index, prop::collection::vec(any::<u8>(), 0..20), any::<[u8; 8]>()).prop_map(
        |(index, payload, number)| {
            let code = ALL[index].code;
            let mut bytes = vec![code];
            let length = payload.len();
            match decode(&[&[code][..], &[0; 16]].concat()) {
                Step::Done(op) => match op.argument {
                    Argument::Payload(_) => {
                        bytes.extend(&(length as u64).to_le_bytes()[..op.length - 1]);
                        bytes.extend(payload);
                    }
                    _ => bytes.extend(&number[..op.length - 1]),
                },
                // Lines: what they say is another matter than where they end.
                _ => {
                    let line: &[u8] = match code {
                        b'F' => b"1.5\n",
                        b'S' => b"'a\\x41'\n",
                        b'c' | b'i' => b"a.b\nc\n",
                        _ => b"12\n",
                    };
                    bytes.extend(line);
                }
            }
            bytes
        },
    )
}

#[test]
fn soups_of_instructions_are_read_as_python_reads_them() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let soup = prop::collection::vec(instruction(), 1..60);
    let soups: Vec<Vec<u8>> =
        (0..2000).map(|_| soup.new_tree(&mut runner).unwrap().current().concat()).collect();
    let input: String = soups.iter().map(|soup| hex(soup) + "\n").collect();
    let expected = python(PRINT, "", &input);
    assert_eq!(soups.len(), expected.len());
    for (soup, expected) in soups.iter().zip(&expected) {
        let mine = trace(soup);
        // Python also refuses what its instructions say: text that is not
        // UTF-8, numbers of frames. The machine reads on.
        let (read, broke) = match expected.strip_suffix("break") {
            Some(read) => (read, true),
            None => (expected.as_str(), false),
        };
        assert!(mine.starts_with(read.trim_end()), "{}: {mine} / {expected}", hex(soup));
        assert!(broke || &mine == expected, "{}: {mine} / {expected}", hex(soup));
    }
}
