//! What a fault does to an answer.

use serde_json::Value;

use super::lie::{RangeLie, Tag};
use super::{Fault, TreeEdit};
use crate::record::Place;
use crate::wire::{Body, Delivery, Incoming, Opening, Pace, Response, Wrong};

#[derive(Debug, Clone)]
pub(super) enum Effect {
    /// Sent in place of the right answer.
    Instead(Box<Response>),
    /// A redirect to where the request came from.
    RedirectLoop,
    /// 400 to a GET that has no range, for files of this size and more.
    RequireRange(u64),
    /// Only while the request's headers allow compression, or always.
    Gzip {
        even_if_refused: bool,
    },
    IgnoreRange,
    HalfBody,
    /// More (or fewer) bytes announced than come.
    Length(i64),
    WrongByte(u64),
    /// Another file of the same size, from an offset on.
    Another(u64, Tag),
    Etag(String),
    ContentRange(RangeLie),
    Opening(Opening),
    /// Redirects on and on, each time elsewhere.
    RedirectChain,
    Pace(Pace),
    Tree(TreeEdit),
}

impl Fault {
    /// Whether it hits this request, whose right answer would be `right`. A
    /// request on which it would have no effect (a redirect's few bytes, a
    /// range without the wrong byte) is not counted.
    pub(crate) fn strikes(
        &mut self,
        place: Place,
        incoming: &Incoming,
        paths: &[String],
        right: &Response,
    ) -> bool {
        let matches = self.place.is_none_or(|wanted| wanted == place)
            && self.method.as_deref().is_none_or(|wanted| wanted == incoming.method)
            && self.pattern.as_deref().is_none_or(|wanted| {
                paths.iter().any(|path| glob(wanted.as_bytes(), path.as_bytes()))
            })
            && self.effect.concerns(incoming, right);
        if !matches {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        true
    }

    /// The answer that it gives in place of the hub's, if it does.
    pub(crate) fn instead_of(&self, incoming: &Incoming) -> Option<Response> {
        match &self.effect {
            Effect::Instead(response) => Some(response.as_ref().clone()),
            Effect::RedirectLoop => Some(Response::redirect(302, &incoming.target)),
            Effect::RedirectChain => {
                let mark = if incoming.target.contains('?') { '&' } else { '?' };
                Some(Response::redirect(302, &format!("{}{mark}on", incoming.target)))
            }
            Effect::RequireRange(_) => {
                let error = serde_json::json!({"error": "Range header required for this file"});
                Some(Response::json(400, &error))
            }
            _ => None,
        }
    }

    /// Takes from the request what the server is to overlook.
    pub(crate) fn overlook(&self, incoming: &mut Incoming) {
        if let (Effect::Another(_, tag), Some(condition)) =
            (&self.effect, incoming.header("if-range"))
        {
            // The file that is there now has the range, or is given whole.
            let holds = matches!(tag, Tag::Same) || tag.value().as_deref() == Some(condition);
            let without = if holds { "if-range" } else { "range" };
            incoming.headers.retain(|(name, _)| name != without);
        }
        if matches!(self.effect, Effect::IgnoreRange | Effect::Gzip { .. }) {
            incoming.headers.retain(|(name, _)| name != "range");
        }
    }

    /// Changes the entries of a page of the tree.
    pub(crate) fn edit_tree(&self, entries: &mut Vec<Value>, first: bool) {
        if let Effect::Tree(edit) = &self.effect {
            edit.apply(entries, first);
        }
    }

    /// Changes the right answer.
    pub(crate) fn spoil(&self, response: &mut Response) {
        let Response { body, delivery, .. } = response;
        match &self.effect {
            Effect::HalfBody => halve(body),
            Effect::Length(difference) => {
                delivery.declared = Some(body.length().saturating_add_signed(*difference));
            }
            Effect::WrongByte(offset) => delivery.wrong = Some(Wrong::Byte(*offset)),
            Effect::Another(offset, tag) => {
                delivery.wrong = Some(Wrong::From(*offset));
                tag.put(response);
            }
            Effect::ContentRange(lie) => lie.tell(response),
            Effect::Opening(opening) => delivery.opening = opening.clone(),
            Effect::Pace(pace) => delivery.pace = pace.clone(),
            Effect::Gzip { .. } => *delivery = Delivery { gzip: true, ..Delivery::default() },
            Effect::Etag(tag) => {
                response.replace_header("ETag", tag);
                response.replace_header("X-Linked-Etag", tag);
            }
            _ => {}
        }
    }
}

impl Effect {
    /// Whether it would change the answer to this request.
    fn concerns(&self, incoming: &Incoming, right: &Response) -> bool {
        let has_range = incoming.header("range").is_some();
        let content = incoming.method == "GET" && !(300..400).contains(&right.status);
        let length = right.body.length();
        match self {
            Self::Instead(_)
            | Self::RedirectLoop
            | Self::RedirectChain
            | Self::Opening(_)
            | Self::Etag(_) => true,
            Self::ContentRange(_) => content && right.status == 206,
            Self::Another(..) => content && matches!(right.status, 200 | 206),
            Self::Tree(_) => right.status == 200,
            Self::RequireRange(from) => {
                content && !has_range && right.status == 200 && length >= *from
            }
            Self::Gzip { even_if_refused } => {
                content && (*even_if_refused || allows_gzip(incoming))
            }
            Self::IgnoreRange => content && has_range,
            Self::WrongByte(offset) => content && right.body.holds(*offset),
            Self::Pace(
                Pace::StallAfter(after, _) | Pace::CloseAfter(after) | Pace::BreakAfter(after),
            ) => content && length > *after,
            Self::HalfBody | Self::Length(_) | Self::Pace(_) => content,
        }
    }
}

fn halve(body: &mut Body) {
    match body {
        Body::Bytes(bytes) => bytes.truncate(bytes.len() / 2),
        Body::File { length, .. } | Body::Zeros(length) => *length /= 2,
    }
}

fn allows_gzip(incoming: &Incoming) -> bool {
    incoming.header("accept-encoding").is_some_and(|value| value.contains("gzip"))
}

/// Whether `*` in the pattern, standing for anything, makes it the text.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|start| glob(rest, &text[start..])),
        Some((letter, rest)) => {
            text.split_first().is_some_and(|(first, text)| first == letter && glob(rest, text))
        }
    }
}
