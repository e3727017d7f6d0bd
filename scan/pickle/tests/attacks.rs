//! Ways to code that go round lists of names. No pickle here is ever loaded.
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

#[track_caller]
fn assert_flagged(all: &[&[u8]]) {
    let missed: Vec<_> = all.iter().filter(|bytes| !is_flagged(bytes)).collect();
    let shown: Vec<_> = missed.iter().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    assert!(shown.is_empty(), "{shown:#?}");
}

#[track_caller]
fn assert_passes(all: &[&[u8]]) {
    let wrong: Vec<_> = all.iter().filter(|bytes| is_flagged(bytes)).collect();
    let shown: Vec<_> = wrong.iter().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    assert!(shown.is_empty(), "{shown:#?}");
}

#[test]
fn walks_from_innocuous_names_are_seen() {
    assert_flagged(&[
        b"\x80\x04\x8c\x0bcollections\x8c\x20OrderedDict.__init__.__globals__\x93.",
        b"\x80\x04\x8c\x0bcollections\x8c\x15OrderedDict.__class__\x93.",
        b"\x80\x04\x8c\x0bcollections\x8c\x18_sys.modules.__getitem__\x93.",
        b"\x80\x04\x8c\x05torch\x8c\x13serialization.os.fs\x93.",
        b"coperator\nattrgetter\n(V__init__.__globals__\ntR(ccollections\nOrderedDict\ntR.",
        b"cbuiltins\ngetattr\n(ccollections\nOrderedDict\nV__subclasses__\ntR)R.",
        b"cbuiltins\ngetattr\n(cbuiltins\ngetattr\n(ccollections\ndeque\nV__class__\ntRV__base__\ntR.",
        b"cbuiltins\ngetattr\n(VabcV__class__\ntR.",
        b"cbuiltins\ngetattr\n(Vabc\nV__class__\ntR.",
        b"cbuiltins\ngetattr\n((tV__class__\ntR.",
        b"cbuiltins\nobject.__getattribute__\n(ccollections\nOrderedDict\nV__init__\ntR.",
        b"coperator\nmethodcaller\n(V__reduce_ex__\nI2\ntR(ccollections\nOrderedDict\n)RtR.",
        b"cbuiltins\ndict.get\n(csys\nmodules\nVos\ntR.",
        b"cnumpy\nf2py.os.system\n(Vecho inert\ntR.",
        b"cpathlib\nPath.write_text\n(cpathlib\nPosixPath\n(Vinert\ntRVinert\ntR.",
    ]);
}

