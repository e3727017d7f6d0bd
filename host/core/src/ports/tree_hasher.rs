use crate::digest::Digest;
use crate::path::FilePath;

/// Digests a tree of files as its bytes pass by: Nix's NAR hash, from the Nix
/// room. Files come in the order of [`FilePath`], each as `begin`, then all its
/// bytes, then `end`.
pub trait TreeHasher: Send {
    /// Begins a file of `size` bytes.
    fn begin(&mut self, path: &FilePath, size: u64, executable: bool);

    /// Takes the file's next bytes.
    fn update(&mut self, bytes: &[u8]);

    /// Ends the file.
    fn end(&mut self);

    /// A copy of the state so far, to return to where a file turns out wrong.
    fn snapshot(&self) -> Box<dyn TreeHasher>;

    /// The digest of the tree.
    fn finish(self: Box<Self>) -> Digest;
}
