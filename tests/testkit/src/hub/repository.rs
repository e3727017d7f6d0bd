//! What a test says a repository is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The three kinds of repository of a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `/api/models/…`, files below `/`.
    Model,
    /// `/api/datasets/…`, files below `/datasets/`.
    Dataset,
    /// `/api/spaces/…`, files below `/spaces/`.
    Space,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Model, Self::Dataset, Self::Space];

    /// The word in addresses and folders: `models`, `datasets`, `spaces`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Dataset => "datasets",
            Self::Space => "spaces",
        }
    }

    /// What comes before the name in a file's address: nothing for models.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Model => "",
            Self::Dataset => "datasets/",
            Self::Space => "spaces/",
        }
    }
}

/// A repository to be served: its names for folders on disk, and who may
/// read it.
///
/// ```no_run
/// use nix_ai_model_testkit::Repository;
/// let repository = Repository::model("org/name", "/tmp/newest")
///     .reference("v1.0", "/tmp/older")
///     .gated()
///     .granted_to("hf_member");
/// ```
#[derive(Debug, Clone)]
pub struct Repository {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    pub(crate) references: BTreeMap<String, PathBuf>,
    pub(crate) renamed_from: Vec<String>,
    pub(crate) access: Access,
}

/// Who may read a repository.
#[derive(Debug, Clone, Default)]
pub(crate) struct Access {
    pub(crate) private: bool,
    pub(crate) gated: bool,
    pub(crate) listing_gated: bool,
    pub(crate) disabled: bool,
    pub(crate) granted: Vec<String>,
}

impl Repository {
    /// A repository of any kind whose branch `main` is the folder.
    pub fn new(kind: Kind, id: impl Into<String>, main: impl AsRef<Path>) -> Self {
        Self {
            kind,
            id: id.into(),
            references: BTreeMap::from([("main".to_owned(), main.as_ref().to_owned())]),
            renamed_from: Vec::new(),
            access: Access::default(),
        }
    }

    /// A model whose branch `main` is the folder.
    pub fn model(id: impl Into<String>, main: impl AsRef<Path>) -> Self {
        Self::new(Kind::Model, id, main)
    }

    /// A dataset whose branch `main` is the folder.
    pub fn dataset(id: impl Into<String>, main: impl AsRef<Path>) -> Self {
        Self::new(Kind::Dataset, id, main)
    }

    /// A space whose branch `main` is the folder.
    pub fn space(id: impl Into<String>, main: impl AsRef<Path>) -> Self {
        Self::new(Kind::Space, id, main)
    }

    /// Another branch, tag or ref (`v1.0`, `refs/pr/1`) with its own folder.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>, folder: impl AsRef<Path>) -> Self {
        self.references.insert(name.into(), folder.as_ref().to_owned());
        self
    }

    /// An older name, which redirects (307) to this one as after a rename.
    #[must_use]
    pub fn renamed_from(mut self, id: impl Into<String>) -> Self {
        self.renamed_from.push(id.into());
        self
    }

    /// Files only for who was granted: `GatedRepo` with 401 without a token
    /// and 403 with another's. What it lists stays public, as on the real hub.
    #[must_use]
    pub fn gated(mut self) -> Self {
        self.access.gated = true;
        self
    }

    /// Gated, and its revisions and listings are refused as well.
    #[must_use]
    pub fn gated_listing(mut self) -> Self {
        self.access.listing_gated = true;
        self.gated()
    }

    /// Missing (`RepoNotFound`) for whoever was not granted.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.access.private = true;
        self
    }

    /// Taken down: 403 whose `X-Error-Message` says so.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.access.disabled = true;
        self
    }

    /// Lets a token read it; the hub knows the token from then on.
    #[must_use]
    pub fn granted_to(mut self, token: impl Into<String>) -> Self {
        self.access.granted.push(token.into());
        self
    }
}
