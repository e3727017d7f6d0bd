use crate::{Algorithm, Digest, Download, Locator, PlannedFile};

impl Digest {
    /// A digest in lower-case hexadecimal.
    pub fn new(algorithm: Algorithm, hex: impl Into<String>) -> Self {
        Self { algorithm, hex: hex.into() }
    }
}

impl Download {
    /// A download without headers or credential.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), headers: Vec::new(), credential: None }
    }

    /// Asks the host to inject the credential with this handle.
    #[must_use]
    pub fn credential(mut self, handle: impl Into<String>) -> Self {
        self.credential = Some(handle.into());
        self
    }
}

impl PlannedFile {
    /// A file behind an HTTP request, of unknown size and digests.
    pub fn download(path: impl Into<String>, download: Download) -> Self {
        Self {
            path: path.into(),
            size: None,
            digests: Vec::new(),
            executable: false,
            locator: Locator::Download(download),
        }
    }

    /// Sets the size in bytes.
    #[must_use]
    pub fn size(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    /// Adds a digest that the registry publishes.
    #[must_use]
    pub fn digest(mut self, algorithm: Algorithm, hex: impl Into<String>) -> Self {
        self.digests.push(Digest::new(algorithm, hex));
        self
    }
}
