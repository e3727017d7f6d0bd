//! H2O's models as Java source, which whoever uses one compiles and runs.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan, cut};

use crate::text::lines;

/// What no tree needs.
pub static CALL: Rule = Rule {
    id: "pojo/dangerous-call",
    level: Level::High,
    title: "Model in Java that reaches the system",
    why: "H2O writes models as classes that compute alone. This one runs commands, loads classes or opens connections when it is used.",
    advice: "Do not compile the model.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CALL];

const SIGNS: &[&str] = &[
    "Class.forName(",
    "DriverManager",
    "InitialContext",
    "ObjectInputStream",
    "ProcessBuilder",
    "Runtime.getRuntime",
    "ScriptEngine",
    "System.load",
    "URLClassLoader",
    "defineClass(",
    "java.lang.Runtime",
    "java.lang.reflect",
    "java.net.",
    "java.nio.file",
    "new File",
    "new Socket",
    "new URL(",
    "sun.misc.Unsafe",
];

/// Reads them.
pub struct Pojo;

impl Reader for Pojo {
    fn format(&self) -> &'static str {
        "model in Java"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[".java"]) && head.holds(&["GenModel", "hex.genmodel", "@ModelPojo"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut is_model = false;
        lines(part, scan, |line| {
            // Of H2O's own sources, those of its library are no models.
            is_model |= line.contains("extends GenModel");
            let line = line.trim();
            let is_note = line.starts_with("//") || line.starts_with('*') || line.starts_with("/*");
            let sign = SIGNS.iter().find(|sign| is_model && !is_note && line.contains(**sign));
            let told = |sign| CALL.found(format!("\"{sign}\" is in \"{}\"", cut(line)));
            sign.map(told).into_iter().collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Pojo;
    use crate::testing::{fails, found};

    #[test]
    fn what_no_tree_needs_is_told() {
        let model = |line: &str| {
            format!(
                "import hex.genmodel.GenModel;\npublic class drf extends GenModel {{\n  {line}\n}}\n"
            )
        };
        let bad = model("static { Runtime.getRuntime().exec(\"echo inert\"); }");
        assert!(fails(&found(&Pojo, "drf.java", bad.as_bytes())));
        let good = model("public double[] score0(double[] d, double[] p) { return p; }");
        assert_eq!(found(&Pojo, "drf.java", good.as_bytes()), []);
    }
}
