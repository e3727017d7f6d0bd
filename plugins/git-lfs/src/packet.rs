//! Packet lines, and the side bands that a pack comes in.

/// Bytes of a packet, its length of four digits included.
const LONGEST: usize = 65_520;

/// A packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// The end of a message.
    Flush,
    /// The end of a section.
    Delimiter,
    /// The end of a stateless response.
    End,
    /// A line, its line feed included.
    Data(&'a [u8]),
}

/// Why packets cannot be read.
pub type Fault = &'static str;

/// The packets of an answer.
#[derive(Debug, Clone)]
pub struct Packets<'a>(&'a [u8]);

impl<'a> Packets<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn read(&mut self) -> Result<Packet<'a>, Fault> {
        let (digits, rest) = self.0.split_at_checked(4).ok_or("ends within a packet's length")?;
        let malformed = "has a packet without a length";
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(malformed);
        }
        let digits = std::str::from_utf8(digits).map_err(|_| malformed)?;
        let length = usize::from_str_radix(digits, 16).map_err(|_| malformed)?;
        let (packet, rest) = match length {
            0 => (Packet::Flush, rest),
            1 => (Packet::Delimiter, rest),
            2 => (Packet::End, rest),
            4..=LONGEST => {
                let (data, rest) =
                    rest.split_at_checked(length - 4).ok_or("ends within a packet")?;
                (Packet::Data(data), rest)
            }
            _ => return Err(malformed),
        };
        self.0 = rest;
        Ok(packet)
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Result<Packet<'a>, Fault>;

    /// Nothing more comes after a fault.
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.0 = &[];
        }
        Some(read)
    }
}

/// The text of a line, without its line feed. What is not UTF-8 is replaced.
pub fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line)).into_owned()
}

/// A request of protocol 2: command and arguments.
pub fn request(command: &str, arguments: &[String]) -> Vec<u8> {
    let mut bytes = Vec::new();
    line(&mut bytes, &format!("command={command}"));
    bytes.extend_from_slice(b"0001");
    arguments.iter().for_each(|argument| line(&mut bytes, argument));
    bytes.extend_from_slice(b"0000");
    bytes
}

fn line(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(format!("{:04x}{text}\n", text.len() + 5).as_bytes());
}

/// What the answer to a fetch holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The bytes of a pack.
    Pack(Vec<u8>),
    /// The server's own words.
    Refused(String),
}

/// Takes the pack out of the answer to a fetch.
///
/// # Errors
/// What is wrong with the answer.
pub fn fetched(answer: &[u8]) -> Result<Fetched, Fault> {
    let mut packets = Packets::new(answer);
    loop {
        match packets.next().ok_or("holds no pack")?? {
            Packet::Data(b"packfile\n" | b"packfile") => break,
            Packet::Data(data) if data.starts_with(b"ERR ") => {
                return Ok(Fetched::Refused(text(&data[4..])));
            }
            _ => {}
        }
    }
    let mut pack = Vec::with_capacity(answer.len());
    loop {
        match packets.next().ok_or("ends within the pack")?? {
            Packet::Flush => return Ok(Fetched::Pack(pack)),
            Packet::Data([1, data @ ..]) => pack.extend_from_slice(data),
            // Progress.
            Packet::Data([2, ..]) => {}
            Packet::Data([3, message @ ..]) => return Ok(Fetched::Refused(text(message))),
            _ => return Err("has a packet of no band in the pack"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn packets_are_read_as_they_are_written() {
        let bytes = request("ls-refs", &["peel".to_owned()]);
        let packets: Vec<_> = Packets::new(&bytes).map(Result::unwrap).collect();
        assert_eq!(
            packets,
            [
                Packet::Data(b"command=ls-refs\n"),
                Packet::Delimiter,
                Packet::Data(b"peel\n"),
                Packet::Flush,
            ]
        );
    }

    #[test]
    fn malformed_packets_end_with_a_fault() {
        for bytes in ["0003", "000", "zzzz", "+00a12345", "000afive", "fff5", "-001"] {
            let last = Packets::new(bytes.as_bytes()).last().unwrap();
            assert!(last.is_err(), "{bytes}");
        }
    }

    #[test]
    fn a_pack_is_put_together_from_its_band() {
        let answer = b"0011shallow-info\n0001000dpackfile\n0007\x01PA0008\x02...0007\x01CK0000";
        assert_eq!(fetched(answer), Ok(Fetched::Pack(b"PACK".to_vec())));
        let refused = Ok(Fetched::Refused("no".to_owned()));
        assert_eq!(fetched(b"000bERR no\n"), refused);
        assert_eq!(fetched(b"000dpackfile\n0007\x03no0000"), refused);
        for cut in
            ["", "0000", "000dpackfile\n", "000dpackfile\n0007\x01PA", "000dpackfile\n0007\x05PA"]
        {
            assert!(fetched(cut.as_bytes()).is_err(), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = fetched(&bytes);
            let framed = [b"000dpackfile\n".as_slice(), &bytes].concat();
            let _ = fetched(&framed);
        }

        #[test]
        fn any_text_is_a_packet(text in "[ -~]{1,200}") {
            let bytes = request(&text, &[]);
            let first = Packets::new(&bytes).next().unwrap().unwrap();
            let expected = format!("command={text}\n");
            prop_assert_eq!(first, Packet::Data(expected.as_bytes()));
        }
    }
}
