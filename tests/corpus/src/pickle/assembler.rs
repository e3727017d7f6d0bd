//! Pickles, instruction by instruction.

/// A pickle in the making. Text and numbers are written as its protocol would
/// have them; everything may be said that no pickler would say.
#[derive(Debug, Clone)]
pub struct Pickle {
    protocol: u8,
    bytes: Vec<u8>,
}

/// Instructions without an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "they are named as pickletools names them")]
pub enum Op {
    Mark = b'(',
    Stop = b'.',
    Pop = b'0',
    PopMark = b'1',
    Dup = b'2',
    None = b'N',
    NewTrue = 0x88,
    NewFalse = 0x89,
    Reduce = b'R',
    Append = b'a',
    Appends = b'e',
    Build = b'b',
    Dict = b'd',
    EmptyDict = b'}',
    List = b'l',
    EmptyList = b']',
    Object = b'o',
    SetItem = b's',
    SetItems = b'u',
    Tuple = b't',
    EmptyTuple = b')',
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    PersistentId = b'Q',
    NewObject = 0x81,
    NewObjectEx = 0x92,
    StackGlobal = 0x93,
    Memoize = 0x94,
    EmptySet = 0x8f,
    AddItems = 0x90,
    FrozenSet = 0x91,
    NextBuffer = 0x97,
    ReadonlyBuffer = 0x98,
}

impl Pickle {
    /// Begins with `PROTO`, where the protocol has it.
    pub fn new(protocol: u8) -> Self {
        let pickle = Self::bare(protocol);
        if protocol >= 2 { pickle.raw(&[0x80, protocol]) } else { pickle }
    }

    /// Begins with nothing.
    pub fn bare(protocol: u8) -> Self {
        Self { protocol, bytes: Vec::new() }
    }

    /// Its protocol.
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    /// Any bytes.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Instructions without an argument.
    #[must_use]
    pub fn ops(self, ops: &[Op]) -> Self {
        ops.iter().fold(self, |pickle, op| pickle.raw(&[*op as u8]))
    }

    /// An instruction whose argument is a line.
    #[must_use]
    pub fn line(self, op: u8, line: &str) -> Self {
        self.raw(&[op]).raw(line.as_bytes()).raw(b"\n")
    }

    /// `GLOBAL`.
    #[must_use]
    pub fn global(self, module: &str, name: &str) -> Self {
        self.line(b'c', module).raw(name.as_bytes()).raw(b"\n")
    }

    /// `INST`; the arguments are what is above the mark.
    #[must_use]
    pub fn inst(self, module: &str, name: &str) -> Self {
        self.line(b'i', module).raw(name.as_bytes()).raw(b"\n")
    }

    /// Two strings and `STACK_GLOBAL`.
    #[must_use]
    pub fn stack_global(self, module: &str, name: &str) -> Self {
        self.text(module).text(name).ops(&[Op::StackGlobal])
    }

    /// A name as the protocol's pickler writes it.
    #[must_use]
    pub fn named(self, module: &str, name: &str) -> Self {
        if self.protocol >= 4 { self.stack_global(module, name) } else { self.global(module, name) }
    }

    /// Text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        match (self.protocol, u8::try_from(text.len())) {
            (0, _) => self.line(b'V', text),
            (4.., Ok(length)) => self.raw(&[0x8c, length]).raw(text.as_bytes()),
            _ => self.long_text(text),
        }
    }

    /// Text by `BINUNICODE`.
    #[must_use]
    pub fn long_text(self, text: &str) -> Self {
        self.raw(b"X").raw(&(text.len() as u32).to_le_bytes()).raw(text.as_bytes())
    }

    /// Python 2's text by `SHORT_BINSTRING`.
    #[must_use]
    pub fn short_string(self, text: &str) -> Self {
        self.raw(&[b'U', text.len() as u8]).raw(text.as_bytes())
    }

    /// Bytes by `BINBYTES`.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.raw(b"B").raw(&(bytes.len() as u32).to_le_bytes()).raw(bytes)
    }

    /// A number.
    #[must_use]
    pub fn int(self, number: i32) -> Self {
        match self.protocol {
            0 => self.line(b'I', &number.to_string()),
            _ => self.raw(b"J").raw(&number.to_le_bytes()),
        }
    }

    /// `PUT`, as wide as the protocol has it.
    #[must_use]
    pub fn put(self, index: u8) -> Self {
        match self.protocol {
            0 => self.line(b'p', &index.to_string()),
            _ => self.raw(&[b'q', index]),
        }
    }

    /// `GET`, as wide as the protocol has it.
    #[must_use]
    pub fn get(self, index: u8) -> Self {
        match self.protocol {
            0 => self.line(b'g', &index.to_string()),
            _ => self.raw(&[b'h', index]),
        }
    }

    /// What is said between a mark and `TUPLE`.
    #[must_use]
    pub fn tuple(self, of: impl FnOnce(Self) -> Self) -> Self {
        of(self.ops(&[Op::Mark])).ops(&[Op::Tuple])
    }

    /// What is said between a mark and `LIST`.
    #[must_use]
    pub fn list(self, of: impl FnOnce(Self) -> Self) -> Self {
        of(self.ops(&[Op::Mark])).ops(&[Op::List])
    }

    /// What is said between a mark and `DICT`.
    #[must_use]
    pub fn dict(self, of: impl FnOnce(Self) -> Self) -> Self {
        of(self.ops(&[Op::Mark])).ops(&[Op::Dict])
    }

    /// Calls the name with these arguments.
    #[must_use]
    pub fn call(self, module: &str, name: &str, arguments: impl FnOnce(Self) -> Self) -> Self {
        self.named(module, name).tuple(arguments).ops(&[Op::Reduce])
    }

    /// `FRAME` of this many bytes.
    #[must_use]
    pub fn frame(self, length: u64) -> Self {
        self.raw(&[0x95]).raw(&length.to_le_bytes())
    }

    /// Ends with `STOP`.
    pub fn stop(self) -> Vec<u8> {
        self.ops(&[Op::Stop]).bytes
    }

    /// Ends without it.
    pub fn cut(self) -> Vec<u8> {
        self.bytes
    }
}
