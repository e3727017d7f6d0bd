use nix_ai_model_scan_walk::{Cursor, Fault, Head, Part, Reader, Result, Scan};

use super::tree::Children;
use super::xgboost::{size_found, text_found};
use super::{LOOP, MEASURE};

/// Values within values.
const DEPTH: usize = 512;
/// Bytes of a text that are looked at.
const TEXT: u64 = 64 << 10;

/// Models of XGBoost as UBJSON, which `.ubj` and its default form are.
pub struct XgboostUbjson;

impl Reader for XgboostUbjson {
    fn format(&self) -> &'static str {
        "XGBoost model"
    }

    fn recognises(&self, head: &Head) -> bool {
        let is_object =
            matches!(head.begin.as_slice(), [b'{', b'L' | b'l' | b'i' | b'U' | b'I', ..]);
        is_object && head.holds(&["learner", "gradient_booster", "Config", "Model"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = part.view().size()?;
        let mut values = Values { cursor: part.cursor(), size, part, side: None };
        values.all(scan)
    }
}

struct Values<'p, 'a> {
    cursor: Cursor<'p>,
    size: u64,
    part: &'p Part<'a>,
    /// How many children the left side of a tree has, and which.
    side: Option<(u64, Children)>,
}

/// A container that is being read: whether it is an object, and how many values
/// are left where that is said.
struct Level {
    is_object: bool,
    left: Option<u64>,
}

impl<'a> Values<'_, 'a> {
    fn all(&mut self, scan: &mut Scan<'a>) -> Result<()> {
        let mut levels: Vec<Level> = Vec::new();
        let mut key = String::new();
        loop {
            scan.budget.step(2)?;
            let Some(level) = levels.last_mut() else {
                if self.cursor.position() > 0 {
                    return Ok(());
                }
                let kind = self.cursor.u8()?;
                levels.extend(self.value(kind, "", scan)?);
                continue;
            };
            let end = if level.is_object { b'}' } else { b']' };
            let ended = match &mut level.left {
                Some(0) => true,
                Some(left) => {
                    *left -= 1;
                    false
                }
                None => self.cursor.peek()?.first() == Some(&end),
            };
            if ended {
                // A counted container has no sign of its end.
                self.cursor.advance(usize::from(level.left.is_none()));
                levels.pop();
                continue;
            }
            if level.is_object {
                let length = self.number(None)?;
                key = self.text(length, scan)?;
            }
            let kind = self.cursor.u8()?;
            let more = self.value(kind, &key, scan)?;
            if levels.len() + usize::from(more.is_some()) > DEPTH {
                return Err(Fault::Limit("values within values"));
            }
            levels.extend(more);
        }
    }

    fn broken(&self, what: &str) -> Fault {
        Fault::broken(self.cursor.position(), what)
    }

    /// Reads a value of this kind, or the begin of a container.
    fn value(&mut self, kind: u8, key: &str, scan: &mut Scan<'a>) -> Result<Option<Level>> {
        match kind {
            b'{' | b'[' => return self.container(kind == b'{', key, scan),
            b'S' => {
                let length = self.number(None)?;
                let text = self.text(length, scan)?;
                self.told(key, &text, scan);
            }
            b'Z' | b'N' | b'T' | b'F' => {}
            b'd' | b'D' => self.cursor.skip(if kind == b'd' { 4 } else { 8 }),
            b'C' => self.cursor.skip(1),
            kind => {
                let number = self.number(Some(kind))?;
                self.told(key, &number.to_string(), scan);
            }
        }
        Ok(None)
    }

    fn told(&self, key: &str, text: &str, scan: &mut Scan<'a>) {
        let at = self.cursor.position();
        let size = key.starts_with("num_").then(|| size_found(key, text)).flatten();
        for found in text_found(text).into_iter().chain(size) {
            scan.find(self.part, found.at(at));
        }
    }

    /// Begins a container: numbers of one kind are passed over at once.
    fn container(
        &mut self,
        is_object: bool,
        key: &str,
        scan: &mut Scan<'a>,
    ) -> Result<Option<Level>> {
        let mut kind = None;
        if self.cursor.peek()?.first() == Some(&b'$') {
            self.cursor.advance(1);
            kind = Some(self.cursor.u8()?);
        }
        if self.cursor.peek()?.first() != Some(&b'#') {
            return match kind {
                None => Ok(Some(Level { is_object, left: None })),
                Some(_) => Err(self.broken("has a list of one kind without a length")),
            };
        }
        self.cursor.advance(1);
        let at = self.cursor.position();
        let count = u64::try_from(self.number(None)?).ok();
        let width = match kind {
            Some(b'i' | b'U' | b'C') => 1,
            Some(b'I') => 2,
            Some(b'l' | b'd') => 4,
            Some(b'L' | b'D') => 8,
            None => 0,
            Some(_) => return Err(self.broken("has a list of a strange kind")),
        };
        let room = self.size.saturating_sub(self.cursor.position());
        match count.filter(|count| count.saturating_mul(width.max(1)) <= room) {
            Some(count)
                if kind == Some(b'l') && matches!(key, "left_children" | "right_children") =>
            {
                self.side(count, scan)?;
            }
            Some(count) if kind.is_some() => self.cursor.skip(count * width),
            Some(count) => return Ok(Some(Level { is_object, left: Some(count) })),
            None => {
                let told = "a list is longer than the file".to_owned();
                scan.find(self.part, MEASURE.found(told).at(at));
                return Err(Fault::broken(at, "has a list that is longer than the file"));
            }
        }
        Ok(None)
    }

    /// The children of one side of a tree, left before right.
    fn side(&mut self, count: u64, scan: &mut Scan<'a>) -> Result<()> {
        let at = self.cursor.position();
        scan.budget.step(count)?;
        let mut side = Children::default();
        for _ in 0..count {
            side.push(self.cursor.array().map(i32::from_be_bytes)?.into());
        }
        let mut tree = match self.side.take() {
            Some((others, tree)) if others == count => tree,
            _ => {
                self.side = Some((count, side));
                return Ok(());
            }
        };
        tree.take_over(side);
        if let Some(lie) = tree.lie(count) {
            scan.find(self.part, LOOP.found(format!("a tree of {count} nodes {lie}")).at(at));
        }
        Ok(())
    }

    /// Reads a number, of this kind or of the kind that comes first.
    fn number(&mut self, kind: Option<u8>) -> Result<i64> {
        let kind = match kind {
            Some(kind) => kind,
            None => self.cursor.u8()?,
        };
        match kind {
            b'i' => Ok(i64::from(self.cursor.u8()?.cast_signed())),
            b'U' => Ok(i64::from(self.cursor.u8()?)),
            b'I' => self.cursor.array().map(i16::from_be_bytes).map(i64::from),
            b'l' => self.cursor.array().map(i32::from_be_bytes).map(i64::from),
            b'L' => self.cursor.array().map(i64::from_be_bytes),
            _ => Err(self.broken("has a value of no known kind")),
        }
    }

    fn text(&mut self, length: i64, scan: &mut Scan<'a>) -> Result<String> {
        let at = self.cursor.position();
        let length = u64::try_from(length).ok();
        let room = self.size.saturating_sub(at);
        let Some(length) = length.filter(|length| *length <= room) else {
            scan.find(self.part, MEASURE.found("a text is longer than the file").at(at));
            return Err(Fault::broken(at, "has a text that is longer than the file"));
        };
        let held = usize::try_from(length.min(TEXT)).unwrap_or(0);
        let text = self.cursor.take_bytes(held)?;
        self.cursor.go_to(at + length);
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
