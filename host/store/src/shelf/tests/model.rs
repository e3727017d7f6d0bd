//! Partials against a vector of bytes.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Append(usize),
    Truncate(u64),
    Read(u64, usize),
    Reopen,
    Seal,
}

/// Sizes around the block that writes are gathered in.
fn size() -> impl Strategy<Value = usize> {
    prop_oneof![0..10_usize, (1 << 20) - 3..(1 << 20) + 3_usize, 0..3_000_000_usize]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => size().prop_map(Step::Append),
        1 => size().prop_map(|length| Step::Truncate(length as u64)),
        2 => (size(), size()).prop_map(|(offset, length)| Step::Read(offset as u64, length)),
        1 => Just(Step::Reopen),
        1 => Just(Step::Seal),
    ]
}

fn bytes(length: usize, seed: usize) -> Vec<u8> {
    (0..length).map(|index| (index.wrapping_mul(31) ^ seed) as u8).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_partial_holds_what_was_appended(steps in proptest::collection::vec(step(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folders = Folders::new();
            let shelf = folders.shelf();
            let mut partial = shelf.open(&key("a")).await.unwrap();
            let mut expected: Vec<u8> = Vec::new();
            for (seed, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Append(length) => {
                        let more = bytes(length, seed);
                        partial.append(&more).await.unwrap();
                        expected.extend(more);
                    }
                    Step::Truncate(length) => {
                        let length = length.min(expected.len() as u64);
                        partial.truncate(length).await.unwrap();
                        expected.truncate(length as usize);
                    }
                    Step::Read(offset, length) => {
                        let from = expected.len().min(offset as usize);
                        let to = expected.len().min(offset as usize + length);
                        let read = partial.read(offset, length).await.unwrap();
                        assert!(read == expected[from..to]);
                    }
                    Step::Reopen => {
                        drop(partial);
                        partial = shelf.open(&key("a")).await.unwrap();
                    }
                    Step::Seal => partial.seal().await.unwrap(),
                }
                assert_eq!(partial.length(), expected.len() as u64);
            }
            drop(partial);
            let file = shelf.inner.lane.folder().join(key("a").as_str());
            assert!(fs::read(file).unwrap() == expected);
        });
    }
}
