//! What a user consented to: which component, pinned by digest, may reach
//! what. A manifest asks, a pin grants; a plugin may do what both say.

mod grants;
mod lock;
pub mod oci;
mod pin;
mod receipt;
mod reference;
mod signature;

pub use grants::Grants;
pub use lock::LockFile;
pub use pin::Pin;
pub use receipt::Receipt;
pub use reference::Reference;
pub use signature::{Policy, Signature, Signatures, Signer, TrustedKey, Unsigned};
