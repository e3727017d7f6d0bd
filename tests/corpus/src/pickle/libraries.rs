//! What known and unknown libraries do with what they are given: each attack
//! beside what an ordinary file has of the same kind.

use super::FORMAT;
use crate::Sample;

/// What it is, and the pickle.
type Row = (&'static str, &'static [u8]);

/// Lines of protocol 0.
static MALICIOUS: &[Row] = &[
    (
        "statsmodels-formula-of-code",
        b"cstatsmodels.base.data\nPandasData\n)\x81}(Vrestore_model_spec\n\x88Vformula\nV__import__('os').system('echo inert') ~ 1\nVframe\n}ub.",
    ),
    (
        "optuna-database-elsewhere",
        b"coptuna.storages._rdb.storage\nRDBStorage\n)\x81}(Vurl\nVmysql://h.invalid/x\nub.",
    ),
    (
        "joblib-array-in-a-file-outside",
        b"cjoblib.numpy_pickle_compat\nNDArrayWrapper\n)\x81}(Vfilename\nV../../../etc/inert\nVsubclass\ncnumpy\nndarray\nub.",
    ),
    ("booster-of-a-file", b"clightgbm.basic\nBooster\n(NNV/etc/inert\ntR."),
    (
        "symbol-of-code",
        b"csympy.functions.elementary.exponential\nexp\n(V__import__('os').system('echo inert')\nt\x81.",
    ),
    ("weights-from-elsewhere", b"cdiffusers\nDiffusionPipeline.from_pretrained\n(Vh/inert\ntR."),
    ("model-of-another-place", b"cmine.models\nTagger.load\n(Vh/inert\ntR."),
    ("tracker", b"cwandb\ninit\n(tR."),
    ("store-of-a-cluster", b"ctorch.distributed\nTCPStore\n(Vh.invalid\nI9\ntR."),
    ("address-for-an-unknown-function", b"cmine.data\nfetch\n(Vs3://h.invalid/x\ntR."),
    ("interpreter-of-another-language", b"crpy2.robjects\nr\n(Vsystem('echo inert')\ntR."),
    ("query-that-writes", b"cduckdb\nquery\n(VCOPY (SELECT 1) TO '/tmp/inert'\ntR."),
    (
        "code-by-value-that-imports",
        b"ccloudpickle.cloudpickle\n_make_function\n(ccloudpickle.cloudpickle\n_builtin_type\n(VCodeType\ntR(I0\nI0\nI0\nI0\nI2\nI3\nVcode\n(NVecho inert\nt(Vos\nVsystem\nt)V<x>\nVf\nVf\nI1\nV\nV\n))tR}NNNtR.",
    ),
    ("bytes-without-end", b"cbuiltins\nbytearray\n(L1099511627776L\ntR."),
    ("array-without-end", b"cnumpy\nones\n((I1000000\nI1000000\nttR."),
    ("list-of-a-range", b"cbuiltins\nlist\n(cbuiltins\nrange\n(L100000000000L\ntRtR."),
    ("set-of-a-count", b"cbuiltins\nset\n(citertools\ncount\n(tRtR."),
    ("text-repeated", b"coperator\nmul\n(VAAAA\nL10000000000L\ntR."),
    ("power", b"coperator\npow\n(I10\nL100000000000L\ntR."),
    ("factorial", b"cmath\nfactorial\n(I1000000000\ntR."),
    ("width-of-a-format", b"coperator\nmod\n(V%9999999999d\nI1\ntR."),
    ("pattern-that-goes-back", b"cre\nmatch\n(V(a+)+$\nVaaaaaaaaaaaaaaaaaaaaaaaaaaaab\ntR."),
    ("memo-without-end", b"\x80\x02Nr\xff\xff\xff\xff."),
    ("memo-without-end-as-text", b"Np4294967290\n."),
    ("bytes-that-no-file-has", b"\x80\x05\x96\0\0\0\0\x20\0\0\0ab"),
];

