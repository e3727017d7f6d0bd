//! A real registry of containers: Debian's docker-registry, on a free port.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

/// `user:pa55word`, by bcrypt.
const LOGINS: &str = "user:$2y$05$x4MB7fD0iHtkHjpGx1KP..v8CJdJvDgHQVZDirqVz18Lz5KGLItmK\n";

/// A running registry that ends with this value.
#[derive(Debug)]
pub struct OciRegistry {
    child: Child,
    authority: String,
    _folder: TempDir,
}

impl OciRegistry {
    /// The login of [`OciRegistry::start`] with a login, as `user:password`.
    pub const LOGIN: &'static str = "user:pa55word";

    /// Starts one; `None` where the program is not installed.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(with_login: bool) -> io::Result<Option<Self>> {
        let folder = TempDir::new()?;
        let path = folder.path();
        let mut config = format!(
            "version: 0.1\nlog: {{accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: 127.0.0.1:0}}\n",
            path.join("data").display()
        );
        if with_login {
            let logins = path.join("logins");
            fs::write(&logins, LOGINS)?;
            config += &format!("auth: {{htpasswd: {{realm: test, path: {}}}}}\n", logins.display());
        }
        fs::write(path.join("config.yml"), config)?;
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(path.join("config.yml")).env_clear();
        let started =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(log) = child.stderr.take() else { return Ok(None) };
        let mut log = BufReader::new(log).lines();
        let authority = log.by_ref().map_while(Result::ok).find_map(|line| listening(&line));
        // It must not block on a full pipe.
        thread::spawn(move || log.for_each(drop));
        let Some(authority) = authority else {
            child.kill()?;
            return Err(io::Error::other("docker-registry ended without listening"));
        };
        Ok(Some(Self { child, authority, _folder: folder }))
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The origin, plain http.
    pub fn origin(&self) -> String {
        format!("http://{}", self.authority)
    }
}

impl Drop for OciRegistry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listening(line: &str) -> Option<String> {
    let rest = line.split_once("listening on ")?.1;
    let end = rest.find(['"', ' ']).unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}
