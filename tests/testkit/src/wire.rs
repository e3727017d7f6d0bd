//! HTTP/1.1 by hand, over plain TCP or TLS. A server library refuses to send
//! what a hostile server sends (a wrong length, a cut body), and its buffers
//! hide when a byte leaves; here every byte is written on purpose.

mod body;
mod client;
mod listener;
mod request;
mod response;

pub(crate) use body::{Body, Wrong};
pub(crate) use client::ask;
pub(crate) use listener::{Transport, listen, runtime};
pub(crate) use request::{Incoming, decode, read_head, read_request};
pub(crate) use response::{Delivery, Opening, Pace, Response, write_response};
