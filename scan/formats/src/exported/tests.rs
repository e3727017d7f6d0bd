use super::{Compiled, Exported, is_dangerous};
use crate::testing::{fails, found};

fn graph(formula: &str, target: &str) -> String {
    format!(
        r#"{{"graph_module":{{"graph":{{"nodes":[{{"target":"{target}"}}],"tensor_values":
        {{"x":{{"sizes":[{{"as_expr":{{"expr_str":"{formula}","hint":{{"as_int":3}}}}}}]}}}}}}}}}}"#
    )
}

#[test]
fn formulas_are_arithmetic() {
    const ADD: &str = "torch.ops.aten.add.Tensor";
    for good in [
        "s0",
        "2*s0 + 1",
        "Max(1, s0//2)",
        "FloorDiv(s0, 4)",
        "(s0 + 1.5e3)",
        "Mod(s1, 8) - s0**2",
        "PythonMod(s0, 2)",
        "Eq(u0, 1)",
        "s0 <= 4",
        "1.e5*s0",
        "CeilToInt(IntTrueDiv(s0, 2))",
    ] {
        assert_eq!(found(&Exported, "a/model.json", graph(good, ADD).as_bytes()), [], "{good}");
    }
    for bad in [
        "__import__('os').system('echo inert')",
        "().__class__",
        "x.y()",
        "open(s0)",
        "s0[0]",
        "exec (chr(1))",
        "Symbol.mro()",
        "(lambda: s0)",
        "a\\nb",
        "getattr(s0, s1)",
    ] {
        let graph = graph(bad, ADD);
        assert!(fails(&found(&Exported, "a/model.json", graph.as_bytes())), "{bad}");
    }
}

#[test]
fn targets_are_operators() {
    for good in [
        "torch.ops.aten.add.Tensor",
        "torch.sym_max",
        "_operator.mul",
        "math.floor",
        "my.os.thing",
        "torch._higher_order_ops.cond.cond",
        "torch.ops.higher_order.wrap_with_set_grad_enabled",
    ] {
        assert!(!is_dangerous(good), "{good}");
    }
    for bad in [
        "torch.os.system",
        "torch._utils.sys.modules",
        "torch.hub.load",
        "torch.load",
        "torch.ops.aten.save",
        "torch.ops.aten.from_file",
        "torch.ops.load_library",
        "_operator.methodcaller",
        "torch.sym_max.__globals__",
        "torch.ops.aten.__class__",
    ] {
        assert!(is_dangerous(bad), "{bad}");
    }
}

#[test]
fn libraries_are_models() {
    let path = "m/data/aotinductor/model/c.so";
    let library = |names: &str| [b"\x7fELF\x02\x01\x01\0", names.as_bytes(), b"\0"].concat();
    let good = library("\0AOTInductorModelContainerCreateWithDevice\0memcpy\0my_system");
    assert_eq!(found(&Compiled, path, &good), []);
    for bad in ["\0PyInit_x", "\0AOTInductorModelContainerCreateWithDevice\0system"] {
        assert!(fails(&found(&Compiled, path, &library(bad))), "{bad}");
    }
    assert_eq!(found(&Compiled, "lib/c.so", &library("\0system")), []);
}
