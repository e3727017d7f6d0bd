//! Messages in the making, for tests.

/// A message so far.
#[derive(Debug, Default, Clone)]
pub struct Message(pub Vec<u8>);

impl Message {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn number(mut self, number: u32, value: u64) -> Self {
        self.varint(u64::from(number) << 3);
        self.varint(value);
        self
    }

    pub fn bytes(mut self, number: u32, value: impl AsRef<[u8]>) -> Self {
        self.varint(u64::from(number) << 3 | 2);
        self.varint(value.as_ref().len() as u64);
        self.0.extend(value.as_ref());
        self
    }

    pub fn message(self, number: u32, value: Message) -> Self {
        self.bytes(number, value.0)
    }

    /// An entry of a map of strings, or what looks like one.
    pub fn pair(self, number: u32, key: &str, value: &str) -> Self {
        self.message(number, Self::new().bytes(1, key).bytes(2, value))
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
