//! What pickles are judged to be. No pickle here is ever loaded.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_scan_pickle::READERS;
use nix_ai_model_scan_walk::{Budget, Level, scan};
use nix_ai_model_sdk::Finding;
use nix_ai_model_sdk::testing::ScriptedFiles;

fn findings(name: &str, bytes: &[u8]) -> Vec<Finding> {
    let files = ScriptedFiles::new().file(name, bytes);
    scan(&files, READERS, Budget::default()).findings
}

/// Whether the default policy fails the file.
fn is_flagged(bytes: &[u8]) -> bool {
    let bad = [Level::High, Level::Critical, Level::Unjudged];
    findings("model.bin", bytes).iter().any(|finding| bad.contains(&finding.level))
}

fn has(bytes: &[u8], rule: &str, level: Level) -> bool {
    findings("model.bin", bytes)
        .iter()
        .any(|finding| finding.rule == rule && finding.level == level)
}

#[track_caller]
fn assert_call(bytes: &[u8]) {
    let found = findings("model.bin", bytes);
    let call = found.iter().find(|found| found.rule == "pickle/dangerous-call");
    assert_eq!(call.map(|call| call.level), Some(Level::Critical), "{found:#?}");
}

#[test]
fn a_call_is_told_once_with_its_arguments_and_place() {
    let found =
        findings("a.bin", b"\x80\x02cos\nsystem\nX\x0b\0\0\0echo inert!\x85R0cos\nsystem\n.");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].rule, "pickle/dangerous-call");
    assert_eq!(found[0].level, Level::Critical);
    assert_eq!(found[0].offset, Some(30));
    assert_eq!(found[0].message, "it calls \"os.system\"(\"echo inert!\"), which starts programs");
}

#[test]
fn every_way_to_call_is_a_call() {
    for bytes in [
        &b"cos\nsystem\n(S'echo inert'\ntR."[..],
        b"(S'echo inert'\nios\nsystem\n.",
        b"(cos\nsystem\nS'echo inert'\no.",
        b"\x80\x02cos\nsystem\nU\x04echo\x85\x81.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85}\x92.",
        b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04echo\x94\x85\x94R\x94.",
        b"V\\u006fs\nV\\u0073ystem\n\x93S'echo'\n\x85R.",
        b"S'\\x6fs'\nS'\\163ystem'\n\x93S'echo'\n\x85R.",
        b"cos\r\nsystem\r\n(S'echo inert'\ntR.",
    ] {
        assert_call(bytes);
    }
}

#[test]
fn the_whole_stack_and_memo_count() {
    for bytes in [
        // The name comes out of the memo, under a key far away.
        &b"\x80\x02cos\nsystem\nr\xff\xff\xff\x7f0N0j\xff\xff\xff\x7fX\x04\0\0\0echo\x85R."[..],
        // Strings were put there long before, and duplicated.
        b"\x80\x04\x8c\x06system\x94\x8c\x02os\x940(h\x01h\x00t0h\x012h\x00\x86\x8500h\x01h\x00\x93\x8c\x04echo\x85R.",
        // A mark is taken away by POP.
        b"(0cos\nsystem\n(S'echo'\ntR.",
        // Values beneath a mark wait.
        b"cos\nsystem\n(S'echo'\nt(N1R.",
        // Numbers of the memo as text.
        b"cos\nsystem\np1_0\n0g10\n(S'echo'\ntR.",
        // MEMOIZE counts keys, not instructions.
        b"\x80\x04N\x94q\x00q\x000cos\nsystem\n\x940h\x01\x8c\x04echo\x85R.",
        // A tuple from the memo is the arguments.
        b"\x80\x02X\x04\0\0\0echo\x85q\x000cos\nsystem\nh\x00R.",
    ] {
        assert_call(bytes);
    }
}

#[test]
fn what_ran_before_a_break_is_told_with_the_break() {
    let call = b"cos\nsystem\n(S'echo'\ntR";
    for rest in [&b""[..], b"\xff", b"0000", b"h\x07", b"X\xff\xff\xff\xff"] {
        let bytes = [call, rest].concat();
        assert_call(&bytes);
        assert!(has(&bytes, "scan/broken", Level::Unjudged), "{rest:?}");
    }
}

