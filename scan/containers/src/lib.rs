//! Archives and compressed streams: what they hold is read as files of their
//! own, by every reading that a loader may have of them.

mod appended;
mod ar;
mod codec;
mod compressed;
mod cpio;
mod feed;
mod foreign;
mod path;
mod pdf;
mod rules;
mod seven;
mod tail;
mod tar;
mod zip;

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[
    &zip::Zip,
    &tar::Tar,
    &seven::SevenZip,
    &ar::Ar,
    &cpio::Cpio,
    &appended::Appended,
    &pdf::Pdf,
    &foreign::Foreign,
    &compressed::BZIP2,
    &compressed::GZIP,
    &compressed::JOBLIB,
    &compressed::LZ4,
    &compressed::LZIP,
    &compressed::LZMA,
    &compressed::LZW,
    &compressed::XZ,
    &compressed::ZLIB,
    &compressed::ZSTD,
];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = rules::ALL;
