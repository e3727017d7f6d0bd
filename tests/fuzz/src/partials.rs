//! What is kept of downloads that are not whole.

use nix_ai_model_core::journal::Journal;

/// A journal's file: the blocks that are read lie one behind the other, gaps are
/// what is between them, and the same is read when it is written again.
pub fn journal(data: &[u8]) {
    let journal = Journal::parse(data);
    let (mut at, mut held) = (0, 0);
    while at < journal.end() {
        let gap = journal.gap(at);
        assert!(gap.start >= at && gap.end > gap.start, "{gap:?} from {at}");
        while let Some(block) = journal.block(at) {
            assert!(block.length > 0);
            held += block.length;
            at = at.checked_add(block.length).expect("a block ends at a number");
        }
        assert_eq!(at, gap.start, "a gap begins behind a block");
        at = gap.end;
    }
    assert_eq!(held, journal.held());
    let text = journal.to_text();
    assert_eq!(Journal::parse(text.as_bytes()), journal, "{text}");
}
