use crate::{Head, Part, Result, Scan};

/// Knows one format. It holds no state: one instance reads every part.
pub trait Reader: Sync {
    /// The format's name, to follow "the": `zip archive`.
    fn format(&self) -> &'static str;

    /// Whether a part that begins like this may be of the format: by content,
    /// and by name only where loaders go by the name. It is asked of every
    /// part, so it is quick.
    fn recognises(&self, head: &Head) -> bool;

    /// As [`Self::recognises`], with the part at hand: for a format whose begin
    /// may lie behind the head. It too is asked of every part.
    fn claims(&self, part: &Part<'_>, head: &Head) -> bool {
        let _ = part;
        self.recognises(head)
    }

    /// Reads the part, tells `scan` what it finds, and hands over what the part
    /// holds by [`Scan::part`].
    ///
    /// # Errors
    /// Where it could not judge the part, or not all of it. What it found
    /// before counts.
    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()>;
}
