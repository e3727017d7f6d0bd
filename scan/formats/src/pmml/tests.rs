use nix_ai_model_scan_walk::Level;
use proptest::prelude::*;

use super::Pmml;
use crate::testing::{fails, found};

fn document(before: &str, within: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>{before}<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\"><Header/>{within}</PMML>"
    )
}

fn judged(before: &str, within: &str) -> Vec<(String, Level)> {
    found(&Pmml, "model.pmml", document(before, within).as_bytes())
}

#[test]
fn what_leads_out_of_the_document_is_told() {
    for (before, within) in [
        ("<!DOCTYPE PMML [<!ENTITY x SYSTEM \"file:///etc/hosts\">]>", "&x;"),
        ("<!DOCTYPE PMML SYSTEM \"http://a.example/x.dtd\">", ""),
        ("<?xml-stylesheet href=\"http://a.example/x.xsl\"?>", ""),
        ("", "<xi:include href=\"x\"/>"),
        ("", "<Extension><script>go()</script></Extension>"),
        ("", "<Extension name=\"a\" value=\"eval('x')\"/>"),
        ("", "<![CDATA[__import__('os')]]>"),
        ("", "<Apply function=\"java.lang.Runtime.exec\"/>"),
    ] {
        assert!(fails(&judged(before, within)), "{before} {within}");
    }
}

#[test]
fn entities_of_entities_are_told_once() {
    let declared = "<!DOCTYPE PMML [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\"><!ENTITY d \"&c;&c;\"><!ENTITY e \"&d;&d;\">]>";
    let told = judged(declared, "&e;");
    assert!(fails(&told));
    // The type, the first text, and that the others unfold.
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn what_exporters_write_passes() {
    assert_eq!(
        judged(
            "<!-- a > b -->",
            "<DataDictionary numberOfFields=\"1\"><DataField name=\"a[0]\"/></DataDictionary><Extension name=\"x\" value=\"1\"/>"
        ),
        []
    );
    let old = "<!DOCTYPE PMML PUBLIC \"PMML 2.0\" \"http://www.dmg.org/v2-0/pmml_v2_0.dtd\">";
    assert!(!fails(&judged(old, "")));
}

#[test]
fn wide_characters_hide_nothing() {
    let text = document("<!DOCTYPE PMML [<!ENTITY x SYSTEM \"file:///etc/hosts\">]>", "&x;");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big = [vec![0xfe, 0xff], text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat();
    for bytes in [little, big] {
        assert!(fails(&found(&Pmml, "model.pmml", &bytes)));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in r#"[<>\[\]!?"'=a-zA-Z /&;é-]{0,120}"#) {
        judged("", &text);
        judged(&text, "");
    }
}
