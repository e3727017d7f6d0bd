use std::rc::Rc;

use crate::{Cursor, Head, Result, View};

/// A file, or something within it that is a file of its own: a member of an
/// archive, the content of a compressed stream.
#[derive(Clone)]
pub struct Part<'a> {
    view: Rc<dyn View + 'a>,
    /// The file's path in the scanned folder.
    file: Rc<str>,
    /// The names of the members that lead to it, joined by `!`; empty for the
    /// file itself.
    member: Rc<str>,
    depth: u32,
    excerpt: bool,
}

impl<'a> Part<'a> {
    /// The file itself.
    pub fn of_file(path: &str, view: Rc<dyn View + 'a>) -> Self {
        Self { view, file: path.into(), member: "".into(), depth: 0, excerpt: false }
    }

    /// Something of this name within it.
    #[must_use]
    pub fn within(&self, name: &str, view: Rc<dyn View + 'a>) -> Self {
        let member = match &*self.member {
            "" => name.into(),
            member => format!("{member}!{name}").into(),
        };
        Self { view, file: self.file.clone(), member, depth: self.depth + 1, excerpt: self.excerpt }
    }

    /// Something within it that only whoever knows its format can point out: a
    /// template in a header, bytes behind the last tensor.
    #[must_use]
    pub fn excerpt(&self, name: &str, view: Rc<dyn View + 'a>) -> Self {
        Self { excerpt: true, ..self.within(name, view) }
    }

    /// Its bytes.
    pub fn view(&self) -> &Rc<dyn View + 'a> {
        &self.view
    }

    /// Its bytes from the first on, buffered.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(&*self.view)
    }

    /// The path of the file that it is, or is in.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where in the file it is; `None` for the file itself.
    pub fn member(&self) -> Option<&str> {
        (!self.member.is_empty()).then_some(&*self.member)
    }

    /// The last name of its path.
    pub fn name(&self) -> &str {
        let path = self.member().unwrap_or(&self.file);
        path.rsplit(['/', '\\', '!']).next().unwrap_or(path)
    }

    /// How many parts it is within.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// What readers recognise it by.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn head(&self) -> Result<Head> {
        let begin = self.view.bytes(0, Head::BEGIN)?;
        let name = self.name().to_lowercase();
        let is_excerpt = self.excerpt;
        if !self.view.is_random() {
            return Ok(Head { begin, end: Vec::new(), size: None, name, is_excerpt });
        }
        let size = self.view.size()?;
        let length = if self.depth == 0 { Head::END_OF_FILE } else { Head::END };
        let end = match usize::try_from(size) {
            Ok(size) if size <= begin.len() => begin[size.saturating_sub(length)..].to_vec(),
            _ => self.view.bytes(size.saturating_sub(length as u64), length)?,
        };
        Ok(Head { begin, end, size: Some(size), name, is_excerpt })
    }
}
