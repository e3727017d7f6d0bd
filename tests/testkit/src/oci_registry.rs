//! A real registry of containers: Debian's docker-registry, on a free port.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::token::{ISSUER, SERVICE, Tokens};

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
        Self::serve(|path| {
            if !with_login {
                return Ok(String::new());
            }
            let logins = path.join("logins");
            fs::write(&logins, LOGINS)?;
            Ok(format!("auth: {{htpasswd: {{realm: test, path: {}}}}}\n", logins.display()))
        })
    }

    /// Starts one that sends its clients to `realm` for the tokens that these
    /// hand out; `None` where the program is not installed.
    ///
    /// # Errors
    /// Where it does not start.
    pub(crate) fn with_tokens(realm: &str, tokens: &Tokens) -> io::Result<Option<Self>> {
        Self::serve(|path| {
            let certificates = path.join("certificates.pem");
            fs::write(&certificates, tokens.certificate())?;
            Ok(format!(
                "auth: {{token: {{realm: \"{realm}\", service: {SERVICE}, issuer: {ISSUER}, \
                 rootcertbundle: {}}}}}\n",
                certificates.display()
            ))
        })
    }

    /// Starts one; `auth` writes what it needs into the folder and gives the
    /// lines of the configuration.
    fn serve(auth: impl FnOnce(&Path) -> io::Result<String>) -> io::Result<Option<Self>> {
        let folder = TempDir::new()?;
        let path = folder.path();
        let mut config = format!(
            "version: 0.1\nlog: {{accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: 127.0.0.1:0}}\n",
            path.join("data").display()
        );
        config += &auth(path)?;
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
