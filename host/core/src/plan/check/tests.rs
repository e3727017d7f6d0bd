#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::grant::ObjectStore;
use crate::pattern::Pattern;
use proptest::prelude::*;

fn grant() -> Grant {
    Grant {
        holder: "plugin test".to_owned(),
        http: vec!["https://hub.example.com".parse().unwrap()],
        download: vec!["https://*.cdn.example.com".parse().unwrap()],
        objects: vec![ObjectStore::S3],
        ..Grant::default()
    }
}

fn file(path: &str) -> RawFile {
    RawFile {
        path: path.to_owned(),
        size: Some(1),
        digests: vec![],
        executable: false,
        locator: RawLocator::Download {
            url: "https://hub.example.com/x".to_owned(),
            headers: vec![],
            credential: None,
        },
        mirrors: vec![],
    }
}

fn check(files: Vec<RawFile>) -> Result<Plan> {
    let raw = RawPlan { reference: "org/name@main".to_owned(), pin: "abc".to_owned(), files };
    Plan::check("test", raw, &Selection::default(), &grant(), Limits::default())
}

fn with_url(url: &str) -> RawFile {
    let locator = RawLocator::Download { url: url.to_owned(), headers: vec![], credential: None };
    RawFile { locator, ..file("a") }
}

#[test]
fn a_clean_plan_is_sorted_and_summed() {
    let plan = check(vec![file("b"), file("a/z"), file("a/b")]).unwrap();
    let paths: Vec<_> = plan.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a/b", "a/z", "b"]);
    assert_eq!((plan.total_size, plan.source.as_str()), (3, "test:org/name@main"));
}

#[test]
fn hostile_paths_refuse_the_whole_plan() {
    for path in ["../x", "/x", "a\u{1b}[31m", "a/./b", ""] {
        let error = check(vec![file("good"), file(path)]).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(!error.message().contains('\u{1b}'));
    }
}

#[test]
fn names_that_meet_on_some_file_system_are_refused() {
    for (one, other) in [
        ("a", "a"),
        ("a", "A"),
        ("d/x", "D/x"),
        ("d/x", "D/y"),
        ("a", "a/b"),
        ("A", "a/b"),
        ("caf\u{e9}", "cafe\u{301}"),
    ] {
        for files in [vec![file(one), file(other)], vec![file(other), file(one)]] {
            assert_eq!(check(files).unwrap_err().kind(), Kind::Refused, "{one} {other}");
        }
    }
    assert!(check(vec![file("d/x"), file("d/y"), file("d/e/x"), file("e")]).is_ok());
}

#[test]
fn urls_outside_the_grant_are_refused() {
    for url in [
        "http://hub.example.com/x",
        "https://other.example.com/",
        "file:///etc/passwd",
        "ftp://x/y",
        "https://169.254.169.254/",
        "https://user:pw@hub.example.com/",
        "https://hub.example.com:444/",
        "nonsense",
    ] {
        assert_eq!(check(vec![with_url(url)]).unwrap_err().kind(), Kind::Refused, "{url}");
    }
    assert!(check(vec![with_url("https://a.cdn.example.com/x")]).is_ok());
}

#[test]
fn headers_of_the_host_are_refused() {
    for (name, value) in [
        ("Host", "x"),
        ("authorization", "x"),
        ("Range", "x"),
        ("x\r\ny", "z"),
        ("x", "a\r\nHost: b"),
        ("", "x"),
        ("Proxy-Authorization", "x"),
        ("transfer-encoding", "chunked"),
    ] {
        assert!(!is_free_header(name, value), "{name}");
    }
    assert!(is_free_header("X-Thing", "value"));
}

#[test]
fn what_a_registry_handed_out_goes_where_no_credential_does() {
    let with = |value: &str, credential: Option<&str>| {
        let locator = RawLocator::Download {
            url: "https://hub.example.com/x".to_owned(),
            headers: vec![("Authorization".to_owned(), value.to_owned())],
            credential: credential.map(str::to_owned),
        };
        check(vec![RawFile { locator, ..file("a") }])
    };
    with("RemoteAuth abc", None).unwrap();
    assert_eq!(with("Bearer a\r\nHost: b", None).unwrap_err().kind(), Kind::Refused);
    let beside = with("Bearer a", Some("token")).unwrap_err();
    assert!(beside.message().contains("Authorization"), "{beside}");
}