#[test]
fn functions_that_are_given_are_called() {
    assert_flagged(&[
        b"ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\ncbuiltins\nstr\n(Vecho inert\ntNtR.",
        b"ctorch._tensor\n_rebuild_from_type\n(cos\nsystem\ncbuiltins\nstr\n(Vecho inert\nt}tR.",
        b"ctorch._tensor\n_rebuild_from_type_v2\n(cmy_lib\nrun\ncbuiltins\nstr\n(Vcurl x | sh\ntNtR.",
        b"ctorch._utils\n_rebuild_wrapper_subclass\n(cos\nsystem\nNNNNNNNtR.",
        b"ctorch._utils\n_rebuild_parameter_with_state\n(NI01\ncos\nsystem\n}tR.",
        b"ccopyreg\n__newobj__\n(cos\nsystem\nVecho inert\ntR.",
        b"ccopyreg\n__newobj_ex__\n(csubprocess\nPopen\n(Vecho inert\nt}tR.",
        b"ccopyreg\n_reconstructor\n(csubprocess\nPopen\ncbuiltins\nobject\nNtR.",
        b"cnumpy.core.multiarray\n_reconstruct\n(csubprocess\nPopen\n(I0\ntVb\ntR.",
        b"cnumpy.core.multiarray\nscalar\n(cos\nsystem\nVb\ntR.",
        b"ccollections\ndefaultdict\n(cos\ngetcwd\ntR.",
        b"ccollections\ndefaultdict\n(cfunctools\npartial\n(cos\nsystem\nVecho inert\ntRtR.",
        b"cfunctools\nreduce\n(cos\nsystem\n(Vecho\nVinert\nltR.",
        b"cfunctools\npartial\n(cfunctools\npartial\n(cos\nsystem\ntRVecho inert\ntR(tR.",
        b"cweakref\nfinalize\n(ccollections\nOrderedDict\ncos\nsystem\nVecho inert\ntR.",
        b"cweakref\nref\n(ccollections\nOrderedDict\ncos\nsystem\ntR.",
        b"ctypes\nMethodType\n(cos\nsystem\nVecho inert\ntR)R.",
        b"cbuiltins\nmap\n(cos\nsystem\n(Vecho inert\nltR.",
        b"cbuiltins\niter\n(cos\ngetcwd\nVx\ntR.",
        b"cbuiltins\nproperty\n(cos\nsystem\ntR.",
        b"citertools\nstarmap\n(cos\nsystem\n((Vecho inert\ntltR.",
        b"cenum\nEnum\n(VE\n(Vx\ncos\nsystem\nttR.",
        b"cdatetime\ndatetime\n(Vabcdefghij\ncos\nsystem\n)RtR.",
        b"csklearn.preprocessing._function_transformer\nFunctionTransformer\n)\x81}Vfunc\ncos\nsystem\nsb.",
        b"csklearn.preprocessing\nFunctionTransformer\n(cos\nsystem\ntR.",
        b"cpandas._libs.internals\n_unpickle_block\n(cos\nsystem\nVecho inert\ntR.",
        b"cpandas.core.indexes.base\n_new_Index\n(cos\nsystem\n}tR.",
        b"ccodecs\nlookup\n(Vrot13\ntR.",
        b"ccodecs\nregister\n(cmy\nf\ntR.",
    ]);
}

#[test]
fn makers_of_functions_are_dangerous() {
    assert_flagged(&[
        b"cdill._dill\n_create_function\n(Ncbuiltins\ndict\n)RtR.",
        b"cdill._dill\n_create_type\n(cbuiltins\ntype\nVX\n(t(Va\ncbuiltins\ngetattr\ndtR.",
        b"cdill._dill\n_load_type\n(VCodeType\ntR)R.",
        b"cdill._dill\n_import_module\n(Vos\ntR.",
        b"ccloudpickle.cloudpickle\n_make_function\n(NNNNNtR.",
        b"ccloudpickle.cloudpickle\n_builtin_type\n(VCodeType\ntR)R.",
        b"ccloudpickle.cloudpickle\nsubimport\n(Vos\ntR.",
        b"ctypes\nCodeType\n)R.",
        b"ctypes\nFunctionType\n)R.",
        b"cbuiltins\ntype\n(VX\n(cbuiltins\nobject\nt}V__del__\ncos\nsystem\nstR.",
    ]);
}

