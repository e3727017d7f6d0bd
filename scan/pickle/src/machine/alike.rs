/// Python's hash of a whole number is its rest by this.
const PRIME: u128 = (1 << 61) - 1;
/// Numbers of one hash that follow one another: each costs a look at all that a
/// dictionary has of them.
const MANY: u32 = 1 << 13;
/// Bytes of the longest number that is looked at.
const LONGEST: usize = 255;

/// How many long numbers of the same hash there were.
#[derive(Default, Clone)]
pub(super) struct Alike {
    hash: u64,
    last: u64,
    count: u32,
}

impl Alike {
    /// Takes note of a number in bytes, the lowest first; whether there are too
    /// many like it.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > LONGEST {
            return false;
        }
        let rest = bytes.iter().rev().fold(0, |rest, byte| (rest << 8 | u128::from(*byte)) % PRIME);
        let low = bytes.first_chunk().map_or(0, |low| u64::from_le_bytes(*low));
        self.see(rest as u64, low)
    }

    /// The same of a number in decimal digits.
    pub(super) fn digits(&mut self, line: &[u8]) -> bool {
        if line.len() > LONGEST {
            return false;
        }
        let digits = line.iter().filter(|byte| byte.is_ascii_digit());
        let values = digits.map(|byte| u128::from(byte - b'0'));
        let (rest, low) = values.fold((0, 0_u64), |(rest, low), digit| {
            ((rest * 10 + digit) % PRIME, low.wrapping_mul(10).wrapping_add(digit as u64))
        });
        self.see(rest as u64, low)
    }

    fn see(&mut self, hash: u64, low: u64) -> bool {
        if hash != self.hash {
            *self = Self { hash, last: low, count: 0 };
        } else if low != self.last {
            self.last = low;
            self.count = self.count.saturating_add(1);
        }
        self.count >= MANY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_hash_are_counted() {
        let (mut bytes, mut digits, mut equal, mut others) =
            (Alike::default(), Alike::default(), Alike::default(), Alike::default());
        let mut seen = [false; 4];
        for times in 8..8 + 2 * u128::from(MANY) {
            let number = PRIME * times + 5;
            seen[0] |= bytes.bytes(&number.to_le_bytes());
            seen[1] |= digits.digits(number.to_string().as_bytes());
            seen[2] |= equal.bytes(&(PRIME * 9).to_le_bytes());
            seen[3] |= others.bytes(&(number + times).to_le_bytes());
        }
        assert_eq!(seen, [true, true, false, false]);
    }
}
