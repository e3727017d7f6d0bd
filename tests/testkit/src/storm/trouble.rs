//! What may strike, and what it does to an answer.

use std::time::{Duration, SystemTime};

use crate::dice::Dice;
use crate::fault::{Fault, Gate, RangeLie, Tag};
use crate::record::Place;
use crate::wire::{Incoming, Response};

/// A request and its right answer.
pub(super) struct Right<'a> {
    pub(super) place: Place,
    pub(super) incoming: &'a Incoming,
    pub(super) response: &'a Response,
}

impl Right<'_> {
    /// Whether the answer is a file's bytes.
    pub(super) fn is_content(&self) -> bool {
        let file = self.place == Place::Cdn || self.incoming.path().contains("/resolve");
        file && matches!(self.response.status, 200 | 206)
    }

    /// Bytes of the answer.
    fn length(&self) -> u64 {
        self.response.body.length()
    }
}

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// The connection is closed without a word.
    Silence,
    /// The connection is closed in the middle of the head.
    CutHead,
    /// The connection is closed, in good order, in the middle of the body.
    CutBody,
    /// The connection breaks in the middle of the body.
    Break,
    /// Nothing more comes, from before the head or in it.
    StallInHead,
    /// Nothing more comes, from the middle of the body.
    StallInBody,
    /// Half of the bytes, with a length that agrees.
    Half,
    /// More bytes are announced than come.
    TooLong,
    /// Fewer bytes are announced than come.
    TooShort,
    /// One byte is another.
    WrongByte,
    /// 429 with `ratelimit`, for some requests.
    Limited,
    /// 429 or 503 with `Retry-After` as seconds or date, for some requests.
    RetryLater,
    /// The server asks to come back in an hour.
    RetryMuchLater,
    /// 500, 502, 503 or 504, for some requests.
    ServerFault,
    /// A redirect to itself.
    RedirectLoop,
    /// A redirect to ever new addresses.
    RedirectChain,
    /// Compressed though `identity` was asked for, and without ranges.
    Gzip,
    /// 400 to a request without a range.
    RangeRequired,
    /// 200 and all bytes to a request for a range.
    RangeIgnored,
    /// A wrong `Content-Range`.
    WrongRange,
    /// 416 to a range that is there.
    FalseEnd,
    /// Another file of the same size, from now on; with a strong tag, a weak
    /// one, none, or the old one.
    Changed,
    /// 200 and a web page.
    WebPage,
    /// 403.
    Forbidden,
    /// 404.
    Gone,
    /// Few bytes at a time.
    Slow,
    /// The connection ends in TLS's handshake.
    HandshakeCut,
    /// The certificate is of a strange authority.
    Stranger,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::Silence,
        Self::CutHead,
        Self::CutBody,
        Self::Break,
        Self::StallInHead,
        Self::StallInBody,
        Self::Half,
        Self::TooLong,
        Self::TooShort,
        Self::WrongByte,
        Self::Limited,
        Self::RetryLater,
        Self::RetryMuchLater,
        Self::ServerFault,
        Self::RedirectLoop,
        Self::RedirectChain,
        Self::Gzip,
        Self::RangeRequired,
        Self::RangeIgnored,
        Self::WrongRange,
        Self::FalseEnd,
        Self::Changed,
        Self::WebPage,
        Self::Forbidden,
        Self::Gone,
        Self::Slow,
        Self::HandshakeCut,
        Self::Stranger,
    ];

    /// Whether the next requests are struck as well, and how many of them.
    pub(super) fn lasts(self, dice: &mut Dice) -> u64 {
        match self {
            Self::Limited | Self::RetryLater | Self::ServerFault => dice.between(0..=5),
            // More than anyone follows.
            Self::RedirectChain => 11,
            _ => 0,
        }
    }

    /// Whether it may strike this request: what changes bytes, only files.
    pub(super) fn fits(self, right: &Right<'_>) -> bool {
        match self {
            Self::WrongByte
            | Self::RangeRequired
            | Self::RangeIgnored
            | Self::WrongRange
            | Self::FalseEnd
            | Self::TooShort
            | Self::Changed => right.is_content(),
            // A CDN knows only the addresses that it handed out.
            Self::RedirectChain => right.place != Place::Cdn,
            Self::HandshakeCut | Self::Stranger => false,
            _ => true,
        }
    }

    /// The fault; none where there is no room for it.
    pub(super) fn fault(self, dice: &mut Dice, gate: &Gate, right: &Right<'_>) -> Option<Fault> {
        let length = right.length();
        Some(match self {
            Self::Silence => Fault::close_in_head(0),
            Self::CutHead => Fault::close_in_head(dice.between(1..=60) as usize),
            Self::CutBody => Fault::close(dice.between(0..=length.checked_sub(1)?)),
            Self::Break => Fault::break_off(dice.between(0..=length.checked_sub(1)?)),
            Self::StallInHead => Fault::stall_in_head(dice.between(0..=40) as usize, gate),
            Self::StallInBody => Fault::stall(dice.between(0..=length.checked_sub(1)?), gate),
            Self::Half => Fault::half_body(),
            Self::TooLong => Fault::length_too_long(dice.between(1..=5000) as u32),
            Self::TooShort => Fault::length_too_short(dice.between(1..=length.min(5000)) as u32),
            Self::WrongByte => Fault::wrong_byte(dice.between(0..=length.checked_sub(1)?)),
            Self::Limited => Fault::rate_limited(seconds(dice)),
            Self::RetryLater => {
                let seconds = seconds(dice);
                Fault::retry_after(dice.pick(&[429, 503]), retry_after(dice, seconds))
            }
            Self::RetryMuchLater => {
                Fault::retry_after(dice.pick(&[429, 503]), retry_after(dice, 3600))
            }
            Self::ServerFault => Fault::status(dice.pick(&[500, 502, 503, 504])),
            Self::RedirectLoop => Fault::redirect_loop(),
            Self::RedirectChain => Fault::redirect_chain(),
            Self::Gzip => Fault::gzip_even_if_refused(),
            Self::RangeRequired => Fault::range_required(0),
            Self::RangeIgnored => Fault::range_ignored(),
            Self::WrongRange => Fault::content_range(dice.pick(&RangeLie::ALL)),
            Self::FalseEnd => false_end(dice, length),
            Self::Changed => another(dice, length)?,
            Self::WebPage => Fault::html(200),
            Self::Forbidden => Fault::status(403),
            Self::Gone => Fault::status(404),
            Self::Slow => Fault::drip(dice.between(1..=64) << 10, Duration::from_millis(5)),
            Self::HandshakeCut | Self::Stranger => return None,
        })
    }
}

/// Mostly no time: many waits make a long run.
fn seconds(dice: &mut Dice) -> u64 {
    u64::from(dice.chance(20))
}

fn retry_after(dice: &mut Dice, seconds: u64) -> String {
    if dice.chance(50) {
        return seconds.to_string();
    }
    httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds))
}

fn false_end(dice: &mut Dice, length: u64) -> Fault {
    let fault = Fault::status(416);
    match dice.between(0..=2) {
        0 => fault,
        1 => fault.with_header("Content-Range", format!("bytes */{length}")),
        _ => fault.with_header("Content-Range", format!("bytes */{}", dice.number() >> 20)),
    }
}

fn another(dice: &mut Dice, length: u64) -> Option<Fault> {
    let from = if dice.chance(50) { 0 } else { dice.between(0..=length.checked_sub(1)?) };
    let tag = match dice.between(0..=3) {
        0 => Tag::Same,
        1 => Tag::Strong("changed".to_owned()),
        2 => Tag::Weak("changed".to_owned()),
        _ => Tag::None,
    };
    Some(Fault::another(from, tag))
}
