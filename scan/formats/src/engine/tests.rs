use super::Engine;
use crate::testing::{fails, found};

#[test]
fn compiled_models_are_looked_through() {
    let model = |within: &[u8]| {
        [&b"ptrt\0\0\0\0\x01\x02\x03"[..], &[0xf0; 70_000], within, &[0; 40]].concat()
    };
    let elf =
        |machine: u8| [&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0"[..], &[machine, 0]].concat();
    assert!(!fails(&found(&Engine, "a.engine", &model(b"layer_0/conv"))));
    assert!(!fails(&found(&Engine, "a.engine", &model(&elf(190)))));
    assert!(fails(&found(&Engine, "a.engine", &model(&elf(62)))));
    assert!(fails(&found(&Engine, "a.plan", &model(b"import os; os.system('echo inert')"))));
    assert!(fails(&found(&Engine, "a.plan", &model(b"plugin /tmp/evil.so"))));
    assert!(!fails(&found(&Engine, "a.plan", &model(b"plugin libnvinfer.so"))));
    assert!(fails(&found(&Engine, "a.plan", &model(b"PE\0\0\x64\x86"))));
    assert!(found(&Engine, "a.plan", b"what we do next week").is_empty());
}
