use super::Underflow;
use crate::value::{Kind, Value};

/// Values that are held one by one.
const FLAT: usize = 1 << 20;
/// How many of them are folded at once.
const FOLDED: usize = FLAT / 2;
/// Runs that are held.
const RUNS: usize = 1 << 16;
/// Stretches of marks at one height that are held.
const MARKS: usize = 1 << 20;

/// The stack and its marks. What lies deeper than a million values is held as
/// runs of values that say less.
#[derive(Default, Clone)]
pub(crate) struct Stack {
    runs: Vec<(Value, u32)>,
    /// How many values the runs stand for.
    folded: u64,
    flat: Vec<Value>,
    /// Heights at which marks are, and how many at each.
    marks: Vec<(u64, u32)>,
    /// The last mark's height.
    fence: u64,
    /// Whether something below a mark was taken.
    pub(crate) has_crossed: bool,
}

impl Stack {
    #[inline(always)]
    pub(crate) fn push(&mut self, value: Value) {
        if self.flat.len() >= FLAT {
            self.fold();
        }
        self.flat.push(value);
    }

    fn height(&self) -> u64 {
        self.folded + self.flat.len() as u64
    }

    /// Takes the top value. Today's loaders stop at the last mark, older ones
    /// took what is below it.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Result<Value, Underflow> {
        self.cross();
        match self.flat.pop() {
            Some(value) => Ok(value),
            None => self.unfold(),
        }
    }

    /// The top value.
    #[inline(always)]
    pub(crate) fn top(&mut self) -> Result<Value, Underflow> {
        self.cross();
        match self.flat.last() {
            Some(value) => Ok(*value),
            None => self.unfold().inspect(|value| self.flat.push(*value)),
        }
    }

    /// Takes note where the top value is below a mark.
    #[inline(always)]
    fn cross(&mut self) {
        let height = self.height();
        if height <= self.fence && height > 0 {
            self.has_crossed = true;
        }
    }

    /// Puts another value in the top one's place.
    pub(crate) fn set_top(&mut self, value: Value) {
        if let Some(top) = self.flat.last_mut() {
            *top = value;
        }
    }

    /// Takes the top `N` values, the top one last.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[Value; N], Underflow> {
        let mut values = [Value::NONE; N];
        for place in values.iter_mut().rev() {
            *place = self.pop()?;
        }
        Ok(values)
    }

    /// Sets a mark; false where there are too many.
    pub(crate) fn mark(&mut self) -> bool {
        self.fence = self.height();
        let is_full = self.marks.len() >= MARKS;
        match self.marks.last_mut() {
            Some((height, count)) if *height == self.fence && *count < u32::MAX => *count += 1,
            _ if is_full => return false,
            _ => self.marks.push((self.fence, 1)),
        }
        true
    }

    /// Takes the last mark away and says how high it was.
    fn unmark(&mut self) -> Result<u64, Underflow> {
        let (height, count) = self.marks.last_mut().ok_or(Underflow)?;
        let at = *height;
        *count -= 1;
        if *count == 0 {
            self.marks.pop();
        }
        self.fence = self.marks.last().map_or(0, |(height, _)| *height);
        Ok(at)
    }

    /// Takes the last mark and what is above it: gives up to `most` of the
    /// lowest values in `into`, and says how many there were.
    pub(crate) fn pop_mark(
        &mut self,
        most: usize,
        into: &mut Vec<Value>,
    ) -> Result<u64, Underflow> {
        let mark = self.unmark()?;
        let count = self.height().saturating_sub(mark);
        into.clear();
        if let Some(first) = mark.checked_sub(self.folded) {
            let first = usize::try_from(first).unwrap_or(usize::MAX).min(self.flat.len());
            into.extend(self.flat[first..].iter().take(most));
            self.flat.truncate(first);
            return Ok(count);
        }
        // The mark is among what was folded, which says little.
        into.resize(most.min(usize::try_from(count).unwrap_or(usize::MAX)), Value::LOST);
        self.flat.clear();
        while self.folded > mark {
            let Some((_, length)) = self.runs.last_mut() else { break };
            let over = (self.folded - mark).min(u64::from(*length));
            *length -= u32::try_from(over).unwrap_or(u32::MAX);
            self.folded -= over;
            if *length == 0 {
                self.runs.pop();
            }
        }
        Ok(count)
    }

    /// What `POP` does: takes the top value, or a mark that is there instead.
    pub(crate) fn pop_any(&mut self) -> Result<(), Underflow> {
        if self.height() <= self.fence && !self.marks.is_empty() {
            return self.unmark().map(|_| ());
        }
        self.pop().map(|_| ())
    }

    /// Begins anew.
    pub(crate) fn clear(&mut self) {
        *self = Self { flat: std::mem::take(&mut self.flat), ..Self::default() };
        self.flat.clear();
    }

    /// All values that are held.
    pub(crate) fn visit(&mut self, see: &mut dyn FnMut(&mut Value)) {
        self.flat.iter_mut().for_each(&mut *see);
        self.runs.iter_mut().for_each(|(value, _)| see(value));
    }

    #[cold]
    fn fold(&mut self) {
        for value in self.flat.drain(..FOLDED) {
            let value = match value.kind() {
                Kind::Name(_) | Kind::Instance(_) => value,
                _ if value.is_inert() => Value::DATA,
                _ => Value::LOST,
            };
            let is_full = self.runs.len() >= RUNS;
            match self.runs.last_mut() {
                Some((run, count)) if *run == value && *count < u32::MAX => *count += 1,
                Some((run, count)) if is_full && *count < u32::MAX => {
                    *run = Value::LOST;
                    *count += 1;
                }
                _ => self.runs.push((value, 1)),
            }
        }
        self.folded += FOLDED as u64;
    }

    #[cold]
    fn unfold(&mut self) -> Result<Value, Underflow> {
        let (value, count) = self.runs.last_mut().ok_or(Underflow)?;
        let value = *value;
        *count -= 1;
        if *count == 0 {
            self.runs.pop();
        }
        self.folded -= 1;
        Ok(value)
    }
}
