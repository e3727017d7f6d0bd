//! `hub-server --root DIR --port 0`: a Hugging Face hub on loopback over the
//! folders `DIR/models/ORG/NAME`, `DIR/datasets/…` and `DIR/spaces/…`. Its
//! first line of output is its URL; it serves until it is ended.
#![allow(clippy::disallowed_methods, reason = "it says its address on standard output")]

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Parser;
use nix_ai_model_testkit::Hub;

/// A Hugging Face hub on loopback.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder with models/ORG/NAME, datasets/ORG/NAME, spaces/ORG/NAME.
    #[arg(long)]
    root: PathBuf,
    /// The port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Entries a page of a listing holds.
    #[arg(long, default_value_t = 1000)]
    page_size: usize,
    /// Serve large files without the redirect to a second origin.
    #[arg(long)]
    no_cdn: bool,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let builder = Hub::builder()
        .folder(&arguments.root)?
        .digests_in(arguments.root.join(".hub-digests.json"))
        .page_size(arguments.page_size)
        .port(arguments.port);
    let builder = if arguments.no_cdn { builder.without_cdn() } else { builder };
    let hub = builder.start()?;
    let mut output = io::stdout().lock();
    writeln!(output, "{}", hub.url())?;
    output.flush()?;
    loop {
        std::thread::park();
    }
}
