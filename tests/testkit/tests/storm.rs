//! The faults that a storm brings do on the wire what they say, and a storm is
//! the same for the same seed.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand outside the rooms"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod raw;

use std::io::Read;

use nix_ai_model_testkit::{
    Fault, Fixture, Hub, HubBuilder, RangeLie, Repository, Storm, Strike, Tag, Trouble,
};
use raw::{ask, get, send};
use tempfile::TempDir;

const SIZE: usize = 10_000;

fn hub(describe: impl FnOnce(HubBuilder) -> HubBuilder) -> (Hub, String, Vec<u8>, TempDir) {
    let folder = TempDir::new().unwrap();
    let fixture = Fixture::new().pseudo_random("a.bin", SIZE as u64);
    fixture.write_to(folder.path()).unwrap();
    let builder = Hub::builder().repository(Repository::model("org/name", folder.path()));
    let hub = describe(builder).start().unwrap();
    let url = format!("{}/org/name/resolve/main/a.bin", hub.url());
    (hub, url, fixture.bytes("a.bin"), folder)
}

#[test]
fn a_head_that_is_cut_is_cut() {
    for after in [0, 20] {
        let (hub, url, _, _folder) = hub(HubBuilder::without_cdn);
        hub.inject(Fault::close_in_head(after));
        let mut answer = Vec::new();
        send("GET", &url, &[]).read_to_end(&mut answer).unwrap();
        assert_eq!(answer.len(), after);
    }
}

#[test]
fn a_connection_that_breaks_ends_in_no_good_order() {
    let (hub, url, _, _folder) = hub(HubBuilder::without_cdn);
    hub.inject(Fault::break_off(5_000));
    let broken = send("GET", &url, &[]).read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn another_file_is_another_from_its_offset_on_and_has_its_own_ranges() {
    let (hub, url, bytes, _folder) = hub(HubBuilder::without_cdn);
    let old = get(&url).header("etag").unwrap().to_owned();
    hub.inject(Fault::another(4_000, Tag::Strong("new".to_owned())));
    let whole = get(&url);
    assert_eq!(whole.header("etag"), Some("\"new\""));
    assert_eq!(whole.body[..4_000], bytes[..4_000]);
    assert!(whole.body[4_000..].iter().zip(&bytes[4_000..]).all(|(new, old)| new != old));
    let range = |tag: &str| ask("GET", &url, &[("Range", "bytes=3990-"), ("If-Range", tag)]);
    let (other, same) = (range(&old), range("\"new\""));
    assert_eq!((other.status, other.body), (200, whole.body.clone()));
    assert_eq!((same.status, same.body.as_slice()), (206, &whole.body[3_990..]));
}

#[test]
fn tags_of_another_file_are_weak_missing_or_the_old_one() {
    for (tag, shown) in [
        (Tag::Weak("w".to_owned()), Some("W/\"w\"".to_owned())),
        (Tag::None, None),
        (Tag::Same, Some(String::new())),
    ] {
        let (hub, url, _, _folder) = hub(HubBuilder::without_cdn);
        let old = get(&url).header("etag").unwrap().to_owned();
        hub.inject(Fault::another(0, tag));
        let shown = shown.map(|tag| if tag.is_empty() { old } else { tag });
        assert_eq!(get(&url).header("etag"), shown.as_deref());
    }
}

#[test]
fn ranges_are_lied_about() {
    let told = |lie| {
        let (hub, url, _, _folder) = hub(HubBuilder::without_cdn);
        hub.inject(Fault::content_range(lie));
        let answer = ask("GET", &url, &[("Range", "bytes=10-19")]);
        assert_eq!((answer.status, answer.body.len()), (206, 10));
        answer.header("content-range").map(str::to_owned)
    };
    assert_eq!(told(RangeLie::Missing), None);
    assert_eq!(told(RangeLie::Garbage).unwrap(), "bytes all of them");
    assert_eq!(told(RangeLie::Shifted).unwrap(), "bytes 11-19/10000");
    assert_eq!(told(RangeLie::LargerTotal).unwrap(), "bytes 10-19/10001");
    assert_eq!(told(RangeLie::Longer).unwrap(), "bytes 10-20/10002");
}

#[test]
fn addresses_of_the_cdn_expire_and_new_ones_are_given() {
    let (hub, url, bytes, _folder) = hub(|hub| hub.signatures_last(2));
    let first = get(&url).location().to_owned();
    assert_eq!(get(&first).body, bytes);
    assert_eq!(ask("GET", &first, &[("Range", "bytes=5-")]).body, bytes[5..]);
    assert_eq!(get(&first).status, 403);
    let second = get(&url).location().to_owned();
    assert_ne!(first, second);
    assert_eq!(get(&second).body, bytes);
    drop(hub);
}

#[test]
fn a_chain_of_redirects_has_no_end() {
    let (hub, url, _, _folder) = hub(HubBuilder::without_cdn);
    hub.inject(Fault::redirect_chain());
    let first = get(&url).location().to_owned();
    let second = get(&format!("{}{first}", hub.url())).location().to_owned();
    assert!(url.ends_with("a.bin") && first.ends_with("?on") && second.ends_with("?on&on"));
}

/// What strikes a few requests, each read to whatever end it has.
fn struck(seed: u64) -> Vec<Strike> {
    let troubles = [Trouble::Gone, Trouble::CutBody, Trouble::WrongByte, Trouble::Half];
    let storm = Storm::new(seed, troubles.to_vec(), 70);
    let (_hub, url, bytes, _folder) = hub(|hub| hub.without_cdn().storm(storm.clone()));
    for _ in 0..12 {
        let _ = send("GET", &url, &[]).read_to_end(&mut Vec::new());
    }
    let struck = storm.struck();
    storm.calm();
    assert_eq!(get(&url).body, bytes, "all is well when it is calm");
    assert_eq!(storm.struck(), struck);
    struck
}

#[test]
fn a_storm_is_the_same_for_the_same_seed() {
    let storms: Vec<_> = (0..8).map(struck).collect();
    assert_eq!(storms, (0..8).map(struck).collect::<Vec<_>>());
    assert!(storms.iter().any(|storm| *storm != storms[0]));
    let all: Vec<_> = storms.into_iter().flatten().map(|strike| strike.trouble).collect();
    for trouble in [Trouble::Gone, Trouble::CutBody, Trouble::WrongByte, Trouble::Half] {
        assert!(all.contains(&trouble), "{trouble:?} never struck");
    }
}

#[test]
fn what_changed_stays_changed_until_it_is_calm() {
    let storm = Storm::new(3, vec![Trouble::Changed], 40);
    let (_hub, url, bytes, _folder) = hub(|hub| hub.without_cdn().storm(storm.clone()));
    let bodies: Vec<_> = (0..20).map(|_| get(&url).body).collect();
    let first = bodies.iter().position(|body| *body != bytes).unwrap();
    assert!(bodies[first..].iter().all(|body| *body == bodies[first]));
    storm.calm();
    assert_eq!(get(&url).body, bytes);
}
