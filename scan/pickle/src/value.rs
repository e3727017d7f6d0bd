//! What lies on the machine's stack.

/// A value, as far as the machine follows it, in four bytes: what it says
/// itself, or where more is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Value(u32);

/// What a [`Value`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    None,
    /// A number of 2²⁸ or more.
    Big,
    /// Data whose content is not held: a float, a large number, an array.
    Data,
    /// It may be anything, even a function: it was not followed.
    Lost,
    EmptyTuple,
    Int(i32),
    /// A string or bytes in the file: its place, of [`crate::machine::Texts`].
    Text(u32),
    /// A string that the pickle puts together while it is loaded.
    Made(u32),
    /// Something of a module, or a module.
    Name(u32),
    /// What a call of this name made.
    Instance(u32),
    /// A node of the arena.
    Node(u32),
}

const BITS: u32 = 29;
const MOST: u32 = (1 << BITS) - 1;
const INT: u32 = 1;
const TEXT: u32 = 2;
const MADE: u32 = 3;
const NAME: u32 = 4;
const INSTANCE: u32 = 5;
const NODE: u32 = 6;

impl Value {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const DATA: Self = Self(1);
    pub(crate) const LOST: Self = Self(2);
    pub(crate) const EMPTY_TUPLE: Self = Self(3);
    /// A number of 2²⁸ or more.
    pub(crate) const BIG: Self = Self(4);
    /// One of 2⁴⁰ or more.
    pub(crate) const VAST: Self = Self(5);

    const fn tagged(tag: u32, payload: u32) -> Self {
        if payload > MOST { Self::LOST } else { Self(tag << BITS | payload) }
    }

    /// A number; one of more than 28 bits is data.
    pub(crate) fn int(value: i64) -> Self {
        const HALF: i64 = 1 << (BITS - 1);
        if (-HALF..HALF).contains(&value) {
            Self(INT << BITS | (value as u32 & MOST))
        } else if value >= 1 << 40 {
            Self::VAST
        } else if value > 0 {
            Self::BIG
        } else {
            Self::DATA
        }
    }

    pub(crate) fn text(place: u32) -> Self {
        Self::tagged(TEXT, place)
    }

    pub(crate) fn made(id: u32) -> Self {
        Self::tagged(MADE, id)
    }

    pub(crate) fn name(id: u32) -> Self {
        Self::tagged(NAME, id)
    }

    pub(crate) fn instance(id: u32) -> Self {
        Self::tagged(INSTANCE, id)
    }

    pub(crate) fn node(index: usize) -> Self {
        u32::try_from(index).map_or(Self::LOST, |index| Self::tagged(NODE, index))
    }

    /// A word that is no value but a node's header.
    pub(crate) const fn header(bits: u32) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    pub(crate) fn kind(self) -> Kind {
        let payload = self.0 & MOST;
        match self.0 >> BITS {
            INT => Kind::Int(((payload << (32 - BITS)) as i32) >> (32 - BITS)),
            TEXT => Kind::Text(payload),
            MADE => Kind::Made(payload),
            NAME => Kind::Name(payload),
            INSTANCE => Kind::Instance(payload),
            NODE => Kind::Node(payload),
            _ => match self {
                Self::NONE => Kind::None,
                Self::DATA => Kind::Data,
                Self::EMPTY_TUPLE => Kind::EmptyTuple,
                Self::BIG | Self::VAST => Kind::Big,
                _ => Kind::Lost,
            },
        }
    }

    /// Where its node is.
    #[inline]
    pub(crate) fn index(self) -> Option<usize> {
        (self.0 >> BITS == NODE).then_some((self.0 & MOST) as usize)
    }

    /// Whether calling it fails in every loader, and so harms nobody.
    pub(crate) fn is_inert(self) -> bool {
        matches!(
            self.kind(),
            Kind::None
                | Kind::Data
                | Kind::Big
                | Kind::EmptyTuple
                | Kind::Int(_)
                | Kind::Text(_)
                | Kind::Made(_)
        )
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind().fmt(f)
    }
}
