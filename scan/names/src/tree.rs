//! The compiled tables: a tree of names, in static bytes that `build.rs` wrote.

use crate::tier::{Home, Tier, VERDICTS};

static NAMES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/names.bin"));
static NODES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/nodes.bin"));
/// A node's bytes: where its name is (3) and how long (1), its first child (3),
/// the verdict on itself (1), how many children (2), the verdict on what lies
/// below (1), where it is from (1).
const NODE: usize = 12;

/// A place in the tree: the path walked so far is known.
#[derive(Clone, Copy)]
pub(crate) struct Node([u8; NODE]);

impl Node {
    /// Where paths begin.
    pub(crate) fn root() -> Option<Self> {
        Self::at(0)
    }

    fn at(index: usize) -> Option<Self> {
        let from = index.checked_mul(NODE)?;
        NODES.get(from..from.checked_add(NODE)?)?.try_into().ok().map(Self)
    }

    fn name(self) -> &'static [u8] {
        let from = number(self.0[0], self.0[1], self.0[2]);
        NAMES.get(from..from + usize::from(self.0[3])).unwrap_or_default()
    }

    /// The node of one more segment.
    pub(crate) fn child(self, segment: &str) -> Option<Self> {
        let mut low = number(self.0[4], self.0[5], self.0[6]);
        let mut high = low + number(self.0[8], self.0[9], 0);
        while low < high {
            let middle = low.midpoint(high);
            let node = Self::at(middle)?;
            match node.name().cmp(segment.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(node),
            }
        }
        None
    }

    /// What is known of the name itself.
    pub(crate) fn exact(self) -> Option<Tier> {
        verdict(self.0[7])
    }

    /// What is known of all that lies below it.
    pub(crate) fn below(self) -> Option<Tier> {
        verdict(self.0[10])
    }

    /// Where it and what lies below it is from, where that is said here.
    pub(crate) fn home(self) -> Option<Home> {
        match verdict(self.0[11]) {
            Some(Tier::Unknown(home)) => Some(home),
            _ => None,
        }
    }
}

fn number(low: u8, middle: u8, high: u8) -> usize {
    usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16
}

fn verdict(code: u8) -> Option<Tier> {
    VERDICTS.get(usize::from(code).checked_sub(1)?).map(|(_, tier)| *tier)
}
