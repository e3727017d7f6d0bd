use crate::{Entry, Finding, Report, Severity};

impl Finding {
    /// Something found in this file: the rule's stable identifier, and what was
    /// found and why it matters, as one sentence.
    pub fn new(
        rule: impl Into<String>,
        level: Severity,
        file: &Entry,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            level,
            file: file.id,
            offset: None,
            member: None,
            message: message.into(),
            advice: None,
        }
    }

    /// Says where in the file, in bytes.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// Says in which part of the file, where it is an archive.
    #[must_use]
    pub fn within(mut self, member: impl Into<String>) -> Self {
        self.member = Some(member.into());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

impl Report {
    /// A report that has judged nothing yet.
    pub fn new() -> Self {
        Self { findings: Vec::new(), judged: Vec::new() }
    }

    /// Says that this file was judged, and what was found in it.
    pub fn judge(&mut self, file: &Entry, findings: impl IntoIterator<Item = Finding>) {
        self.judged.push(file.id);
        self.findings.extend(findings);
    }
}

impl Default for Report {
    fn default() -> Self {
        Self::new()
    }
}
