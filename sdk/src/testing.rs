//! Doubles of the host, for native tests of a plugin's logic.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};

use crate::{Failure, Field, Host, Level, Method, Request, Response};

mod files;

pub use files::ScriptedFiles;

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<Field>,
    body: Vec<u8>,
    final_url: Option<String>,
}

impl Answer {
    /// A status and a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), final_url: None }
    }

    /// Status 200 and a JSON body.
    pub fn json(body: &serde_json::Value) -> Self {
        Self::new(200, body.to_string()).header("content-type", "application/json")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(Field { name: name.to_ascii_lowercase(), value: value.to_owned() });
        self
    }

    /// The URL that answers, where redirects lead to another.
    #[must_use]
    pub fn from_url(mut self, url: &str) -> Self {
        self.final_url = Some(url.to_owned());
        self
    }

    /// The response as a request to `url` gets it.
    pub fn into_response(self, url: &str) -> Response {
        Response {
            status: self.status,
            headers: self.headers,
            body: self.body,
            final_url: self.final_url.unwrap_or_else(|| url.to_owned()),
        }
    }
}

/// A host that answers what it was told to, each answer once and in order,
/// and remembers what it was asked.
#[derive(Debug, Default)]
pub struct ScriptedHost {
    answers: RefCell<HashMap<String, VecDeque<Result<Answer, Failure>>>>,
    requests: RefCell<Vec<Request>>,
    lines: RefCell<Vec<String>>,
    credentials: HashSet<String>,
    settings: HashMap<String, String>,
}

impl ScriptedHost {
    /// A host that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a GET of `url`.
    #[must_use]
    pub fn get(self, url: &str, answer: Answer) -> Self {
        self.answer(Method::Get, url, Ok(answer))
    }

    /// Answers a POST to `url`.
    #[must_use]
    pub fn post(self, url: &str, answer: Answer) -> Self {
        self.answer(Method::Post, url, Ok(answer))
    }

    /// Answers any request, or fails it as the host itself would.
    #[must_use]
    pub fn answer(self, method: Method, url: &str, answer: Result<Answer, Failure>) -> Self {
        self.answers.borrow_mut().entry(key(method, url)).or_default().push_back(answer);
        self
    }

    /// The user has set this credential.
    #[must_use]
    pub fn credential(mut self, handle: &str) -> Self {
        self.credentials.insert(handle.to_owned());
        self
    }

    /// The user has set this variable.
    #[must_use]
    pub fn with_setting(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.borrow().clone()
    }

    /// The lines of log so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }

    /// Whether every scripted answer was asked for.
    pub fn is_spent(&self) -> bool {
        self.answers.borrow().values().all(VecDeque::is_empty)
    }
}

/// A line of the log as a test reads it.
fn line(message: &str, fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{message}{}", fields.collect::<String>())
}

fn key(method: Method, url: &str) -> String {
    format!("{method:?} {url}")
}

impl Host for ScriptedHost {
    /// # Panics
    /// Where nothing is scripted for the request: a test that asks something
    /// unforeseen has failed.
    fn fetch(&self, request: &Request) -> Result<Response, Failure> {
        self.requests.borrow_mut().push(request.clone());
        let key = key(request.method, &request.url);
        let answer = self.answers.borrow_mut().get_mut(&key).and_then(VecDeque::pop_front);
        let Some(answer) = answer else {
            let mut scripted: Vec<String> = self.answers.borrow().keys().cloned().collect();
            scripted.sort();
            panic!("no answer is left for {key}; scripted are {scripted:#?}");
        };
        answer.map(|answer| answer.into_response(&request.url))
    }

    fn has_credential(&self, handle: &str) -> bool {
        self.credentials.contains(handle)
    }

    fn setting(&self, name: &str) -> Option<String> {
        self.settings.get(name).cloned()
    }

    fn log(&self, _: Level, message: &str, fields: &[(&str, &str)]) {
        self.lines.borrow_mut().push(line(message, fields));
    }
}
