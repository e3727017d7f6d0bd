use proptest::prelude::*;

use super::{Java, JavaXml};
use crate::testing::{fails, found};

fn stream(class: &[u8]) -> Vec<u8> {
    let length = (class.len() as u16).to_be_bytes();
    [b"\xac\xed\0\x05sr", &length[..], class, &[0; 8], b"\x02\0\0xp"].concat()
}

#[test]
fn classes_of_chains_are_told_from_those_of_models() {
    for model in ["weka.classifiers.trees.J48", "cc.mallet.types.Alphabet", "java.util.HashMap"] {
        let all = found(&Java, "a.model", &stream(model.as_bytes()));
        assert!(all.len() == 1 && !fails(&all), "{model}: {all:?}");
    }
    for gadget in [
        "org.apache.commons.collections.functors.InvokerTransformer",
        "com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl",
        "[Lorg.apache.commons.collections.Transformer;",
        "javax.management.BadAttributeValueExpException",
    ] {
        assert!(fails(&found(&Java, "a.bin", &stream(gadget.as_bytes()))), "{gadget}");
        // Each letter in two bytes.
        let long: Vec<u8> = gadget.bytes().flat_map(|b| [0xc0 | b >> 6, 0x80 | b & 0x3f]).collect();
        assert!(fails(&found(&Java, "a.bin", &stream(&long))), "{gadget}");
        // Behind much else.
        let far = [stream(b"java.util.HashMap"), vec![1; 66_000], stream(gadget.as_bytes())];
        assert!(fails(&found(&Java, "a.bin", &far.concat())), "{gadget}");
    }
    let proxy = b"\xac\xed\0\x05s}\0\0\0\x01\0\x0fjava.rmi.Remote\x00\x00xp";
    assert!(fails(&found(&Java, "a.bin", proxy)));
}

#[test]
fn programs_as_xml_are_told() {
    let bean = br#"<?xml version="1.0"?><java class="java.beans.XMLDecoder"><object class="java.lang.ProcessBuilder"/></java>"#;
    assert!(fails(&found(&JavaXml, "a.xml", bean)));
    assert_eq!(found(&JavaXml, "a.xml", b"<PMML version='4.4'/>"), []);
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        found(&Java, "a.bin", &[&b"\xac\xed\0\x05r"[..], &bytes].concat());
    }
}

#[test]
fn addresses_are_told_where_they_are_hashed() {
    let both = [stream(b"java.util.HashMap"), stream(b"java.net.URL")].concat();
    assert!(fails(&found(&Java, "a.model", &both)));
    for alone in [&b"java.net.URL"[..], b"java.util.HashMap"] {
        assert!(!fails(&found(&Java, "a.model", &stream(alone))));
    }
}
