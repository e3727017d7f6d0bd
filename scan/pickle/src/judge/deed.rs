//! What a dangerous name does, in words.

use nix_ai_model_scan_names::Family;

const WRITES: &str = "writes files";
const REMOVES: &str = "removes files";
const FETCHES: &str = "fetches what it is told to";
const STARTS: &str = "starts programs";
const IMPORTS: &str = "imports modules";
const READS: &str = "reads files";

/// What names that begin with these words do, in modules that are dangerous as a
/// whole.
const VERBS: &[(&str, &str)] = &[
    ("call", STARTS),
    ("delete", REMOVES),
    ("download", FETCHES),
    ("dump", WRITES),
    ("exec_command", STARTS),
    ("fetch", FETCHES),
    ("getline", READS),
    ("locate", IMPORTS),
    ("popen", STARTS),
    ("read", READS),
    ("remove", REMOVES),
    ("rmtree", REMOVES),
    ("save", WRITES),
    ("spawn", STARTS),
    ("system", STARTS),
    ("unlink", REMOVES),
    ("urlopen", FETCHES),
    ("urlretrieve", FETCHES),
    ("write", WRITES),
];

/// What a name of this family lets an attacker do, to follow "which".
pub(crate) fn deed(family: Family, name: &str) -> &'static str {
    let of_all = match family {
        Family::Execution => "runs code that it is given",
        Family::Making => "makes functions or classes of code that it is given",
        Family::Process => STARTS,
        Family::Import => IMPORTS,
        Family::Access => "reaches any attribute or item",
        Family::Deserialiser => "reads further pickles or their like",
        Family::Network => "opens connections",
        Family::Files => "reads, writes or removes files",
        Family::Native => "loads native libraries or touches memory",
        Family::Disturbance => "ends or disturbs the process",
        _ => "is dangerous",
    };
    let last = name.rsplit('.').next().unwrap_or_default().trim_start_matches('_');
    match family {
        Family::Execution if name.split('.').any(|step| step == "subprocess") => STARTS,
        Family::Execution | Family::Deserialiser | Family::Process | Family::Access
            if last != "dumps" =>
        {
            VERBS.iter().find(|(verb, _)| last.starts_with(verb)).map_or(of_all, |(_, deed)| *deed)
        }
        _ => of_all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_do() {
        let deed = |name| deed(Family::Execution, name);
        assert_eq!(deed("delete_folder"), REMOVES);
        assert_eq!(deed("Booster.save_model"), WRITES);
        assert_eq!(deed("os.system"), STARTS);
        assert_eq!(deed("subprocess.run"), STARTS);
        assert_eq!(deed("run"), "runs code that it is given");
    }
}