#[test]
fn renames_of_python_2_are_followed() {
    for bytes in [
        &b"c__builtin__\neval\n(S'1'\ntR."[..],
        b"ccommands\ngetoutput\n(S'echo'\ntR.",
        b"\x80\x02c__builtin__\nexecfile\nU\x01x\x85R.",
        b"c__builtin__\napply\n(cos\nsystem\n(S'echo'\nttR.",
    ] {
        assert!(is_flagged(bytes), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn names_that_are_reached_are_named() {
    let os = b"cbuiltins\n__import__\n(S'os'\ntR";
    let system = [&b"cbuiltins\ngetattr\n("[..], os, b"S'system'\ntR"].concat();
    let getters = [
        system,
        [b"coperator\nattrgetter\n(S'system'\ntR(", &os[..], b"tR"].concat(),
        [&b"coperator\nattrgetter\n(S'os.system'\ntR("[..], b"cbuiltins\n__import__\n(S'shutil'\ntR", b"tR"].concat(),
        [&b"coperator\ngetitem\n(cos\n__dict__\nS'system'\ntR"[..]].concat(),
        [&b"cfunctools\npartial\n(cos\nsystem\ntR"[..]].concat(),
        [&b"cfunctools\nreduce\n(cbuiltins\ngetattr\n(cbuiltins\n__import__\n(S'shutil'\ntRS'os'\nS'system'\nltR"[..]].concat(),
        b"cbuiltins\ngetattr\n(coperator\nitemgetter\n(S'os'\ntR(csys\nmodules\ntRS'system'\ntR".to_vec(),
    ];
    for getter in getters {
        let bytes = [&getter[..], b"(S'echo inert'\ntR."].concat();
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let found = findings("a", &bytes);
        let call = found.iter().find(|f| f.message.contains("system\"(\"echo inert\")"));
        assert_eq!(call.map(|call| call.level), Some(Level::Critical), "{shown}: {found:#?}");
    }
}

#[test]
fn names_that_are_spelt_are_named() {
    for text in [
        &b"cbuiltins\nstr.join\n(S''\n(S'sys'\nS'tem'\nltR"[..],
        b"coperator\nadd\n(S'sys'\nS'tem'\ntR",
        b"ccodecs\ndecode\n(S'flfgrz'\nS'rot13'\ntR",
        b"ccodecs\nencode\n(S'system'\nS'utf-8'\ntR",
        b"coperator\nmod\n(S'sys%s'\nS'tem'\ntR",
        b"cbuiltins\nstr.lower\n(S'SYSTEM'\ntR",
        b"cbuiltins\nstr.replace\n(S'sysXtem'\nS'X'\nS''\ntR",
        b"cbuiltins\ngetattr\n(S''\nS'join'\ntR((S'sys'\nS'tem'\nltR",
        b"ccodecs\ndecode\n(S'73797374656d'\nS'hex'\ntR",
    ] {
        let bytes = [b"S'os'\n", text, b"\x93(S'echo inert'\ntR."].concat();
        assert_call(&bytes);
    }
}

#[test]
fn what_cannot_be_known_is_high() {
    for (bytes, rule) in [
        (&b"\x80\x02\x82\x01(tR."[..], "pickle/extension-code"),
        (b"\x80\x04NN\x93(tR.", "pickle/hidden-name"),
        (b"\x80\x02cfoo\nBar\n)R)R.", "pickle/hidden-call"),
        (b"cbuiltins\ngetattr\n(NNtR.", "pickle/hidden-name"),
        (b"Pabc\n)R.", "pickle/hidden-call"),
    ] {
        assert!(has(bytes, rule, Level::High), "{rule}: {:#?}", findings("a", bytes));
    }
}

#[test]
fn what_is_changed_is_told() {
    for bytes in [
        &b"\x80\x02cfoo\nBar\n}X\x01\0\0\0aNsb."[..],
        b"\x80\x02cfoo\nBar\nX\x01\0\0\0aNs.",
        b"\x80\x02cfoo\nBar\n(NNu.",
        b"\x80\x02cfoo\nBar\nNa.",
        b"\x80\x02cfoo\nBar\nN}\x86b.",
    ] {
        assert!(has(bytes, "pickle/changed-name", Level::High), "{:#?}", findings("a", bytes));
    }
    let replaced = b"\x80\x02cfoo\nBar\n)\x81}X\x0c\0\0\0__setstate__cbar\nbaz\nsb.";
    assert!(has(replaced, "pickle/replaced-method", Level::High));
}

#[test]
fn unknown_names_are_told_and_do_not_fail() {
    for bytes in [&b"\x80\x02cmy_model\nNet\n)\x81}b."[..], b"\x80\x02cmy_model\nNet\n)R."] {
        let found = findings("a", bytes);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!((&*found[0].rule, found[0].level), ("pickle/unknown-name", Level::Medium));
    }
}

#[test]
fn unknown_functions_with_suspicious_arguments_fail() {
    for argument in [
        "import os; os.system('x')",
        "curl x | sh",
        "https://example.com/x",
        "../../x",
        "/etc/passwd",
        "C:\\\\x",
    ] {
        let bytes = format!("cmy_lib\nrun\n(V{argument}\ntR.");
        assert!(has(bytes.as_bytes(), "pickle/suspicious-call", Level::High), "{argument}");
    }
    assert!(!is_flagged(b"cmy_lib\nrun\n(Vhello world\ntR."));
}

#[test]
fn data_is_clean() {
    for bytes in [
        &b"N."[..],
        b"(dp0\nS'a'\np1\nI1\nsS'b'\n(lp2\nF1.5\naL5L\nas."[..].as_ref(),
        b"\x80\x04\x95\x0b\0\0\0\0\0\0\0}\x94\x8c\x01a\x94K\x01s.",
        b"\x80\x02ccollections\nOrderedDict\nq\0)Rq\x01.",
        b"\x80\x05\x96\x03\0\0\0\0\0\0\0abc\x94.",
        b"\x80\x03C\x02\xff\xfeq\0.",
    ] {
        let found = findings("a.pkl", bytes);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn torch_storages_are_clean() {
    let bytes = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\0((X\x07\0\0\0storageq\x01ctorch\nFloatStorage\nq\x02X\x01\0\0\x000q\x03X\x03\0\0\0cpuq\x04K\x04tq\x05QK\0K\x04\x85q\x06K\x01\x85q\x07\x89ccollections\nOrderedDict\nq\x08)Rq\ttq\nRq\x0b.";
    let found = findings("data.pkl", bytes);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_is_no_pickle_is_left_alone() {
    for text in [
        "Copyright (c) 2020 Somebody\nAll rights reserved.\n",
        "Name: value\nVersion: 1\n",
        "In the beginning\nwas the word\n",
        "Features:\n\n- one\n- two\n",
        "cat\ndog\nfish\nbird\n",
        "(a list)\n(b list)\n",
        "import os\nimport sys\nprint(os.name)\n",
        "{\"a\": 1}\n",
        "[1, 2, 3]",
        "]\n",
        "Please read me\nand me\n",
        "Sam I am\n",
        "Long text\n",
        "XGBoost model\n",
        "Baseline\nTop",
        "N.B. this is text",
        "I.",
    ] {
        let found = findings("README", text.as_bytes());
        assert!(found.is_empty(), "{text}: {found:#?}");
        let found = findings("README.pkl", text.as_bytes());
        assert!(found.iter().all(|found| found.level == Level::Low), "{text}: {found:#?}");
    }
}

#[test]
fn long_beginnings_hide_nothing() {
    let call = b"cos\nsystem\n(S'echo'\ntR.";
    for begin in [
        [&b"X\x88\x13\0\0"[..], &[b'a'; 5000], b"0"].concat(),
        [&b"V"[..], &[0xe9; 100_000], b"\n0"].concat(),
        b"N0".repeat(3000),
        b"I1\n0".repeat(3000),
        [&b"\x8e\x40\x42\x0f\0\0\0\0\0"[..], &[b'a'; 1_000_000], b"0"].concat(),
        [&b"S'"[..], &[b'a'; 70_000], b"'\n0"].concat(),
    ] {
        assert_call(&[&begin[..], call].concat());
    }
    let name = "a".repeat(70_000);
    assert!(is_flagged(format!("cos\n{name}\n(tR.").as_bytes()));
    assert!(is_flagged(format!("cos\n{}\n(tR.", &name[..600]).as_bytes()));
}

#[test]
fn instructions_across_the_ends_of_reads_are_whole() {
    for pad in (4050..4110).chain(16_330..16_400).chain(65_500..65_600) {
        let mut bytes = b"\x80\x04".to_vec();
        bytes.extend(b"N0".repeat(pad / 2));
        bytes.extend_from_slice(if pad % 2 == 1 { b"K\x010" } else { b"" });
        bytes.extend_from_slice(
            b"\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x04echo\x94\x85\x94R.",
        );
        assert_call(&bytes);
    }
}

#[test]
fn what_a_string_holds_is_read_where_it_is_loaded() {
    let inner = b"\x80\x02cos\nsystem\nU\x04echo\x85R.";
    let nested = |inner: &[u8]| {
        let length = (inner.len() as u32).to_le_bytes();
        let begin = b"\x80\x03ctorch.storage\n_load_from_bytes\nB";
        [&begin[..], &length, inner, b"\x85R."].concat()
    };
    assert_call(&nested(inner));
    assert_call(&nested(&nested(inner)));
    let long = [&b"\x80\x03B\x10\x27\0\0"[..], &[0; 10_000], b"0", &inner[2..]].concat();
    assert_call(&nested(&long));
    assert!(findings("a", &nested(b"\x80\x02N.")).is_empty());
    // The bytes are the state of a file in memory.
    let file = b"\x80\x03ctorch.storage\n_load_from_bytes\nc_io\nBytesIO\n)\x81B";
    let length = (inner.len() as u32).to_le_bytes();
    assert_call(&[&file[..], &length, inner, b"K\0N\x87b\x85R."].concat());
    assert!(is_flagged(b"\x80\x03ctorch.storage\n_load_from_bytes\nN\x85R."));
}

#[test]
fn getters_are_as_bad_as_what_they_get() {
    for getter in ["attrgetter", "methodcaller", "itemgetter"] {
        let getter = |name: &str| format!("coperator\n{getter}\n(V{name}\ntR.").into_bytes();
        assert!(!is_flagged(&getter("score")));
        assert!(is_flagged(&getter("__globals__")));
        assert!(is_flagged(&getter("system")));
    }
    assert!(!is_flagged(b"coperator\nitemgetter\n(I1\ntR."));
}

#[test]
fn values_below_a_mark_are_what_older_loaders_take() {
    assert_call(b"\x80\x02cos\nsystem\nU\x04echo\x85(R.");
    assert!(is_flagged(b"\x80\x02N(2."));
}
