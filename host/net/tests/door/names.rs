//! Names whose addresses are not what they were, in a network of the test's
//! own: `/etc/hosts` is the test's, and a public address is the machine itself.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stderr,
    reason = "a test that runs itself again, in namespaces of its own"
)]

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix_ai_model_core::Kind;
use nix_ai_model_core::ports::Http as _;
use nix_ai_model_net::Door;

use crate::encryption::{authority, trusting};
use crate::server::{Server, ok};
use crate::{PLENTY, get, granting};

const NAME: &str = "models.example";
/// Public, and this machine's in the test's own network alone.
const PUBLIC: &str = "93.184.215.14";
/// Public as well; nobody listens there.
const SILENT: &str = "93.184.215.15";
const PRIVATE: &str = "127.0.0.1";

/// The file that stands in the place of `/etc/hosts`, where this is the test
/// inside.
const HOSTS: &str = "NIX_AI_MODEL_TEST_HOSTS";

#[test]
fn a_name_is_what_it_was_when_it_was_checked() {
    if let Some(hosts) = std::env::var_os(HOSTS) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(inside(&PathBuf::from(hosts)));
    }
    let folder = tempfile::tempdir().unwrap();
    let hosts = folder.path().join("hosts");
    std::fs::write(&hosts, "").unwrap();
    let script = format!(
        "ip link set lo up && ip addr add {PUBLIC}/32 dev lo && ip addr add {SILENT}/32 dev lo \
         && mount --bind \"$1\" /etc/hosts && exec \"$2\" --exact --nocapture \"$3\""
    );
    let test = "names::a_name_is_what_it_was_when_it_was_checked";
    let mut command = Command::new("unshare");
    command.args(["-rmn", "sh", "-c", &script, "sh"]).arg(&hosts);
    command.arg(std::env::current_exe().unwrap()).arg(test).env(HOSTS, &hosts);
    let ran = command.output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    if !said.contains("running 1 test") {
        nix_ai_model_testkit::skip(test, &format!("no namespaces: {said}"));
        return;
    }
    assert!(ran.status.success(), "{said}");
}

fn point(hosts: &Path, addresses: &[&str]) {
    let lines = addresses.iter().map(|address| format!("{address} {NAME}\n"));
    std::fs::write(hosts, lines.collect::<String>()).unwrap();
}

async fn inside(hosts: &Path) {
    let at = |address: &str, port| (address.parse::<IpAddr>().unwrap(), port);
    let (pem, certificate, key) = authority(NAME);
    let serve = |place, body: &'static [u8]| {
        Server::encrypted_at(place, certificate.clone(), key.clone_key(), move |_, _| ok(body))
    };
    let public = serve(at(PUBLIC, 0), b"public").await;
    let private = serve(at(PRIVATE, public.port), b"private").await;
    let base = format!("https://{NAME}:{}", public.port);
    let door = Door::new(trusting(pem.clone())).unwrap();
    let fetch = async |door: &Door| door.under(granting(&[&base])).fetch(get(&base), PLENTY).await;

    // Checked, then changed: the connection goes to what was checked.
    point(hosts, &[PUBLIC]);
    assert_eq!(&fetch(&door).await.unwrap().body[..], b"public");
    point(hosts, &[PRIVATE]);
    assert_eq!(&fetch(&door).await.unwrap().body[..], b"public", "a new connection");
    assert_eq!(public.asked().len(), 2);

    // Looked up anew, it is refused before anything is connected to.
    let anew = || Door::new(trusting(pem.clone())).unwrap();
    let error = fetch(&anew()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    assert!(error.message().contains("you did not name"), "{error}");

    // Of several addresses the forbidden ones are left out, in any order.
    for addresses in [[PUBLIC, PRIVATE], [PRIVATE, PUBLIC]] {
        point(hosts, &addresses);
        assert_eq!(&fetch(&anew()).await.unwrap().body[..], b"public");
    }
    point(hosts, &[SILENT, PRIVATE]);
    assert_eq!(fetch(&anew()).await.unwrap_err().kind(), Kind::Network);

    // A server that goes away does not bring the private one in its place.
    point(hosts, &[SILENT]);
    let door = anew();
    assert_eq!(fetch(&door).await.unwrap_err().kind(), Kind::Network);
    point(hosts, &[PRIVATE]);
    assert_eq!(fetch(&door).await.unwrap_err().kind(), Kind::Refused);
    assert!(private.asked().is_empty());
}
