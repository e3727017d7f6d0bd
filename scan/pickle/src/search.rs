//! Pickles where ordinary loaders read none.

use nix_ai_model_scan_names::Tier;
use nix_ai_model_scan_walk::{Budget, Cursor, Result, View};

use crate::judge::{Tiers, Verdicts};
use crate::machine::Machine;
use crate::{rules, trial};

/// Bytes that are searched.
const SEARCHED: u64 = 8 << 20;
/// Bytes that are looked at together, and how many of them twice.
const BLOCK: usize = 256 << 10;
const OVERLAP: usize = 4096;
/// Pickles that are followed.
const FOUND: u32 = 32;
/// Bytes of a misread array that are followed.
const MISREAD: usize = 4096;
/// Bytes of the longest name in a text instruction that is looked for.
const NAME: usize = 128;

/// Looks for pickles from a place on, and judges them.
pub(crate) fn search(
    view: &dyn View,
    from: u64,
    tiers: Tiers,
    verdicts: &mut Verdicts,
) -> Result<()> {
    let mut found = 0;
    let mut place = from;
    while place - from < SEARCHED && found < FOUND {
        let block = view.bytes(place, BLOCK + OVERLAP)?;
        let searched = block.len().min(BLOCK);
        for at in 0..searched {
            let bytes = &block[at..];
            let is_hit = match bytes {
                [0x80, 2..=5, ..] => {
                    let trial = trial::trial(&bytes[..bytes.len().min(OVERLAP)]);
                    trial.named && (trial.called || trial.stopped)
                }
                [b'c', ..] => is_dangerous(bytes, tiers),
                _ => false,
            };
            if is_hit && found < FOUND {
                found += 1;
                follow(view, place + at as u64, tiers, verdicts);
            }
        }
        if block.len() <= BLOCK {
            break;
        }
        place += BLOCK as u64;
    }
    Ok(())
}

/// Whether a text instruction names something dangerous here.
fn is_dangerous(bytes: &[u8], tiers: Tiers) -> bool {
    let line = |bytes: &[u8]| {
        let end = bytes.iter().take(NAME).position(|&byte| byte == b'\n')?;
        let line = std::str::from_utf8(&bytes[..end]).ok()?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        (!line.is_empty() && line.chars().all(is_name)).then(|| line.to_owned())
    };
    let named = || {
        let module = line(bytes.get(1..)?)?;
        let name = line(bytes.get(module.len() + 2..)?)?;
        Some(crate::judge::tier(tiers, &module, &name))
    };
    matches!(named(), Some(Tier::Dangerous(_)))
}

fn follow(view: &dyn View, at: u64, tiers: Tiers, verdicts: &mut Verdicts) {
    let mut machine = Machine::new(view, tiers);
    let mut cursor = Cursor::new(view);
    cursor.go_to(at);
    let mut budget = Budget { steps: 1 << 20, ..Budget::default() };
    let _ = machine.run(&mut cursor, &mut budget);
    let message = format!("a further pickle lies at byte {at}, where loaders read none");
    verdicts.other(&rules::HIDDEN_PICKLE, at, message);
    verdicts.take_bad(machine.verdicts);
}

/// Follows the bytes of an array as instructions, and takes note of what they
/// call that is dangerous.
pub(crate) fn misread(view: &dyn View, at: u64, tiers: Tiers, verdicts: &mut Verdicts) {
    let Ok(bytes) = view.bytes(at, MISREAD) else { return };
    if trial::trial(&bytes).named {
        let mut machine = Machine::new(view, tiers);
        let mut cursor = Cursor::new(view);
        cursor.go_to(at);
        let mut budget = Budget { steps: 1 << 20, ..Budget::default() };
        let _ = machine.run(&mut cursor, &mut budget);
        verdicts.take_bad(machine.verdicts);
    }
}