#[test]
fn tricks_with_the_state_are_seen() {
    assert_flagged(&[
        b"ccollections\nOrderedDict\n)R}V__class__\ncsubprocess\nPopen\nsb.",
        b"cmy_lib\nThing\n)\x81}V__class__\ncmy_lib\nOther\nsb.",
        b"cmy_lib\nThing\n)\x81}V__setstate__\ncmy_lib\nf\nsb}b.",
        b"cmy_lib\nThing\n)\x81N}Vappend\ncmy_lib\nf\ns\x86b.",
        b"cmy_lib\nThing\n}V__new__\ncmy_lib\nf\nsb.",
        b"cfunctools\npartial\n(cbuiltins\nint\ntR(cos\nsystem\n(Vecho inert\nt}NtbN.",
        b"cos\nenviron\nVA\nVb\ns.",
        b"csys\nmodules\nVjson\nNs.",
        b"\x80\x02\x84\x01\0\0\0.",
        b"\x80\x02\x83\x01\0N\x85R.",
        b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(V__reduce__\ncos\nsystem\nub.",
    ]);
}

#[test]
fn tricks_with_the_stack_are_followed() {
    assert_flagged(&[
        b"cos\nsystem\n(NN1(Vecho inert\ntR.",
        b"cos\nsystem\n(((111(Vecho inert\ntR.",
        b"(cos\nsystem\np5\n1g5\n(Vecho inert\ntR.",
        b"]cos\nsystem\np0\na0g0\n(Vecho inert\ntR.",
        b"Vsystem\np1\n0Vos\ng1\n\x93p1\n0g1\n(Vecho inert\ntR.",
        b"(Vos\nVsystem\n\x93Vecho inert\no.",
        b"cbuiltins\nbytes.decode\n(cbuiltins\nbytes.fromhex\n(V6f73\ntRtRVsystem\n\x93(Vecho inert\ntR.",
        b"c_codecs\ndecode\n(c_codecs\nencode\n(Vos\nVutf-8\ntRVutf-8\ntRVsystem\n\x93(Vecho inert\ntR.",
        b"cbuiltins\nbytearray\n(c_codecs\nencode\n(Vos\nVlatin1\ntRtRVsystem\n\x93.",
        b"coperator\ngetitem\n((Vsystem\ntI0\ntRp0\n0Vos\ng0\n\x93(Vecho inert\ntR.",
        b"coperator\nitemgetter\n(I0\ntR(]cos\nsystem\natR(Vecho inert\ntR.",
    ]);
}

#[test]
fn bytes_that_are_loaded_are_read_or_told() {
    assert_flagged(&[
        b"ctorch.storage\n_load_from_bytes\n(Vecho inert\ntR.",
        b"ctorch.storage\n_load_from_bytes\n(c_codecs\nencode\n(Vcos\\u000asystem\\u000a(S'echo inert'\\u000atR.\nVlatin1\ntRtR.",
        b"ctorch.storage\n_load_from_bytes\n(c_codecs\nencode\n(X\x1d\0\0\0\xc2\x80\x02cos\nsystem\nU\x0aecho inert\x85R.Vlatin1\ntRtR.",
        b"\x80\x03ctorch.storage\n_load_from_bytes\nC\x1dcos\nsystem\n(S'echo inert'\ntR.\x85R.",
        b"cbuiltins\nmap\n(ctorch.storage\n_load_from_bytes\n(C\x1dcos\nsystem\n(S'echo inert'\ntR.ltR.",
    ]);
}

#[test]
fn bytes_that_unknown_names_get_are_read() {
    let given = |inner: &[u8]| {
        let length = u8::try_from(inner.len()).unwrap();
        let bytes = [&[b'C', length][..], inner].concat();
        let argument = [b"\x80\x04cmy_models\nrevive\n", &bytes[..], b"\x85R."].concat();
        let state = [b"\x80\x04cmy_models\nNet\n)\x81}\x8c\x01a", &bytes[..], b"sb."].concat();
        [argument, state]
    };
    let bad = given(b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.");
    assert_flagged(&bad.each_ref().map(Vec::as_slice));
    for harmless in [&b"\x80\x04K\x01K\x02\x86."[..], b"\x80\x04", b"weights", b"\x80\x03\xff\xfe"]
    {
        assert_passes(&given(harmless).each_ref().map(Vec::as_slice));
    }
}

#[test]
fn what_libraries_write_passes() {
    assert_passes(&[
        b"ccollections\ndefaultdict\n(cbuiltins\nlist\ntR.",
        b"ccollections\ndefaultdict\n(cfunctools\npartial\n(cbuiltins\nint\nI1\ntRtR.",
        b"ccopyreg\n_reconstructor\n(cmy_lib\nNet\ncbuiltins\nobject\nNtR}b.",
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR.",
        b"ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_parameter\nctorch.nn.parameter\nParameter\n(NI01\nNt}tR.",
        b"c__torch__.my.Net\n)\x81}b.",
        b"c__torch__\nNet\nctorch.jit._pickle\nbuild_intlist\n(](I1\nI2\netR\x86.",
        b"csklearn.preprocessing._function_transformer\nFunctionTransformer\n)\x81}Vfunc\ncnumpy\nlog1p\nsb.",
        b"cjoblib.memory\nMemory\n)\x81}b.",
        b"cgensim.models.word2vec\nWord2Vec\n)\x81}Vload\ncgensim.utils\ncall_on_class_only\nsb.",
    ]);
}
