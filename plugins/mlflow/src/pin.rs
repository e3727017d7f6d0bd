//! The pin: `models:/name/3;created=…;model=m-…;files=sha256:…`. No server
//! publishes what its bytes hash to, so the pin holds what else stays: which
//! version, when and from what it was made, and the paths and sizes of its files.

use sha2::{Digest, Sha256};

use crate::Result;
use crate::files::File;
use crate::find::Found;
use crate::uri::ModelUri;

/// What was found, without its files.
pub fn identity(found: &Found<'_>) -> String {
    let facts = found.facts.iter().map(|(name, value)| format!(";{name}={}", masked(value)));
    format!("{}{}", masked(&found.uri.to_string()), facts.collect::<String>())
}

/// The pin of files that a server lists.
pub fn of_files(identity: &str, files: &[File]) -> String {
    let mut hash = Sha256::new();
    for File { path, size } in files {
        let size = size.map_or_else(|| "?".to_owned(), |size| size.to_string());
        hash.update(format!("{path}\0{size}\0"));
    }
    format!("{identity};files=sha256:{}", hex::encode(hash.finalize()))
}

/// The pin of objects, whose own versions the host pins.
pub fn of_objects(identity: &str, prefix: &str) -> String {
    format!("{identity};objects={}", masked(prefix))
}

/// What a pin names.
///
/// # Errors
/// `invalid-spec` where it is none of this plugin's.
pub fn uri(pin: &str) -> Result<ModelUri> {
    let uri = pin.split(';').next().unwrap_or_default();
    ModelUri::parse(&uri.replace("%3B", ";").replace("%25", "%"))
}

/// Whether a pin is of what was found.
pub fn is_of(pin: &str, identity: &str) -> bool {
    pin.strip_prefix(identity).is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
}

fn masked(text: &str) -> String {
    text.replace('%', "%25").replace(';', "%3B")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pin_leads_back(name in "[a-zA-Z;%= @é]{1,12}", version in 1_u64..) {
            prop_assume!(!name.trim().is_empty());
            let wanted = ModelUri::Version { name, version };
            let identity = masked(&wanted.to_string());
            let pin = of_files(&identity, &[]);
            prop_assert_eq!(uri(&pin).unwrap(), wanted);
            prop_assert!(is_of(&pin, &identity));
            let longer = format!("{identity}1");
            prop_assert!(!is_of(&pin, &longer));
        }
    }

    #[test]
    fn every_path_and_size_counts() {
        let file = |path: &str, size| File { path: path.into(), size };
        let pins = [
            of_files("x", &[file("a", Some(1))]),
            of_files("x", &[file("a", Some(2))]),
            of_files("x", &[file("b", Some(1))]),
            of_files("x", &[file("a", None)]),
            of_files("x", &[file("a", Some(1)), file("b", Some(1))]),
        ];
        for (at, pin) in pins.iter().enumerate() {
            assert!(!pins[..at].contains(pin), "{pin}");
        }
    }
}
