use crate::Result;

/// Keeps compiled plugins, in the file room.
///
/// What is loaded becomes machine code in this process, so an implementation
/// hands out only bytes that it can vouch for: from a folder that nobody else
/// may write, with a digest that matches.
pub trait Artefacts: Send + Sync {
    /// The artefact under this key, where there is an intact one. A key is a
    /// plain file name.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] where there is one that cannot be vouched for.
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>>;

    /// Keeps an artefact. Where nothing can be kept (a read-only home) it says
    /// so in the log and succeeds: the next run compiles again.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`] where a write failed half way.
    fn save(&self, key: &str, bytes: &[u8]) -> Result<()>;
}
