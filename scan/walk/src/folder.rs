use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use nix_ai_model_sdk::{Entry, Files};

use crate::view::{FileView, View};

/// All files of a scan, for readers that judge a file by what others say of it.
pub struct Folder<'a> {
    files: &'a dyn Files,
    entries: Vec<Entry>,
    places: OnceCell<HashMap<String, usize>>,
    marks: RefCell<HashMap<&'static str, Rc<HashSet<String>>>>,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(files: &'a dyn Files) -> Self {
        let entries = files.list();
        Self { files, entries, places: OnceCell::new(), marks: RefCell::default() }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The paths of the files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.path)
    }

    /// Whether there is a file of this path.
    pub fn has(&self, path: &str) -> bool {
        self.entry(path).is_some()
    }

    /// The bytes of the file of this path.
    pub fn open(&self, path: &str) -> Option<Rc<dyn View + 'a>> {
        Some(Rc::new(FileView::new(self.files, self.entry(path)?)))
    }

    /// The paths that have this mark, which `find` finds out once.
    pub fn marked(
        &self,
        mark: &'static str,
        find: impl FnOnce() -> HashSet<String>,
    ) -> Rc<HashSet<String>> {
        if let Some(paths) = self.marks.borrow().get(mark) {
            return Rc::clone(paths);
        }
        let paths = Rc::new(find());
        self.marks.borrow_mut().insert(mark, Rc::clone(&paths));
        paths
    }

    fn entry(&self, path: &str) -> Option<&Entry> {
        let places = self.places.get_or_init(|| {
            let numbered = self.entries.iter().enumerate();
            numbered.map(|(place, entry)| (entry.path.clone(), place)).collect()
        });
        self.entries.get(*places.get(path)?)
    }
}
