//! A repository made and cloned by the real git and git-lfs.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::environment::{Environment, Program};
use crate::lfs_server::LfsServer;

/// Debian's git, and its git-lfs: what the server runs too.
const FOLDERS: &str = "/usr/bin:/bin";
/// The time of every commit, so that commits are the same in every run.
const TIME: &str = "2024-01-01T00:00:00Z";

/// A user with git and git-lfs, and a folder of bare repositories.
#[derive(Debug)]
pub struct GitWork {
    environment: Environment,
}

impl GitWork {
    /// One without repositories; `None` where git or git-lfs is not installed.
    ///
    /// # Errors
    /// Where its folders cannot be made.
    pub fn new() -> io::Result<Option<Self>> {
        let mut environment = Environment::new()?;
        for (name, value) in [
            ("PATH", FOLDERS),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_AUTHOR_NAME", "A"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "A"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
            ("GIT_AUTHOR_DATE", TIME),
            ("GIT_COMMITTER_DATE", TIME),
        ] {
            environment.set(name, value);
        }
        let this = Self { environment };
        let home = this.environment.home();
        let installed = this.program(&home, ["lfs", "install", "--skip-repo"]).run();
        match installed {
            Ok(run) if run.code == Some(0) => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        std::fs::create_dir_all(this.served())?;
        Ok(Some(this))
    }

    /// The folder of the bare repositories.
    pub fn served(&self) -> PathBuf {
        self.environment.root().join("served")
    }

    /// Where the user works on a repository.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.environment.root().join("work").join(name)
    }

    /// A new repository `organisation/name`: the folder to work in, on the
    /// branch `main`, and the bare one that [`GitWork::publish`] fills.
    ///
    /// # Errors
    /// Where git does not start.
    ///
    /// # Panics
    /// Where git fails.
    pub fn create(&self, name: &str) -> io::Result<PathBuf> {
        let (folder, bare) = (self.folder(name), self.bare(name));
        std::fs::create_dir_all(&folder)?;
        std::fs::create_dir_all(&bare)?;
        self.git(&bare, ["init", "--quiet", "--bare", "--initial-branch=main"])?;
        self.git(&bare, ["config", "uploadpack.allowFilter", "true"])?;
        self.git(&folder, ["init", "--quiet", "--initial-branch=main"])?;
        let bare = bare.display().to_string();
        self.git(&folder, ["remote", "add", "origin", &bare])?;
        Ok(folder)
    }

    /// The bare repository.
    pub fn bare(&self, name: &str) -> PathBuf {
        self.served().join(format!("{name}.git"))
    }

    /// Commits all that is in the folder, and gives the commit.
    ///
    /// # Errors
    /// Where git does not start.
    ///
    /// # Panics
    /// Where git fails.
    pub fn commit(&self, name: &str) -> io::Result<String> {
        let folder = self.folder(name);
        self.git(&folder, ["add", "--all"])?;
        self.git(&folder, ["commit", "--quiet", "--message", "A model"])?;
        self.git(&folder, ["rev-parse", "HEAD"])
    }

    /// Pushes branches and tags to the bare repository, and LFS files to the
    /// server.
    ///
    /// # Errors
    /// Where git does not start.
    ///
    /// # Panics
    /// Where git fails.
    pub fn publish(&self, name: &str, lfs: &LfsServer) -> io::Result<()> {
        let folder = self.folder(name);
        self.push(name)?;
        let url = format!("lfs.url={}", lfs.url(name));
        self.git(&folder, ["-c", &url, "lfs", "push", "--all", "origin"]).map(drop)
    }

    /// Pushes branches and tags alone: LFS files stay here.
    ///
    /// # Errors
    /// Where git does not start.
    ///
    /// # Panics
    /// Where git fails.
    pub fn push(&self, name: &str) -> io::Result<()> {
        let push = ["push", "--quiet", "--no-verify", "origin", "--all"];
        self.git(&self.folder(name), push)?;
        let push = ["push", "--quiet", "--no-verify", "origin", "--tags"];
        self.git(&self.folder(name), push).map(drop)
    }

    /// What the real clients have of a repository at a URL: `git clone`, then
    /// `git lfs pull` with these arguments.
    ///
    /// # Errors
    /// Where git does not start.
    ///
    /// # Panics
    /// Where git fails.
    pub fn clone(&self, url: &str, to: &str, pull: &[&str]) -> io::Result<PathBuf> {
        let folder = self.environment.root().join("clones").join(to);
        std::fs::create_dir_all(&folder)?;
        let path = folder.display().to_string();
        self.program(&folder, ["clone", "--quiet", url, &path])
            .variable("GIT_LFS_SKIP_SMUDGE", "1")
            .run()?
            .succeeded();
        let arguments = ["lfs", "pull"].iter().chain(pull).copied();
        self.program(&folder, arguments).run()?.succeeded();
        std::fs::remove_dir_all(folder.join(".git"))?;
        Ok(folder)
    }

    /// Runs git and gives what it wrote, without white space around it.
    ///
    /// # Errors
    /// Where it does not start.
    ///
    /// # Panics
    /// Where it fails.
    pub fn git<'a>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> io::Result<String> {
        Ok(self.program(folder, arguments).run()?.succeeded().stdout.trim().to_owned())
    }

    /// git, with these arguments.
    pub fn program<'a>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Program {
        let arguments = arguments.into_iter().map(OsString::from);
        self.environment.program("/usr/bin/git").args(arguments).folder(folder)
    }
}
