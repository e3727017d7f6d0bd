//! What the tables say, and what follows from them.

use nix_ai_model_scan_names::{Combinator, Family, Home, Tier, home, module, path, tier};
use proptest::prelude::*;

#[test]
fn the_longest_part_known_decides() {
    assert_eq!(tier("os", "system"), Tier::Dangerous(Family::Process));
    assert_eq!(tier("os", "anything_at_all"), Tier::Dangerous(Family::Process));
    assert_eq!(tier("os", "path.join"), Tier::Innocuous);
    assert_eq!(tier("os.path", "join"), Tier::Innocuous);
    assert!(matches!(tier("os.path", "exists"), Tier::Dangerous(_)));
    assert_eq!(tier("collections", "OrderedDict"), Tier::Innocuous);
    assert_eq!(tier("collections", "OrderedDict.popitem"), Tier::Unknown(Home::StandardLibrary));
    assert_eq!(tier("pathlib", "Path"), Tier::Innocuous);
    assert_eq!(tier("pathlib", "Path.write_text"), Tier::Dangerous(Family::Files));
}

#[test]
fn a_path_through_a_dangerous_module_is_dangerous() {
    for (module, name) in [
        ("torch.serialization", "os.system"),
        ("sklearn.externals", "joblib.os.system"),
        ("numpy.testing._private.utils", "sys.modules.get"),
        ("a.b.c", "x.y.subprocess.Popen.communicate"),
        ("a.os", "system"),
        ("logging", "os"),
        ("anything", "signal.alarm"),
    ] {
        assert!(matches!(tier(module, name), Tier::Dangerous(_)), "{module} {name}");
    }
    // Words that are modules too are names of other things.
    assert_eq!(tier("scipy.signal._signaltools", "whatever"), Tier::Unknown(Home::Library));
    assert_eq!(tier("my.signal", "Filter"), Tier::Unknown(Home::Elsewhere));
}

#[test]
fn walks_of_attributes_are_access() {
    for name in
        ["__globals__", "x.__class__.__base__.__subclasses__", "f.__builtins__", "X.__call__"]
    {
        assert_eq!(tier("mine", name), Tier::Dangerous(Family::Access), "{name}");
    }
}

#[test]
fn arguments_decide_of_combinators() {
    assert_eq!(tier("functools", "partial"), Tier::ByArguments(Combinator::Call));
    assert_eq!(tier("builtins", "getattr"), Tier::ByArguments(Combinator::Attribute));
    assert_eq!(tier("_codecs", "encode"), Tier::ByArguments(Combinator::Encode));
    assert_eq!(tier("torch.storage", "_load_from_bytes"), Tier::ByArguments(Combinator::Nested));
    assert!(matches!(tier("builtins", "getattr.__call__"), Tier::Dangerous(_)));
}

#[test]
fn paths_are_split_anywhere() {
    assert_eq!(path("os.system"), Tier::Dangerous(Family::Process));
    assert_eq!(path("eval"), Tier::Dangerous(Family::Execution));
    assert_eq!(path("torch.nn.parameter.Parameter"), Tier::Innocuous);
    assert_eq!(path("scipy.signal.convolve"), Tier::Innocuous);
}

#[test]
fn a_class_is_not_its_constructor() {
    assert_eq!(
        tier("transformers.models.bert.tokenization_bert", "BertTokenizer"),
        Tier::ByArguments(Combinator::Constructor(Family::Files))
    );
}

#[test]
fn very_long_names_are_answered_in_time() {
    let name = "os.x.".repeat(200_000);
    assert!(matches!(tier("mine", &name), Tier::Dangerous(_)));
    let name = "signal.".repeat(200_000);
    let _ = tier(&name, "mine");
}

#[test]
fn modules_are_known_as_a_whole() {
    assert_eq!(module("os"), Some(Family::Process));
    assert_eq!(module("os.path"), Some(Family::Files));
    assert_eq!(module("numpy.f2py.crackfortran"), Some(Family::Execution));
    assert_eq!(module("numpy"), None);
    assert_eq!(home("numpy.linalg"), Home::Library);
    assert_eq!(home("json"), Home::StandardLibrary);
    assert_eq!(home("mine"), Home::Elsewhere);
}

proptest! {
    #[test]
    fn any_text_is_answered(module in "\\PC{0,40}", name in "[a-z_.]{0,40}|\\PC{0,40}") {
        let _ = tier(&module, &name);
        let _ = path(&name);
        let _ = nix_ai_model_scan_names::module(&module);
    }

    #[test]
    fn what_is_below_a_dangerous_module_is_dangerous(name in "[A-Za-z_]{1,12}(\\.[A-Za-z_]{1,12}){0,3}") {
        for module in ["subprocess", "ctypes", "runpy", "numpy.f2py"] {
            let told = tier(module, &name);
            prop_assert!(!matches!(told, Tier::Unknown(_)), "{module} {name}: {told:?}");
        }
    }
}
