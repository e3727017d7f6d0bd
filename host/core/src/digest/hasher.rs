//! Several digests of one stream in one pass.

use crc_fast::CrcAlgorithm::{Crc32IsoHdlc, Crc64Nvme};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use super::{Algorithm, Digest};

/// Digests a stream of bytes by several functions at once.
///
/// Clones hold the state so far, so that a stream can go on from a known point.
#[derive(Clone)]
pub struct Hasher(Vec<State>);

#[derive(Clone)]
enum State {
    Sha256(Sha256),
    Sha512(Sha512),
    GitBlobSha1(Sha1),
    Sha1(Sha1),
    Md5(Md5),
    Crc32c(u32),
    Crc64Nvme(crc_fast::Digest),
    Crc32(crc_fast::Digest),
}

impl Hasher {
    /// A hasher for these functions; one named twice is computed once.
    /// `size` is the stream's whole length in bytes, which git's name for a
    /// file starts with; `None` leaves [`Algorithm::GitBlobSha1`] out.
    pub fn new(algorithms: impl IntoIterator<Item = Algorithm>, size: Option<u64>) -> Self {
        let mut wanted: Vec<Algorithm> = algorithms.into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        Self(wanted.into_iter().filter_map(|algorithm| State::new(algorithm, size)).collect())
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for state in &mut self.0 {
            match state {
                State::Sha256(hash) => hash.update(bytes),
                State::Sha512(hash) => hash.update(bytes),
                State::GitBlobSha1(hash) | State::Sha1(hash) => hash.update(bytes),
                State::Md5(hash) => hash.update(bytes),
                State::Crc32c(crc) => *crc = crc32c::crc32c_append(*crc, bytes),
                State::Crc64Nvme(crc) | State::Crc32(crc) => crc.update(bytes),
            }
        }
    }

    /// The digests of all bytes taken.
    pub fn finish(self) -> Vec<Digest> {
        self.0.into_iter().map(State::finish).collect()
    }
}

impl State {
    fn new(algorithm: Algorithm, size: Option<u64>) -> Option<Self> {
        Some(match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
            Algorithm::GitBlobSha1 => {
                Self::GitBlobSha1(Sha1::new_with_prefix(format!("blob {}\0", size?)))
            }
            Algorithm::Sha1 => Self::Sha1(Sha1::new()),
            Algorithm::Md5 => Self::Md5(Md5::new()),
            Algorithm::Crc32c => Self::Crc32c(0),
            Algorithm::Crc64Nvme => Self::Crc64Nvme(crc_fast::Digest::new(Crc64Nvme)),
            Algorithm::Crc32 => Self::Crc32(crc_fast::Digest::new(Crc32IsoHdlc)),
        })
    }

    fn finish(self) -> Digest {
        let (algorithm, value) = match self {
            Self::Sha256(hash) => (Algorithm::Sha256, hash.finalize().to_vec()),
            Self::Sha512(hash) => (Algorithm::Sha512, hash.finalize().to_vec()),
            Self::GitBlobSha1(hash) => (Algorithm::GitBlobSha1, hash.finalize().to_vec()),
            Self::Sha1(hash) => (Algorithm::Sha1, hash.finalize().to_vec()),
            Self::Md5(hash) => (Algorithm::Md5, hash.finalize().to_vec()),
            Self::Crc32c(crc) => (Algorithm::Crc32c, crc.to_be_bytes().to_vec()),
            Self::Crc64Nvme(crc) => (Algorithm::Crc64Nvme, crc.finalize().to_be_bytes().to_vec()),
            // A CRC of 32 bits is the lower half of what is counted in 64.
            Self::Crc32(crc) => (Algorithm::Crc32, crc.finalize().to_be_bytes()[4..].to_vec()),
        };
        Digest { algorithm, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        // sha256, sha512, sha1, md5: the standards' "abc"; crc32c: RFC 3720's
        // "123456789", crc32 and crc64nvme: the check values of their catalogue
        // for the same; the git blob: `printf abc | git hash-object --stdin`.
        let digest = |algorithm, bytes: &[u8]| {
            let mut hasher = Hasher::new([algorithm], Some(bytes.len() as u64));
            bytes.chunks(2).for_each(|chunk| hasher.update(chunk));
            hasher.finish().remove(0).to_hex()
        };
        assert_eq!(
            digest(Algorithm::Sha256, b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(digest(Algorithm::Sha512, b"abc").starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(digest(Algorithm::Sha1, b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(digest(Algorithm::Md5, b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(digest(Algorithm::Crc32c, b"123456789"), "e3069283");
        assert_eq!(digest(Algorithm::Crc32, b"123456789"), "cbf43926");
        assert_eq!(digest(Algorithm::Crc64Nvme, b"123456789"), "ae8b14860a799888");
        assert_eq!(
            digest(Algorithm::GitBlobSha1, b"abc"),
            "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f"
        );
    }

    #[test]
    fn a_git_blob_needs_the_size() {
        assert!(Hasher::new([Algorithm::GitBlobSha1], None).finish().is_empty());
    }
}
