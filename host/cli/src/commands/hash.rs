use nix_ai_model_core::digest::{Algorithm as Function, Sri};
use nix_ai_model_core::{Result, digest};
use nix_ai_model_nix::nar::{self, Node};
use nix_ai_model_store::{Item, walk};
use serde::Serialize;

use crate::arguments::{Algorithm, Hash};
use crate::context::Context;

#[derive(Serialize)]
struct Hashed {
    path: String,
    hash: Sri,
}

pub(super) fn run(arguments: &Hash, context: &Context) -> Result<()> {
    let hash = hash(&arguments.path, arguments.algorithm)?;
    let hashed = Hashed { path: arguments.path.display().to_string(), hash };
    context.output.result(&hashed, |hashed| hashed.hash.to_string())
}

fn hash(path: &std::path::Path, algorithm: Algorithm) -> Result<Sri> {
    let entries = walk(path)?.map(|entry| {
        let entry = entry?;
        let node = match entry.item {
            Item::Folder => Node::Folder,
            Item::Link { target } => Node::Link { target },
            Item::File { file, size, executable } => {
                Node::File { size, executable, contents: file }
            }
        };
        Ok((entry.path, node))
    });
    Sri::new(nar::hash(function(algorithm), entries)?)
}

/// The core's name for a function of the command line.
pub(super) fn function(algorithm: Algorithm) -> digest::Algorithm {
    match algorithm {
        Algorithm::Sha256 => Function::Sha256,
        Algorithm::Sha512 => Function::Sha512,
    }
}
