//! What goes wrong, where, and how often.

mod effect;
mod gate;
mod lie;
mod tree_edit;

use std::time::Duration;

use effect::Effect;
pub use gate::Gate;
pub use lie::{RangeLie, Tag};
use tree_edit::TreeEdit;

use crate::record::Place;
use crate::wire::{Opening, Pace, Response};

/// Something that goes wrong in a hub's answers. Without more said it hits
/// every request to the hub and its CDN, every time.
///
/// ```no_run
/// # use nix_ai_model_testkit::{Fault, Hub};
/// # fn run(hub: &Hub) {
/// hub.inject(Fault::status(503).on("/api/*").times(2));
/// hub.inject(Fault::wrong_byte(70_000).on("*/model.safetensors").at_cdn());
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    effect: Effect,
    pattern: Option<String>,
    place: Option<Place>,
    method: Option<String>,
    skip: usize,
    left: usize,
}

impl Fault {
    fn new(effect: Effect) -> Self {
        let (pattern, place, method) = (None, None, None);
        Self { effect, pattern, place, method, skip: 0, left: usize::MAX }
    }

    fn instead(response: Response) -> Self {
        Self::new(Effect::Instead(Box::new(response)))
    }

    // Where and how often.

    /// Only requests whose path (decoded or as it came, without the query)
    /// matches; `*` stands for anything, also `/`. A request to the CDN is
    /// matched by its `/resolve/` path as well, so `*/model.safetensors` finds
    /// both.
    #[must_use]
    pub fn on(mut self, pattern: impl Into<String>) -> Self {
        self.pattern = Some(pattern.into());
        self
    }

    /// Only at the endpoint itself.
    #[must_use]
    pub fn at_hub(mut self) -> Self {
        self.place = Some(Place::Hub);
        self
    }

    /// Only at the CDN.
    #[must_use]
    pub fn at_cdn(mut self) -> Self {
        self.place = Some(Place::Cdn);
        self
    }

