//! The instructions of pickle protocols 0 to 5.

/// What follows an instruction's byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// There is no such instruction.
    Invalid,
    Nothing,
    U8,
    U16,
    I32,
    U32,
    U64,
    /// Eight bytes, big-endian.
    Float,
    /// A length of one byte, and as many bytes.
    Bytes1,
    /// A length of four bytes, and as many bytes.
    Bytes4,
    /// A length of four bytes that must not be negative, and as many bytes.
    Signed4,
    /// A length of eight bytes, and as many bytes.
    Bytes8,
    /// A line of text.
    Line,
    /// Two lines of text.
    Lines,
}

/// One instruction.
pub(crate) struct Opcode {
    pub code: u8,
    /// As Python's `pickletools` calls it.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests compare traces by it"))]
    pub name: &'static str,
    shape: Shape,
}

macro_rules! opcodes {
    ($($name:ident $code:literal $shape:ident)*) => {
        $(pub(crate) const $name: u8 = $code;)*
        /// All of them.
        pub(crate) static ALL: &[Opcode] =
            &[$(Opcode { code: $code, name: stringify!($name), shape: Shape::$shape }),*];
    };
}

opcodes! {
    MARK b'(' Nothing
    STOP b'.' Nothing
    POP b'0' Nothing
    POP_MARK b'1' Nothing
    DUP b'2' Nothing
    FLOAT b'F' Line
    INT b'I' Line
    BININT b'J' I32
    BININT1 b'K' U8
    LONG b'L' Line
    BININT2 b'M' U16
    NONE b'N' Nothing
    PERSID b'P' Line
    BINPERSID b'Q' Nothing
    REDUCE b'R' Nothing
    STRING b'S' Line
    BINSTRING b'T' Signed4
    SHORT_BINSTRING b'U' Bytes1
    UNICODE b'V' Line
    BINUNICODE b'X' Bytes4
    APPEND b'a' Nothing
    BUILD b'b' Nothing
    GLOBAL b'c' Lines
    DICT b'd' Nothing
    EMPTY_DICT b'}' Nothing
    APPENDS b'e' Nothing
    GET b'g' Line
    BINGET b'h' U8
    INST b'i' Lines
    LONG_BINGET b'j' U32
    LIST b'l' Nothing
    EMPTY_LIST b']' Nothing
    OBJ b'o' Nothing
    PUT b'p' Line
    BINPUT b'q' U8
    LONG_BINPUT b'r' U32
    SETITEM b's' Nothing
    TUPLE b't' Nothing
    EMPTY_TUPLE b')' Nothing
    SETITEMS b'u' Nothing
    BINFLOAT b'G' Float
    BINBYTES b'B' Bytes4
    SHORT_BINBYTES b'C' Bytes1
    PROTO 0x80 U8
    NEWOBJ 0x81 Nothing
    EXT1 0x82 U8
    EXT2 0x83 U16
    EXT4 0x84 I32
    TUPLE1 0x85 Nothing
    TUPLE2 0x86 Nothing
    TUPLE3 0x87 Nothing
    NEWTRUE 0x88 Nothing
    NEWFALSE 0x89 Nothing
    LONG1 0x8a Bytes1
    LONG4 0x8b Signed4
    SHORT_BINUNICODE 0x8c Bytes1
    BINUNICODE8 0x8d Bytes8
    BINBYTES8 0x8e Bytes8
    EMPTY_SET 0x8f Nothing
    ADDITEMS 0x90 Nothing
    FROZENSET 0x91 Nothing
    NEWOBJ_EX 0x92 Nothing
    STACK_GLOBAL 0x93 Nothing
    MEMOIZE 0x94 Nothing
    FRAME 0x95 U64
    BYTEARRAY8 0x96 Bytes8
    NEXT_BUFFER 0x97 Nothing
    READONLY_BUFFER 0x98 Nothing
}

static SHAPES: [Shape; 256] = {
    let mut shapes = [Shape::Invalid; 256];
    let mut next = 0;
    while next < ALL.len() {
        shapes[ALL[next].code as usize] = ALL[next].shape;
        next += 1;
    }
    shapes
};

/// What follows this byte where it is an instruction.
pub(crate) fn shape(code: u8) -> Shape {
    SHAPES[code as usize]
}
