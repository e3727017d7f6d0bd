//! Compressed streams, written without compressing where that is simpler: a
//! reader has to follow the format either way.

use flate2::Crc;

/// The zstd format: one raw block.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut made = vec![0x28, 0xb5, 0x2f, 0xfd];
    // One segment, its size in four bytes, no checksum.
    made.push(0b1010_0000);
    made.extend((bytes.len() as u32).to_le_bytes());
    let blocks = bytes.chunks(100_000);
    let last = blocks.len().saturating_sub(1);
    for (index, block) in blocks.enumerate() {
        let header = (block.len() as u32) << 3 | u32::from(index == last);
        made.extend(&header.to_le_bytes()[..3]);
        made.extend(block);
    }
    made
}

/// What a reader of zstd passes over, with these bytes in it.
pub fn skippable(bytes: &[u8]) -> Vec<u8> {
    [&[0x50, 0x2a, 0x4d, 0x18][..], &(bytes.len() as u32).to_le_bytes(), bytes].concat()
}

/// The lz4 frame format: one block that is not compressed. The checksum of the
/// header's two bytes is known.
pub fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut made = vec![0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
    for block in bytes.chunks(60_000) {
        made.extend((block.len() as u32 | 1 << 31).to_le_bytes());
        made.extend(block);
    }
    made.extend([0; 4]);
    made
}

/// The xz format: LZMA2 chunks that are not compressed, checked by CRC-32.
pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let flags = [0, 1];
    let mut made = b"\xfd7zXZ\0".to_vec();
    made.extend(flags);
    made.extend(crc(&flags));
    let mut header = vec![2, 0, 0x21, 1, 0x16, 0, 0, 0];
    header.extend(crc(&header));
    let mut block = header;
    for (index, chunk) in bytes.chunks(60_000).enumerate() {
        block.push(if index == 0 { 1 } else { 2 });
        block.extend((chunk.len() as u16 - 1).to_be_bytes());
        block.extend(chunk);
    }
    block.push(0);
    let unpadded = block.len() + 4;
    block.resize(block.len().next_multiple_of(4), 0);
    made.extend(&block);
    made.extend(crc(bytes));
    let mut index = vec![0, 1];
    index.extend(number(unpadded));
    index.extend(number(bytes.len()));
    index.resize(index.len().next_multiple_of(4), 0);
    index.extend(crc(&index));
    made.extend(&index);
    let mut footer = (index.len() as u32 / 4 - 1).to_le_bytes().to_vec();
    footer.extend(flags);
    made.extend(crc(&footer));
    made.extend(&footer);
    made.extend(b"YZ");
    made
}

/// Seven bits a byte, the lowest first.
fn number(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

/// The 7z format: one file that is not compressed, and headers that are not
/// either.
pub fn seven_zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = vec![1];
    // Streams: one, right behind the signature header.
    header.extend([4, 6, 0, 1, 9]);
    header.extend(wide(bytes.len()));
    header.extend([0, 7, 11, 1, 0, 1, 1, 0, 12]);
    header.extend(wide(bytes.len()));
    header.extend([10, 1]);
    header.extend(crc(bytes));
    header.extend([0, 8, 0, 0]);
    // Files: one with this name.
    let letters: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    header.extend([5, 1, 17, letters.len() as u8 + 1, 0]);
    header.extend(letters);
    header.extend([0, 0]);
    let mut start = (bytes.len() as u64).to_le_bytes().to_vec();
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(crc(&header));
    let mut made = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
    made.extend(crc(&start));
    [made, start, bytes.to_vec(), header].concat()
}

/// A number in five bytes, as 7z has it.
fn wide(number: usize) -> Vec<u8> {
    let mut bytes = vec![0xf0];
    bytes.extend((number as u32).to_le_bytes());
    bytes
}
