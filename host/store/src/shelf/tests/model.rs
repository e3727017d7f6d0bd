//! Partials against a vector of bytes, and a journal that is only in memory.

use nix_ai_model_core::journal::{Block, Journal, checksum};
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Write(u64, usize),
    Leave(u64, usize),
    Read(u64, usize),
    Clear,
    Reopen,
}

/// Sizes around those that are treated differently.
fn size() -> impl Strategy<Value = usize> {
    let block = BLOCK;
    prop_oneof![1..10_usize, (64 << 10) - 3..(64 << 10) + 3_usize, block - 3..block + 3]
}

fn step() -> impl Strategy<Value = Step> {
    let offset = || prop_oneof![Just(0), 0..3_000_000_u64];
    prop_oneof![
        5 => (offset(), size()).prop_map(|(offset, length)| Step::Write(offset, length)),
        1 => (offset(), size()).prop_map(|(offset, length)| Step::Leave(offset, length)),
        2 => (offset(), size()).prop_map(|(offset, length)| Step::Read(offset, length)),
        1 => Just(Step::Clear),
        2 => Just(Step::Reopen),
    ]
}

fn bytes(length: usize, seed: usize) -> Bytes {
    (0..length).map(|index| (index.wrapping_mul(31) ^ seed) as u8).collect()
}

fn put_in(expected: &mut Vec<u8>, offset: u64, block: &Bytes) {
    let (from, to) = (offset as usize, offset as usize + block.len());
    expected.resize(expected.len().max(to), 0);
    expected[from..to].copy_from_slice(block);
}

/// Every block that is held, held against what was written.
async fn check(partial: &mut dyn Partial, expected: &[u8], held: &Journal) {
    assert_eq!(partial.journal().held(), held.held());
    let mut offset = 0;
    loop {
        assert_eq!(partial.journal().gap(offset), held.gap(offset));
        offset = match partial.journal().block(offset) {
            Some(Block { length, checksum: recorded }) => {
                let read = partial.read(offset, length as usize).await.unwrap();
                assert!(read == expected[offset as usize..][..length as usize]);
                assert!(recorded.is_none_or(|recorded| recorded == checksum([&read])));
                offset + length
            }
            None if held.gap(offset).end == u64::MAX => return,
            None => held.gap(offset).end,
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_partial_holds_the_blocks_that_were_written(
        steps in proptest::collection::vec(step(), 1..12)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folders = Folders::new();
            let shelf = folders.shelf();
            let mut partial = shelf.open(&key("a"), Some(9)).await.unwrap();
            let (mut expected, mut held) = (Vec::new(), Journal::default());
            for (seed, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Write(offset, length) | Step::Leave(offset, length) => {
                        let block = bytes(length, seed);
                        put_in(&mut expected, offset, &block);
                        held.insert(offset, Block { length: length as u64, checksum: None });
                        let pieces = vec![block.slice(..1), block.slice(1..)];
                        if matches!(step, Step::Leave(..)) {
                            partial.leave(offset, pieces);
                        } else {
                            partial.write(offset, pieces).await.unwrap();
                        }
                    }
                    Step::Read(offset, length) => {
                        let from = expected.len().min(offset as usize);
                        let to = expected.len().min(offset as usize + length);
                        let read = partial.read(offset, length).await.unwrap();
                        assert!(read == expected[from..to]);
                    }
                    Step::Clear => {
                        partial.clear().await.unwrap();
                        (expected, held) = (Vec::new(), Journal::default());
                    }
                    Step::Reopen => {
                        drop(partial);
                        partial = shelf.open(&key("a"), Some(9)).await.unwrap();
                    }
                }
                check(&mut *partial, &expected, &held).await;
            }
        });
    }
}
