//! Pickles where ordinary loaders read none.

use nix_ai_model_scan_names::Tier;
use nix_ai_model_scan_walk::{Budget, Cursor, Fault, Result, View};

use crate::judge::{self, Tiers, Verdicts};
use crate::machine::{Machine, Pause};
use crate::{rules, trial};

/// Bytes that are searched.
const SEARCHED: u64 = 8 << 20;
/// Bytes that are looked at together, and how many of them twice.
const BLOCK: usize = 256 << 10;
const OVERLAP: usize = 4096;
/// Pickles that are followed.
const FOUND: u32 = 32;
/// Instructions of a misread array that make it a pickle rather than chance.
const MISREAD: u32 = 24;
/// Bytes of the longest name in a text instruction that is looked for.
const NAME: usize = 64;
/// Instructions of one place, and of all places together, that are tried.
const TRIED: u32 = 256;
const TRIED_ALL: u32 = 8 << 20;

/// Looks for pickles from a place on, and judges them.
///
/// # Errors
/// Where bytes cannot be read, or too many look like pickles.
pub(crate) fn search(
    view: &dyn View,
    from: u64,
    tiers: Tiers,
    verdicts: &mut Verdicts,
) -> Result<()> {
    let mut found = 0;
    let mut told = 0;
    let mut tried = 0;
    let mut place = from;
    while place - from < SEARCHED {
        let block = view.bytes(place, BLOCK + OVERLAP)?;
        for at in 0..block.len().min(BLOCK) {
            let bytes = &block[at..block.len().min(at + OVERLAP)];
            if is_hit(bytes, tiers, &mut tried) {
                let at = place + at as u64;
                let end = follow(view, at, tiers, verdicts);
                if at >= told {
                    let message = || format!("a further pickle lies at byte {at}");
                    verdicts.other(&rules::HIDDEN_PICKLE, at, message);
                    told = end;
                }
                found += 1;
            }
            if found >= FOUND || tried >= TRIED_ALL {
                return Err(Fault::Limit("pickles after its end"));
            }
        }
        if block.len() <= BLOCK {
            break;
        }
        place += BLOCK as u64;
    }
    Ok(())
}

/// Whether a pickle that matters begins here.
fn is_hit(bytes: &[u8], tiers: Tiers, tried: &mut u32) -> bool {
    match bytes {
        [0x80, 2..=5, ..] => {
            let trial = trial::within(bytes, TRIED);
            *tried += trial.steps;
            trial.named && (trial.called || trial.stopped)
        }
        [b'c', rest @ ..] => {
            let named = || {
                let (module, rest) = line(rest)?;
                let (name, _) = line(rest)?;
                Some(judge::tier(tiers, module, name))
            };
            matches!(named(), Some(Tier::Dangerous(_)))
        }
        _ => false,
    }
}

/// A line that may be a dotted name, and what follows it.
fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let end = bytes.iter().take(NAME).position(|byte| !is_name(byte)).filter(|end| *end > 0)?;
    let rest = bytes.get(end..)?.strip_prefix(b"\n")?;
    Some((std::str::from_utf8(&bytes[..end]).ok()?, rest))
}

/// Judges a pickle, and says where it ends.
fn follow(view: &dyn View, at: u64, tiers: Tiers, verdicts: &mut Verdicts) -> u64 {
    let mut machine = Machine::new(view, tiers);
    let end = go_on(&mut machine, at);
    verdicts.take_bad(machine.verdicts, true);
    end
}

/// Follows a little, and says how far.
fn go_on(machine: &mut Machine<'_>, at: u64) -> u64 {
    let mut cursor = Cursor::new(machine.view);
    cursor.go_to(at);
    let mut budget = Budget { steps: 1 << 20, ..Budget::default() };
    while let Ok(Pause::Array) = machine.run(&mut cursor, &mut budget) {}
    cursor.position()
}

/// An unpickler that does not know joblib takes the array at `at` for
/// instructions: follows them as it would, and takes note of what is dangerous.
///
/// # Errors
/// Where the bytes cannot be read.
pub(crate) fn misread(machine: &mut Machine<'_>, at: u64) -> Result<()> {
    let bytes = machine.view.bytes(at, OVERLAP)?;
    let trial = trial::within(&bytes, TRIED);
    if trial.named && (trial.called || trial.open.is_some()) {
        if !machine.is_light() {
            return Err(Fault::Limit("arrays that look like instructions"));
        }
        let mut plain = machine.clone();
        plain.verdicts = Verdicts::default();
        go_on(&mut plain, at);
        machine.verdicts.take_bad(plain.verdicts, trial.steps >= MISREAD || trial.stopped);
    }
    Ok(())
}
