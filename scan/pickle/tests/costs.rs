//! What a few bytes make a loader wait for, and what looks like it. No pickle
//! here is ever loaded.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_scan_pickle::READERS;
use nix_ai_model_scan_walk::{Budget, Level, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;

/// Whether the default policy fails the file.
fn is_flagged(bytes: &[u8]) -> bool {
    let bad = [Level::High, Level::Critical, Level::Unjudged];
    let files = ScriptedFiles::new().file("model.bin", bytes);
    scan(&files, READERS, Budget::default()).findings.iter().any(|found| bad.contains(&found.level))
}

#[test]
fn iterators_that_never_end_are_told_where_they_are_consumed() {
    let endless = [
        "citertools\nrepeat\n(I0\ntR",
        "citertools\nrepeat\n(I0\nL99999999999L\ntR",
        "citertools\ncount\n)R",
        "citertools\ncycle\n(Vab\ntR",
        "cbuiltins\nrange\n(L1152921504606846976L\ntR",
        "cbuiltins\nrange\n(L-1152921504606846976L\nI0\ntR",
        "citertools\npermutations\n(cbuiltins\nrange\n(I20\ntRtR",
        "citertools\npermutations\n(Vabcdefghijklmnop\ntR",
        "citertools\ncombinations\n(cbuiltins\nrange\n(I60\ntRI30\ntR",
        "citertools\ncombinations_with_replacement\n(cbuiltins\nrange\n(I40\ntRI30\ntR",
        "citertools\nproduct\n(cbuiltins\nrange\n(I9999\ntRcbuiltins\nrange\n(I99999\ntRtR",
        "citertools\nchain\n((lcitertools\ncount\n)RtR",
        "citertools\nislice\n(citertools\ncount\n)RL9999999999L\ntR",
        "citertools\naccumulate\n(citertools\nrepeat\n(I1\ntRtR",
        "cbuiltins\nzip\n(citertools\ncount\n)Rcitertools\ncount\n)RtR",
        "cbuiltins\nmap\n(cbuiltins\nabs\ncitertools\ncount\n)RtR",
        "cbuiltins\nfilter\n(Ncitertools\ncount\n)RtR",
        "cbuiltins\nenumerate\n(citertools\ncount\n)RtR",
    ];
    let consumers = [
        "builtins\nlist",
        "builtins\nset",
        "builtins\ntuple",
        "builtins\nfrozenset",
        "builtins\nsum",
        "builtins\nsorted",
        "builtins\nany",
        "builtins\nmax",
        "collections\ndeque",
        "collections\nCounter",
        "numpy\nfromiter",
    ];
    for (place, endless) in endless.iter().enumerate() {
        let consumer = consumers[place % consumers.len()];
        let bytes = format!("c{consumer}\n({endless}tR.");
        assert!(is_flagged(bytes.as_bytes()), "{bytes}");
        assert!(!is_flagged(format!("{endless}.").as_bytes()), "{endless}");
    }
    for consumer in consumers {
        let bytes = format!("c{consumer}\n(citertools\ncount\n)RtR.");
        assert!(is_flagged(bytes.as_bytes()), "{bytes}");
    }
}

#[test]
fn values_that_unfold_are_told_where_they_are_walked_through() {
    let walkers = [
        "builtins\nrepr",
        "__builtin__\nstr",
        "builtins\nhash",
        "json\ndumps",
        "numpy\narray",
        "builtins\nfrozenset",
        "pprint\npformat",
    ];
    let pickle = |walker: &str, levels: u32| {
        let twice = |level| format!("(lp{level}\ng{0}\nag{0}\na0", level - 1);
        let all: String = (1..=levels).map(twice).collect();
        format!("(lp0\nI1\naI1\na0{all}c{walker}\n(g{levels}\ntR.")
    };
    for walker in walkers {
        assert!(is_flagged(pickle(walker, 60).as_bytes()), "{walker}");
    }
    assert!(!is_flagged(pickle("builtins\nrepr", 8).as_bytes()));
    assert!(!is_flagged(pickle("builtins\nlen", 60).as_bytes()));
    // One that holds itself is written as such.
    assert!(!is_flagged(b"(lp0\ng0\nag0\nacbuiltins\nrepr\n(g0\ntR."));
}

#[test]
fn iterators_that_end_are_none() {
    for iterator in [
        "citertools\nrepeat\n(I0\nI9\ntR",
        "cbuiltins\nrange\n(I1000\ntR",
        "citertools\npermutations\n(Vabcd\ntR",
        "citertools\nislice\n(citertools\ncount\n)RI9\ntR",
        "cbuiltins\nzip\n(citertools\ncount\n)RVabc\ntR",
        "citertools\ncombinations\n(cbuiltins\nrange\n(I60\ntRI2\ntR",
        "citertools\nproduct\n((I1\nI2\nl(I3\nltR",
    ] {
        let bytes = format!("cbuiltins\nlist\n({iterator}tR.");
        assert!(!is_flagged(bytes.as_bytes()), "{bytes}");
    }
}

#[test]
fn keys_of_one_hash_are_told() {
    let keys = |step: u128| {
        let mut bytes = b"\x80\x04}(".to_vec();
        for place in 16..10_016_u128 {
            bytes.extend(b"\x8a\x10");
            bytes.extend((place * step).to_le_bytes());
            bytes.push(b'N');
        }
        bytes.extend(b"u.");
        bytes
    };
    assert!(is_flagged(&keys((1 << 61) - 1)));
    assert!(!is_flagged(&keys((1 << 61) + 1)));
}

#[test]
fn a_memory_map_is_opened_by_a_call_alone() {
    assert!(!is_flagged(b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nmemmap\n(I0\ntC\x01btR."));
    assert!(is_flagged(b"cnumpy\nmemmap\n(V/etc/passwd\ntR."));
    assert!(is_flagged(b"\x80\x02cnumpy\nmemmap\n(V/etc/passwd\nt\x81."));
}

#[test]
fn what_dill_sets_of_cells_and_classes_is_plain() {
    let cell = "cdill._dill\n_create_cell\n(Nt R".replace(' ', "");
    let set = |target: &str, name: &str, value: &str| {
        format!("cbuiltins\nsetattr\n({target}V{name}\n{value}tR.")
    };
    assert!(!is_flagged(set(&cell, "cell_contents", "I3\n").as_bytes()));
    assert!(is_flagged(set(&cell, "other", "I3\n").as_bytes()));
    assert!(is_flagged(set("ccollections\nOrderedDict\n", "cell_contents", "I3\n").as_bytes()));
    let class = "cdill._dill\n_create_type\n(cbuiltins\ntype\nVX\n(t(Va\nI1\ndtR";
    assert!(!is_flagged(set(class, "__qualname__", "VX\n").as_bytes()));
    assert!(is_flagged(set(class, "__setstate__", "VX\n").as_bytes()));
    assert!(is_flagged(set(class, "__doc__", "cbuiltins\ngetattr\n").as_bytes()));
}

#[test]
fn what_dill_imports_is_of_libraries() {
    let import = |name: &str| format!("cdill._dill\n_import_module\n(V{name}\ntR.");
    assert!(!is_flagged(import("sklearn.linear_model").as_bytes()));
    for bad in ["os", "os.system", "subprocess", "torch.serialization.os", "numpy.load"] {
        assert!(is_flagged(import(bad).as_bytes()), "{bad}");
    }
}

#[test]
fn functions_of_formulas_take_no_text() {
    let sin = "csympy.functions.elementary.trigonometric\nsin\n";
    assert!(is_flagged(format!("{sin}(Vx\ntR.").as_bytes()));
    let symbol = "csympy.core.symbol\nSymbol\n(Vx\ntR";
    assert!(!is_flagged(format!("{sin}({symbol}tR.").as_bytes()));
}

#[test]
fn a_storage_is_no_larger_than_files_are() {
    let storage = |numbers: u64| {
        let mut bytes = b"\x80\x02(X\x07\0\0\0storagectorch\nFloatStorage\n".to_vec();
        bytes.extend(b"X\x01\0\0\x000X\x03\0\0\0cpu\x8a\x08");
        bytes.extend(numbers.to_le_bytes());
        bytes.extend(b"tQ.");
        bytes
    };
    assert!(!is_flagged(&storage(1 << 32)));
    assert!(is_flagged(&storage(10_000_000_000_000)));
}
