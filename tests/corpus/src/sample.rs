/// What a scanner should say of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// A loader that opens it gives something to whoever made it.
    Malicious,
    /// It is what it seems to be.
    Benign,
}

impl Verdict {
    /// As a folder is named after it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malicious => "malicious",
            Self::Benign => "benign",
        }
    }
}

/// What is at a path of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file of these bytes.
    Bytes(Vec<u8>),
    /// A symbolic link to this path.
    Link(String),
}

/// Files that are scanned together, as a model's folder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Unlike that of any other sample; fit for a folder's name.
    pub name: String,
    /// What the attack is, or where a benign sample is from.
    pub family: &'static str,
    /// What the files are.
    pub format: &'static str,
    /// What should be said of it.
    pub verdict: Verdict,
    /// Paths and what is there.
    pub files: Vec<(String, Content)>,
}

impl Sample {
    /// A sample of one file, the name of which is the sample's with this ending.
    pub fn malicious(
        format: &'static str,
        family: &'static str,
        what: &str,
        file: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            name: format!("{}-{}", slug(format), slug(what)),
            family,
            format,
            verdict: Verdict::Malicious,
            files: vec![(file.to_owned(), Content::Bytes(bytes.into()))],
        }
    }

    /// The same, that nothing is wrong with.
    pub fn benign(
        format: &'static str,
        family: &'static str,
        what: &str,
        file: &str,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        let sample = Self::malicious(format, family, what, file, bytes);
        Self { name: format!("{}-benign", sample.name), verdict: Verdict::Benign, ..sample }
    }

    /// Has one file more.
    #[must_use]
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), Content::Bytes(bytes.into())));
        self
    }

    /// Has one link more.
    #[must_use]
    pub fn linking(mut self, path: &str, to: &str) -> Self {
        self.files.push((path.to_owned(), Content::Link(to.to_owned())));
        self
    }

    /// Its bytes together.
    pub fn size(&self) -> usize {
        self.files
            .iter()
            .map(|(_, content)| match content {
                Content::Bytes(bytes) => bytes.len(),
                Content::Link(_) => 0,
            })
            .sum()
    }
}

/// Letters, digits, dots and dashes alone, since it names folders.
fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let slug: String = text.chars().map(plain).collect();
    slug.trim_matches('-').to_owned()
}
