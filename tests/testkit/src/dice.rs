//! Chance that can be had again: all of it follows from a seed.

use std::ops::RangeInclusive;

use crate::fixtures::scramble;

/// Dice that fall the same way for the same seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dice(u64);

impl Dice {
    /// Dice with this seed.
    pub fn new(seed: u64) -> Self {
        Self(scramble(seed ^ 0x9e37_79b9_7f4a_7c15))
    }

    /// Dice of their own for something that has a name: how these fell so far
    /// and how often does not matter to them, only the seed does.
    #[must_use]
    pub fn of(seed: u64, name: &str) -> Self {
        Self(name.bytes().fold(Self::new(seed).0, |state, byte| scramble(state ^ u64::from(byte))))
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// A number of the range.
    pub fn between(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        let count = high.saturating_sub(low).saturating_add(1);
        low + self.number() % count
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.between(1..=100) <= percent
    }

    /// One of several.
    ///
    /// # Panics
    /// Where there are none.
    pub fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.between(0..=among.len() as u64 - 1) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way() {
        let falls = |mut dice: Dice| [dice.number(), dice.between(1..=6), dice.number()];
        assert_eq!(falls(Dice::new(7)), falls(Dice::new(7)));
        assert_ne!(falls(Dice::new(7)), falls(Dice::new(8)));
        assert_eq!(falls(Dice::of(7, "a")), falls(Dice::of(7, "a")));
        assert_ne!(falls(Dice::of(7, "a")), falls(Dice::of(7, "b")));
    }

    #[test]
    fn numbers_keep_to_their_range() {
        let mut dice = Dice::new(1);
        let mut seen = [false; 6];
        for _ in 0..1000 {
            seen[dice.between(0..=5) as usize] = true;
        }
        assert_eq!(seen, [true; 6]);
        assert!((0..100).all(|_| dice.chance(100) && !dice.chance(0)));
    }
}
