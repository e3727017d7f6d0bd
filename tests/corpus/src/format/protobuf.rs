//! Messages of protocol buffers, field by field.

/// A message.
#[derive(Debug, Clone, Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    /// One without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number.
    #[must_use]
    pub fn number(mut self, field: u32, number: u64) -> Self {
        varint(&mut self.0, u64::from(field) << 3);
        varint(&mut self.0, number);
        self
    }

    /// Bytes, text, or what was packed.
    #[must_use]
    pub fn bytes(mut self, field: u32, bytes: impl AsRef<[u8]>) -> Self {
        varint(&mut self.0, u64::from(field) << 3 | 2);
        varint(&mut self.0, bytes.as_ref().len() as u64);
        self.0.extend_from_slice(bytes.as_ref());
        self
    }

    /// A message in it.
    #[must_use]
    pub fn message(self, field: u32, message: Self) -> Self {
        self.bytes(field, message.0)
    }
}

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