static BENIGN: &[Row] = &[
    (
        "statsmodels-formula",
        b"cstatsmodels.base.data\nPandasData\n)\x81}(Vrestore_model_spec\n\x88Vformula\nVnp.log(y) ~ C(group) + bs(x, df=4)\nVframe\n}ub.",
    ),
    (
        "optuna-database",
        b"coptuna.storages._rdb.storage\nRDBStorage\n)\x81}(Vurl\nVsqlite:///study.db\nub.",
    ),
    ("type-of-none", b"c_operator\ngetitem\n(ctyping\nUnion\n(cbuiltins\nint\ncbuiltins\ntype\n(NtRttR."),
    (
        "default-of-a-default",
        b"ccollections\ndefaultdict\n(cfunctools\npartial\n(ccollections\ndefaultdict\ntR(ccollections\ndefaultdict\n(cbuiltins\nint\nt}NtbtR.",
    ),
    ("getter-that-is-kept", b"}Vkey\ncoperator\nattrgetter\n(Vname\ntRs."),
    ("getter-of-a-column", b"}Vkey\ncoperator\nitemgetter\n(Vscore\ntRs."),
    ("method-that-is-kept", b"}Vkey\ncoperator\nmethodcaller\n(Vlower\ntRs."),
    (
        "zone-of-time",
        b"cdateutil.tz\ntzfile\n(V/usr/share/zoneinfo/Europe/Paris\ntR.",
    ),
    ("member-of-an-enumeration", b"cbuiltins\ngetattr\n(chttp\nHTTPStatus\nVNOT_FOUND\ntR."),
    ("constant-of-a-socket", b"csocket\nAF_INET\n."),
    ("signal", b"csignal\nSIGTERM\n."),
    ("program-that-ended", b"csubprocess\nCompletedProcess\n)\x81}(Vargs\n(lVreturncode\nI0\nub."),
    ("tree-of-syntax", b"cast\nModule\n)R}Vbody\n]sb."),
    (
        "lambda-by-value",
        b"ccloudpickle.cloudpickle\n_make_function\n(ccloudpickle.cloudpickle\n_builtin_type\n(VCodeType\ntR(I1\nI0\nI0\nI1\nI2\nI3\nVcode\n(NF0.5\nt(Vnp\nVmean\nt(Vx\ntV<x>\nVf\nVf\nI1\nV\nV\n))tR}NNNtR.",
    ),
    ("small-array-of-zeros", b"cnumpy\nzeros\n((I10\nI10\nttR."),
    ("bytes-of-a-number", b"cbuiltins\nbytearray\n(I16\ntR."),
];

/// A tuple of itself, a thousand million times over, as a key.
fn key_of_many_parts() -> Vec<u8> {
    let mut pickle = b"\x80\x02})".to_vec();
    for _ in 0..40 {
        pickle.extend_from_slice(b"2\x86");
    }
    pickle.extend_from_slice(b"Ns.");
    pickle
}

/// All of them.
pub(super) fn samples() -> Vec<Sample> {
    let malicious = MALICIOUS.iter().map(|(what, bytes)| (*what, bytes.to_vec()));
    let malicious = malicious
        .chain([("key-of-many-parts", key_of_many_parts())])
        .map(|(what, bytes)| Sample::malicious(FORMAT, "library", what, "model.pkl", bytes));
    let benign = BENIGN
        .iter()
        .map(|(what, bytes)| Sample::benign(FORMAT, "library", what, "model.pkl", *bytes));
    malicious.chain(benign).chain(policies()).collect()
}

/// The settings of Stable-Baselines3, in which pickles are base64.
fn policies() -> [Sample; 2] {
    let settings = |pickle: &str| {
        format!(
            "{{\"policy_class\": {{\":type:\": \"<class 'abc.ABCMeta'>\", \":serialized:\": \"{pickle}\"}}}}"
        )
    };
    // `os.system("echo inert")`, and a class by its name.
    let malicious = settings("gAJjb3MKc3lzdGVtCihWZWNobyBpbmVydAp0Ui4=");
    let benign =
        settings("Y3N0YWJsZV9iYXNlbGluZXMzLmNvbW1vbi5wb2xpY2llcwpBY3RvckNyaXRpY1BvbGljeQou");
    [
        Sample::malicious(FORMAT, "library", "policy-serialised", "data", malicious),
        Sample::benign(FORMAT, "library", "policy-class", "data", benign),
    ]
}
