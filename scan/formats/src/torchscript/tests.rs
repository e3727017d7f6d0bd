use super::TorchScript;
use crate::testing::{fails, found};

const BEGIN: &str = "class M(Module):\n  __parameters__ = [\"w\", ]\n  __buffers__ = []\n  w : Tensor\n  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n";

#[test]
fn operators_are_judged() {
    for bad in [
        "    _0 = torch.save(x, \"/tmp/x\")\n",
        "    _0 = torch.from_file(\"/etc/hosts\", False, 10)\n",
        "    _0 = ops.image.read_file(\"/etc/hosts\")\n",
        "    _0 = ops.image.write_file (x, \"f\")\n",
        "    _0 = ^Function(1)(x)\n",
        "    _0 = ops.aten.from_file(\"/etc/hosts\")\n",
        "    _0 = ops.my.load_library(\"x.so\")\n",
    ] {
        assert!(
            fails(&found(&TorchScript, "m/code/m.py", format!("{BEGIN}{bad}").as_bytes())),
            "{bad}"
        );
    }
    let usual = "    _0 = torch.add(x, self.w, alpha=1)\n    _1 = ops.quantized.linear(_0, self.p, 1., 0)\n    c : __torch__.torch.classes.quantized.LinearPackedParamsBase\n    return _1\n";
    assert_eq!(found(&TorchScript, "m/code/m.py", format!("{BEGIN}{usual}").as_bytes()), []);
    let bad = format!("{BEGIN}    _0 = torch.save(x, \"f\")\n");
    assert_eq!(found(&TorchScript, "lib/m.py", bad.as_bytes()), [], "Python that speaks of it");
    let custom = "    p : __torch__.torch.classes.my_library.Thing\n";
    let custom = found(&TorchScript, "m/code/m.py", format!("{BEGIN}{custom}").as_bytes());
    assert!(custom.len() == 1 && !fails(&custom));
}

#[test]
fn code_is_read_by_its_names() {
    let helper = |line: &str| format!("def f(x: Tensor) -> Tensor:\n  {line}\n  return x\n");
    for bad in [
        "ops.aten.save(x, \"/root/.bashrc\")",
        "_0 = ops.aten . save(x, \"f\")",
        "_0 = ops.aten.\\\n  save(x, \"f\")",
        "g = ops.aten.save",
        "g = ops.aten",
        "o = torch",
        "_0 = getattr(ops.aten, \"save\")(x)",
        "return ops.image.read_file('/etc/shadow')",
        "_0 = \"#\"; _1 = torch.save(x, 'f')",
        "_0 = '''a\n'''; _1 = torch.save(x, 'f')",
        "s = __torch__.torch.classes.c10d.FileStore.__new__(x)",
    ] {
        let all = found(&TorchScript, "m/code/__torch__/helper.py", helper(bad).as_bytes());
        assert!(fails(&all), "{bad}: {all:?}");
    }
    for good in [
        "ops.prim.RaiseException(\"torch.save(x) is no os.system; from_file failed\")",
        "# ops.aten.save(x)",
        "_0 = '''ops.aten.save(x)\n'''",
        "_0 = self.ops.aten.forward(x)",
        "_0 = torch.add(x, x)",
        "_0 = (x).save(x)",
    ] {
        let all = found(&TorchScript, "m/code/__torch__/helper.py", helper(good).as_bytes());
        assert_eq!(all, [], "{good}");
    }
    let python = "import torch\ntorch.save({}, 'x')\n";
    assert_eq!(found(&TorchScript, "m/code/train.py", python.as_bytes()), []);
}