    /// Only requests of this method (`GET`, `HEAD`).
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only this many matching requests, then all is well. A request on which
    /// the fault has no effect is not counted: [`Fault::close`] passes by the
    /// redirect to the CDN, [`Fault::wrong_byte`] a range without that byte.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.left = count;
        self
    }

    /// The first `count` matching requests are answered rightly.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    // Other answers.

    /// An HTML page with this status (200, 502) where something else belongs.
    pub fn html(status: u16) -> Self {
        let page = "<!DOCTYPE html><html><body><h1>Please log in to the network</h1></body></html>";
        Self::instead(Response::text(status, "text/html; charset=utf-8", page))
    }

    /// Any status with an error's JSON.
    pub fn status(status: u16) -> Self {
        let error = serde_json::json!({"error": format!("made up status {status}")});
        Self::instead(Response::json(status, &error))
    }

    /// 429 with `ratelimit: "api";r=0;t=…`, as the real hub says it.
    pub fn rate_limited(seconds: u64) -> Self {
        Self::status(429)
            .with_header("ratelimit", format!("\"api\";r=0;t={seconds}"))
            .with_header("ratelimit-policy", "\"fixed window\";\"api\";q=500;w=300")
    }

    /// 429 or 503 with `Retry-After` (seconds or a date).
    pub fn retry_after(status: u16, value: impl Into<String>) -> Self {
        Self::status(status).with_header("Retry-After", value)
    }

    /// 200 with any text of any type.
    pub fn text(content_type: &str, text: impl Into<String>) -> Self {
        Self::instead(Response::text(200, content_type, text))
    }

    /// A header on an answer that this fault makes up (not on a changed one).
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Effect::Instead(response) = &mut self.effect {
            response.headers.push((name.to_owned(), value.into()));
        }
        self
    }

    /// A redirect (302) to any address at all: `http://169.254.169.254/`,
    /// `file:///etc/passwd`, another host.
    pub fn redirect(location: &str) -> Self {
        Self::instead(Response::redirect(302, location))
    }

    /// A redirect to the very same address, for ever.
    pub fn redirect_loop() -> Self {
        Self::new(Effect::RedirectLoop)
    }

    /// A redirect to another address of the same path, from there to the next,
    /// for ever.
    pub fn redirect_chain() -> Self {
        Self::new(Effect::RedirectChain)
    }

    /// 400 to a GET without a range, for files of `size` bytes and more.
    pub fn range_required(size: u64) -> Self {
        Self::new(Effect::RequireRange(size))
    }

    // Changed answers.

    /// Half of the answer's bytes, with a length that agrees: half a JSON.
    pub fn half_body() -> Self {
        Self::new(Effect::HalfBody)
    }

    /// Announces `more` bytes than there are, then closes.
    pub fn length_too_long(more: u32) -> Self {
        Self::new(Effect::Length(i64::from(more)))
    }

    /// Announces `fewer` bytes than it sends.
    pub fn length_too_short(fewer: u32) -> Self {
        Self::new(Effect::Length(-i64::from(fewer)))
    }

    /// Another byte at this offset of the file, in whatever range asks for it.
    pub fn wrong_byte(offset: u64) -> Self {
        Self::new(Effect::WrongByte(offset))
    }

    /// Compressed, as a CDN does for clients that allow it; ranges are
    /// ignored then.
    pub fn gzip() -> Self {
        Self::new(Effect::Gzip { even_if_refused: false })
    }

    /// Compressed though the client asked for `identity`.
    pub fn gzip_even_if_refused() -> Self {
        Self::new(Effect::Gzip { even_if_refused: true })
    }

    /// 200 and the whole file to a request for a range.
    pub fn range_ignored() -> Self {
        Self::new(Effect::IgnoreRange)
    }

    /// Another entity tag, as of a file that changed: with `after(1)`, midway.
    pub fn etag(tag: &str) -> Self {
        Self::new(Effect::Etag(format!("\"{tag}\"")))
    }

    /// Another file of the same size from this offset on, as of a file that
    /// changed; ranges and `If-Range` are answered as of that file.
    pub fn another(from: u64, tag: Tag) -> Self {
        Self::new(Effect::Another(from, tag))
    }

    /// A 206 that says wrongly what is in it.
    pub fn content_range(lie: RangeLie) -> Self {
        Self::new(Effect::ContentRange(lie))
    }

    /// Closes the connection after so many bytes of the head: 0 for no word at
    /// all.
    pub fn close_in_head(after: usize) -> Self {
        Self::new(Effect::Opening(Opening::CutAfter(after)))
    }

    /// Waits at the gate after so many bytes of the head.
    pub fn stall_in_head(after: usize, gate: &Gate) -> Self {
        Self::new(Effect::Opening(Opening::StallAfter(after, gate.clone())))
    }

    /// Breaks the connection after so many bytes of body, without an orderly
    /// end of TLS or TCP.
    pub fn break_off(after: u64) -> Self {
        Self::new(Effect::Pace(Pace::BreakAfter(after)))
    }

    /// Waits at the gate after so many bytes of body. The bytes before it
    /// have left.
    pub fn stall(after: u64, gate: &Gate) -> Self {
        Self::new(Effect::Pace(Pace::StallAfter(after, gate.clone())))
    }

    /// Closes the connection after so many bytes of body.
    pub fn close(after: u64) -> Self {
        Self::new(Effect::Pace(Pace::CloseAfter(after)))
    }

    /// So many bytes of body at a time, with a pause before each.
    pub fn drip(bytes: u64, pause: Duration) -> Self {
        Self::new(Effect::Pace(Pace::Drip { bytes, pause }))
    }

    // Listings that lie.

    /// A listing without entries.
    pub fn empty_tree() -> Self {
        Self::tree(TreeEdit::Empty)
    }

    /// A listing with one more file, of any name: `../x`, `/x`,
    /// `a\u{1b}[31m`, one that is equal but for case.
    pub fn extra_entry(path: impl Into<String>) -> Self {
        Self::tree(TreeEdit::Add(path.into()))
    }

    /// A listing that has this file twice.
    pub fn duplicate_entry(path: impl Into<String>) -> Self {
        Self::tree(TreeEdit::Duplicate(path.into()))
    }

    /// A listing with another size for this file.
    pub fn lying_size(path: impl Into<String>, size: u64) -> Self {
        Self::tree(TreeEdit::Size(path.into(), size))
    }

    fn tree(edit: TreeEdit) -> Self {
        Self::new(Effect::Tree(edit)).on("/api/*/tree/*").at_hub()
    }
}