#[test]
fn credentials_outside_the_manifest_are_refused() {
    let locator = RawLocator::Download {
        url: "https://hub.example.com/x".to_owned(),
        headers: vec![],
        credential: Some("other".to_owned()),
    };
    assert!(check(vec![RawFile { locator, ..file("a") }]).is_err());
}

#[test]
fn digests_are_checked_for_form() {
    let wrong = RawFile { digests: vec![(Algorithm::Sha256, "xyz".to_owned())], ..file("a") };
    assert!(check(vec![wrong]).is_err());
    let sizeless = RawFile {
        digests: vec![(Algorithm::GitBlobSha1, "00".repeat(20))],
        size: None,
        ..file("a")
    };
    assert!(check(vec![sizeless]).is_err());
}

#[test]
fn objects_are_single_ones_of_granted_stores() {
    let object = |uri: &str, version: Option<&str>| {
        let locator = RawLocator::Object {
            uri: uri.to_owned(),
            version: version.map(str::to_owned),
            etag: None,
        };
        check(vec![RawFile { locator, ..file("a") }])
    };
    let plan = object("s3://bucket/a b%20.bin", Some("v1")).unwrap();
    let json = serde_json::to_value(&plan.files[0]).unwrap();
    assert_eq!(json["object"]["uri"], "s3://bucket/a b%20.bin");
    assert_eq!(json["object"]["version"], "v1");
    for (uri, version) in [
        ("gs://bucket/a", None),
        ("s3://bucket/", None),
        ("s3://bucket/a/", None),
        ("nonsense", None),
        ("s3://bucket/a", Some("")),
        ("s3://bucket/a", Some("\u{1b}")),
    ] {
        assert_eq!(object(uri, version).unwrap_err().kind(), Kind::Refused, "{uri}");
    }
    assert!(object("gs://b/a", None).unwrap_err().hint().unwrap().contains("objects = [\"gs\"]"));
}

#[test]
fn mirrors_need_a_digest_that_decides() {
    let mirrors = vec!["https://a.cdn.example.com/x".to_owned()];
    let sha256 = vec![(Algorithm::Sha256, "00".repeat(32))];
    let md5 = vec![(Algorithm::Md5, "00".repeat(16))];
    let good = RawFile { digests: sha256.clone(), mirrors: mirrors.clone(), ..file("a") };
    assert_eq!(check(vec![good]).unwrap().files[0].mirrors.len(), 1);
    for digests in [vec![], md5] {
        let file = RawFile { digests, mirrors: mirrors.clone(), ..file("a") };
        assert_eq!(check(vec![file]).unwrap_err().kind(), Kind::Refused);
    }
    let elsewhere = vec!["https://elsewhere.example/x".to_owned()];
    let file = RawFile { digests: sha256, mirrors: elsewhere, ..file("a") };
    assert_eq!(check(vec![file]).unwrap_err().kind(), Kind::Refused);
}

#[test]
fn sums_that_overflow_are_refused() {
    let huge = |path| RawFile { size: Some(u64::MAX), ..file(path) };
    assert_eq!(check(vec![huge("a"), huge("b")]).unwrap_err().kind(), Kind::Refused);
}

#[test]
fn nothing_left_is_not_found() {
    assert_eq!(check(vec![]).unwrap_err().kind(), Kind::NotFound);
    let raw = RawPlan { reference: "r".to_owned(), pin: "p".to_owned(), files: vec![file("a")] };
    let selection = Selection { include: vec![Pattern::new("*.bin").unwrap()], exclude: vec![] };
    let error = Plan::check("test", raw, &selection, &grant(), Limits::default()).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.hint().unwrap().contains("resolve test:r"));
}

proptest! {
    #[test]
    fn no_plan_panics(paths in proptest::collection::vec("[aAé/.\u{301}]{0,6}", 0..8)) {
        let _ = check(paths.iter().map(|path| file(path)).collect());
    }
}
