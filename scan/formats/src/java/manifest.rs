use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Rule, Scan, quoted};

use crate::foreign::scheme;

/// What a manifest starts.
pub static MANIFEST: Rule = Rule {
    id: "java/agent-manifest",
    level: Level::High,
    title: "Java archive that starts an agent or takes classes from elsewhere",
    why: "A virtual machine that starts with the archive runs the agent before all else, and loads classes from each place that the manifest names.",
    advice: "Do not start the archive, nor put it on a class path.",
};

/// Bytes of a manifest that are read; those of signed archives list each file.
const READ: usize = 4 << 20;

/// Reads manifests of Java archives.
pub struct Manifest;

impl Reader for Manifest {
    fn format(&self) -> &'static str {
        "manifest of a Java archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.name == "manifest.mf"
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let bytes = part.view().bytes(0, READ + 1)?;
        if bytes.len() > READ {
            return Err(Fault::Limit("bytes of a manifest"));
        }
        // Long lines go on behind a blank.
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").replace('\r', "\n");
        for line in text.replace("\n ", "").lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.to_ascii_lowercase(), value.trim());
            let level = match &*key {
                // Agents of programs for tests and measures have these.
                "premain-class" | "agent-class" => Level::Medium,
                "launcher-agent-class" => Level::High,
                "class-path" if value.split_whitespace().any(is_elsewhere) => Level::High,
                _ => continue,
            };
            let message = format!("the manifest says {}", quoted(line));
            scan.find(part, MANIFEST.found(message).level(level));
        }
        Ok(())
    }
}

fn is_elsewhere(path: &str) -> bool {
    scheme(path).is_some_and(|scheme| !scheme.eq_ignore_ascii_case("file"))
}

#[cfg(test)]
mod tests {
    use super::Manifest;
    use crate::testing::{fails, found};

    #[test]
    fn agents_are_told() {
        let told = |line: &str| {
            let text = format!("Manifest-Version: 1.0\r\n{line}\r\n\r\n");
            fails(&found(&Manifest, "META-INF/MANIFEST.MF", text.as_bytes()))
        };
        assert!(told("Launcher-Agent-Class: x.Agent"));
        assert!(told("Class-Path: lib/a.jar ht\r\n tp://inert.invalid/b.jar"));
        assert!(!told("Main-Class: org.apache.spark.deploy.SparkSubmit"));
        assert!(!told("Class-Path: lib/a.jar"));
    }
}
