use proptest::prelude::*;

use super::OpenVino;
use crate::testing::{fails, found};

fn network(layer: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
<net name="m" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1"><data shape="1,3" element_type="f32"/></layer>
{layer}
</layers><edges/><rt_info><conversion_parameters><input_model value="/home/me/model.onnx"/></conversion_parameters></rt_info></net>"#
    )
}

#[test]
fn networks_are_judged_by_their_layers() {
    for (layer, bad) in [
        (
            r#"<layer id="1" type="MatMul" version="opset1"><data transpose_a="false"/></layer>"#,
            false,
        ),
        (r#"<layer id="1" type="Mine" version="extension"/>"#, false),
        (r#"<layer id="1" type="Mine" version="extension"><data path="/tmp/x"/></layer>"#, true),
        (r#"<layer id="1" type="Custom" library="evil.so" version="extension"/>"#, true),
        (r#"<layer id="1" type="PythonOp" version="opset1"/>"#, true),
        (
            r#"<layer id="1" type="A" version="opset1"><data code="__import__(&apos;os&apos;)"/></layer>"#,
            true,
        ),
        (r#"<layer id="1" type="A" version="opset1">"#, true),
        ("< <", true),
    ] {
        let found = found(&OpenVino, "model.xml", network(layer).as_bytes());
        assert_eq!(fails(&found), bad, "{layer}: {found:?}");
    }
    let entity = format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{}", network(""));
    assert!(fails(&found(&OpenVino, "model.xml", entity.as_bytes())));
    assert!(found(&OpenVino, "feed.xml", b"<rss><item/></rss>").is_empty());
}

proptest! {
    #[test]
    fn any_text_does_no_harm(text in ".{0,200}") {
        found(&OpenVino, "a.xml", network(&text).as_bytes());
    }
}
