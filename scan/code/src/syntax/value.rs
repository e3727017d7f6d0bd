use std::rc::Rc;

/// Bytes of a constant that are kept; what is longer is known by its marks.
pub(super) const LONGEST: usize = 256 << 10;
/// Elements of a list that are kept.
pub(super) const MOST: usize = 65_536;

/// What is known of where a value comes from: a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks(u16);

impl Marks {
    /// Put together from pieces that hide what it is.
    pub(crate) const PIECED: Self = Self(1);
    /// Made by a decoder: base64, hexadecimal, decompression, a cipher.
    pub(crate) const DECODED: Self = Self(1 << 1);
    /// Came over the network.
    pub(crate) const DOWNLOADED: Self = Self(1 << 2);
    /// The process' environment.
    pub(crate) const ENVIRONMENT: Self = Self(1 << 3);
    /// The content or path of a file that holds secrets.
    pub(crate) const SECRET: Self = Self(1 << 4);
    /// Reached over the classes that an object is made of.
    pub(crate) const WALKED: Self = Self(1 << 5);
    /// Known in part only: the rest stands as `…`.
    pub(crate) const PARTIAL: Self = Self(1 << 6);
    /// Code that was compiled from something.
    pub(crate) const COMPILED: Self = Self(1 << 7);
    /// The content of a file.
    pub(crate) const FILE: Self = Self(1 << 8);
    /// Names of the host, of its user or its network.
    pub(crate) const HOST: Self = Self(1 << 9);

    /// A path where something is started later.
    pub(crate) const STARTUP: Self = Self(1 << 11);
    /// A file or folder that came from a repository of models.
    pub(crate) const HUB: Self = Self(1 << 12);

    /// A path, or what was read of one, where secrets are kept.
    pub(crate) const KEPT: Self = Self(1 << 13);

    /// A home folder as a whole, or what is in it.
    pub(crate) const HOME: Self = Self(1 << 14);

    /// A name that was asked for by a string.
    pub(crate) const ASKED: Self = Self(1 << 10);

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl std::ops::BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What a value is, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Shape {
    #[default]
    Unknown,
    Number(i64),
    /// A string.
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
    /// A list, tuple or set.
    List(Rc<[Value]>),
    /// A dictionary: keys and values in turn.
    Table(Rc<[Value]>),
    /// Something with a dotted name: a module, a function, the result of a
    /// call as `requests.get()`.
    Name(Rc<str>),
    /// A method of a string, bytes or list.
    Bound(Rc<Value>, Rc<str>),
    /// A function of the text itself, and what it answers.
    Function(Rc<str>, Rc<Value>),
}

/// A value that a text makes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Value {
    pub(crate) shape: Shape,
    pub(crate) marks: Marks,
}

impl Value {
    pub(crate) fn unknown(marks: Marks) -> Self {
        Self { shape: Shape::Unknown, marks }
    }

    pub(crate) fn number(number: i64) -> Self {
        Self { shape: Shape::Number(number), marks: Marks::default() }
    }

    pub(crate) fn name(name: &str) -> Self {
        Self { shape: Shape::Name(name.into()), marks: Marks::default() }
    }

    /// A string; one that is too long is unknown.
    pub(crate) fn text(text: &str) -> Self {
        let shape = if text.len() > LONGEST { Shape::Unknown } else { Shape::Text(text.into()) };
        Self { shape, marks: Marks::default() }
    }

    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        let shape = if bytes.len() > LONGEST { Shape::Unknown } else { Shape::Bytes(bytes.into()) };
        Self { shape, marks: Marks::default() }
    }

    /// A list, which has the marks of all its elements.
    pub(crate) fn list(mut elements: Vec<Self>) -> Self {
        elements.truncate(MOST);
        let marks = all_marks(&elements);
        Self { shape: Shape::List(elements.into()), marks }
    }

    #[must_use]
    pub(crate) fn with(mut self, marks: Marks) -> Self {
        self.marks |= marks;
        self
    }

    /// Where it is a string or bytes that are one: the string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            Shape::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// Where it is a string or bytes: the bytes.
    pub(crate) fn as_bytes(&self) -> Option<&[u8]> {
        match &self.shape {
            Shape::Text(text) => Some(text.as_bytes()),
            Shape::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn as_name(&self) -> Option<&str> {
        match &self.shape {
            Shape::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<i64> {
        match self.shape {
            Shape::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn elements(&self) -> Option<&[Self]> {
        match &self.shape {
            Shape::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The string, where all of it is known.
    pub(crate) fn as_constant(&self) -> Option<&str> {
        if self.marks.has(Marks::PARTIAL) { None } else { self.as_text() }
    }
}

/// The marks of all of them.
pub(crate) fn all_marks(values: &[Value]) -> Marks {
    values.iter().fold(Marks::default(), |marks, value| marks | value.marks)
}

impl std::ops::BitAnd for Marks {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
