use std::io::Read;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::value::{LONGEST, Marks, Value};

/// What a function that turns hidden text into plain makes of a value; `None`
/// where the name is of no such function.
pub(crate) fn decoder(name: &str, value: &Value, codec: Option<&str>) -> Option<Value> {
    let bytes = value.as_bytes().unwrap_or_default();
    let made = match name {
        "base64.b64decode"
        | "base64.standard_b64decode"
        | "base64.decodebytes"
        | "base64.decodestring"
        | "binascii.a2b_base64"
        | "base64.urlsafe_b64decode" => base64(bytes),
        "base64.b32decode" => base32(bytes),
        "base64.b16decode"
        | "binascii.unhexlify"
        | "binascii.a2b_hex"
        | "bytes.fromhex"
        | "builtins.bytes.fromhex"
        | "builtins.bytearray.fromhex" => hexadecimal(bytes),
        "zlib.decompress" => {
            inflate(ZlibDecoder::new(bytes)).or_else(|| inflate(DeflateDecoder::new(bytes)))
        }
        "gzip.decompress" => inflate(MultiGzDecoder::new(bytes)),
        "codecs.decode" | "codecs.encode" => by_codec(codec.unwrap_or("utf-8"), value)?,
        "base64.b85decode"
        | "base64.a85decode"
        | "bz2.decompress"
        | "lzma.decompress"
        | "binascii.a2b_uu"
        | "quopri.decodestring"
        | "binascii.a2b_qp"
        | "base64.b32hexdecode"
        | "lz4.frame.decompress"
        | "zstandard.decompress"
        | "brotli.decompress"
        | "cryptography.fernet.Fernet().decrypt"
        | "codecs.getdecoder()" => None,
        _ => return None,
    };
    let plain = made.map_or_else(Value::default, |bytes| Value::bytes(&bytes));
    Some(plain.with(value.marks | Marks::DECODED))
}

/// `value.decode(codec)` and `codecs.decode(value, codec)`; the outer `None` for
/// codecs that are encodings of characters, which hide nothing.
fn by_codec(codec: &str, value: &Value) -> Option<Option<Vec<u8>>> {
    let codec = codec.to_ascii_lowercase().replace('-', "_");
    let bytes = value.as_bytes().unwrap_or_default();
    match codec.trim_end_matches("_codec") {
        "rot13" | "rot_13" => Some(Some(bytes.iter().map(|byte| rotate(*byte)).collect())),
        "hex" => Some(hexadecimal(bytes)),
        "base64" => Some(base64(bytes)),
        "zlib" | "zip" => Some(inflate(ZlibDecoder::new(bytes))),
        "bz2" | "uu" | "quopri" => Some(None),
        "unicode_escape" | "raw_unicode_escape" | "string_escape" => {
            Some(value.as_text().map(|text| super::literal::unescape(text, true).into_bytes()))
        }
        _ => None,
    }
}

/// `text.decode(codec)` where the codec hides; otherwise the text itself.
pub(super) fn text_codec(codec: Option<&str>, value: &Value) -> Value {
    let codec = codec.unwrap_or("utf-8");
    if codec.to_ascii_lowercase().contains("utf_7") || codec.eq_ignore_ascii_case("utf-7") {
        return Value::unknown(value.marks | Marks::DECODED);
    }
    match by_codec(codec, value) {
        Some(made) => {
            let plain = made.map_or_else(Value::default, |bytes| Value::bytes(&bytes));
            plain.with(value.marks | Marks::DECODED)
        }
        None => match value.as_text() {
            Some(text) => Value::text(text).with(value.marks),
            None => Value::unknown(value.marks),
        },
    }
}

fn rotate(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        _ => byte,
    }
}

/// Base64 of either alphabet, with or without padding and white space.
pub(crate) fn base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let kept: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let url = kept.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if url { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, config).decode(kept).ok().filter(|made| !made.is_empty())
}

fn base32(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=') {
        let digit = match byte.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        held = (held << 5 | u32::from(digit)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            made.push((held >> bits & 0xff) as u8);
        }
    }
    Some(made)
}

fn hexadecimal(bytes: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let digits: Option<Vec<u8>> =
        bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| digit(*byte)).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn inflate(reader: impl Read) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    let _ = reader.take(LONGEST as u64).read_to_end(&mut made);
    (!made.is_empty()).then_some(made)
}
