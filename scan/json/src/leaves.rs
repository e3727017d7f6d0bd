use nix_ai_model_scan_walk::{Fault, Result, Scan, View};

use crate::token::is_of_word;
use crate::{Scalar, Tokens};

/// Depth that is followed; what lies deeper is passed over.
const DEEPEST: usize = 256;
/// Depth that no tool writes; parsers that call themselves end there by an
/// error, or by the end of their stack.
const TOO_DEEP: usize = 2048;
/// Bytes of one string that are held.
const LONGEST: usize = 1 << 20;
/// Bytes of one key that are held.
const KEY: usize = 256;

/// A step of the way to a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The value of this key.
    Key(String),
    /// An item of a list, from 0 on.
    Item(u64),
}

impl Step {
    /// The key; `None` for an item.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Item(_) => None,
        }
    }
}

/// The way to a leaf.
#[derive(Debug, Default)]
pub struct Path {
    /// From the outermost on.
    pub steps: Vec<Step>,
}

impl Path {
    /// The innermost key; empty where there is none.
    pub fn key(&self) -> &str {
        self.steps.iter().rev().find_map(Step::key).unwrap_or_default()
    }

    /// Whether a step is this key.
    pub fn has(&self, wanted: &str) -> bool {
        self.steps.iter().any(|step| step.key() == Some(wanted))
    }

    /// The key of the step at this place, from 0 on; empty where it is none.
    pub fn at(&self, place: usize) -> &str {
        self.steps.get(place).and_then(Step::key).unwrap_or_default()
    }

    /// The innermost place in a list.
    pub fn item(&self) -> Option<u64> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Item(place) => Some(*place),
            Step::Key(_) => None,
        })
    }

    /// Goes on to the value of another key of the innermost object.
    pub fn set_key(&mut self, text: &str) {
        if let Some(Step::Key(key)) = self.steps.last_mut() {
            key.clear();
            key.push_str(&text[..text.floor_char_boundary(KEY)]);
        }
    }
}

/// Hands every leaf of a JSON text to `visit`, in turn: also where it has
/// comments, commas too many, keys without quotes or single ones, or several
/// values. What no parser takes ends it; what came before counts, as does a
/// string that is cut.
///
/// # Errors
/// Where it cannot be read, where values are nested thousands deep, where steps
/// are spent; `visit`'s own.
pub fn leaves(
    view: &dyn View,
    scan: &mut Scan<'_>,
    visit: &mut dyn FnMut(&Path, Scalar<'_>, &mut Scan<'_>) -> Result<()>,
) -> Result<()> {
    let mut tokens = Tokens::new(view, LONGEST);
    let mut path = Path::default();
    let mut skipped = 0_usize;
    let mut steps = 0_u64;
    while let Some(sign) = next_sign(&mut tokens)? {
        steps += 1;
        if steps.is_multiple_of(4096) {
            scan.budget.step(4096)?;
        }
        let is_text = matches!(sign, b'"' | b'\'');
        if is_text || is_of_word(sign) {
            if is_text {
                tokens.read_string()?
            } else {
                tokens.read_word()?
            }
            let is_key = next_sign(&mut tokens)? == Some(b':');
            let held = if is_text { tokens.text().as_str() } else { tokens.word() };
            if is_key && skipped == 0 {
                path.set_key(held);
            } else if !is_key {
                let scalar = if is_text { Some(tokens.scalar()) } else { Scalar::bare(held) };
                scalar.map_or(Ok(()), |scalar| visit(&path, scalar, scan))?;
            }
            continue;
        }
        match sign {
            b'{' | b'[' if skipped >= TOO_DEEP => return Err(Fault::Limit("nested values")),
            b'{' | b'[' if path.steps.len() >= DEEPEST => skipped += 1,
            b'}' | b']' if skipped > 0 => skipped -= 1,
            b'{' => path.steps.push(Step::Key(String::new())),
            b'[' => path.steps.push(Step::Item(0)),
            b'}' | b']' => drop(path.steps.pop()),
            b',' => {
                if let (0, Some(Step::Item(place))) = (skipped, path.steps.last_mut()) {
                    *place += 1;
                }
            }
            // Byte order marks stand between texts that were joined.
            b':' | b'\\' | 0xef | 0xbb | 0xbf => {}
            _ => return Ok(()),
        }
        tokens.pass();
    }
    Ok(())
}

/// The next byte that is neither white space nor of a comment, which stays.
fn next_sign(tokens: &mut Tokens<'_>) -> Result<Option<u8>> {
    loop {
        match tokens.sign()? {
            Some(b'/' | b'#') => tokens.comment()?,
            sign => return Ok(sign),
        }
    }
}
