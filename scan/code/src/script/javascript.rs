//! JavaScript that Node runs: names that are hidden, and what is sent away.

use crate::shell;

/// Bytes of a script in which what is read and what is sent belong together.
const SHORT: usize = 64 << 10;
/// Bytes of a line that somebody wrote.
const LONGEST: usize = 5000;

/// What a script does, and the line that does it.
pub(crate) fn verdict(source: &str) -> Option<(&'static str, &str)> {
    for line in source.lines() {
        if line.len() < 256 << 10 && hides(line) {
            return Some(("hides what it runs", line));
        }
    }
    if source.len() > SHORT {
        return None;
    }
    let lines = || {
        source.lines().filter(|line| {
            let line = line.trim_start();
            line.len() < LONGEST && !line.starts_with("//") && !line.starts_with('*')
        })
    };
    let any = |words: &[&str]| lines().find(|line| words.iter().any(|word| line.contains(word)));
    let starts = source.contains("child_process");
    if starts {
        let runs = |line: &&str| line.contains("exec") || line.contains("spawn");
        let harms = |line: &&str| {
            line.split(['"', '\'', '`']).any(|text| {
                text.contains(' ')
                    && shell::harm(text).is_some_and(|harm| harm != shell::Harm::Secret)
            })
        };
        if let Some(line) = lines().filter(runs).find(harms) {
            return Some(("starts a command that does harm", line));
        }
    }
    let sends = any(&[
        ".request(",
        "https.get(",
        "http.get(",
        "fetch(",
        "axios",
        "net.connect(",
        "dns.resolve",
        "dns.lookup(",
        "sendBeacon(",
        ".post(",
        "createConnection(",
        "WebSocket(",
    ]);
    if let Some(sends) = sends {
        let whole =
            ["JSON.stringify(process.env)", "Object.entries(process.env)", "{...process.env}"];
        let reads = source.contains("'http")
            || source.contains("\"http")
            || source.contains("`http")
            || source.contains("hostname");
        let builds = source.contains("DefinePlugin") || source.contains("define:");
        if reads && !builds && whole.iter().any(|way| source.contains(way)) {
            return Some(("sends the environment away", sends));
        }
        let files = ["readFileSync(", "readFile(", "createReadStream(", "homedir()"];
        let secret = lines()
            .find(|line| files.iter().any(|call| line.contains(call)) && shell::is_secret(line));
        if let Some(secret) = secret {
            return Some(("sends secrets away", secret));
        }
        let foreign = lines().find(|line| {
            ["get(", "fetch(", "request("].iter().any(|call| line.contains(call))
                && shell::is_foreign(&line.to_ascii_lowercase())
                && !["localhost", "127.0.0.1"].iter().any(|own| line.contains(own))
        });
        let keeps = any(&["writeFile", "createWriteStream", "chmod"]).is_some();
        if let (true, true, Some(line)) = (starts, keeps, foreign) {
            return Some(("starts what it downloads", line));
        }
    }
    None
}

/// Whether a line hides the name of what it takes in or runs.
fn hides(line: &str) -> bool {
    const LETTERS: &[&str] = &[
        // `child_process` in base 64, in numbers and backwards.
        "Y2hpbGRfcHJvY2Vzc",
        "6368696c645f70726f63657373",
        "99,104,105,108,100,95,112,114,111,99,101,115,115",
        "ssecorp_dlihc",
        "\\x63\\x68\\x69\\x6c\\x64",
        "\\u0063\\u0068\\u0069\\u006c\\u0064",
    ];
    const CALLS: &[&str] = &[
        "require(atob(",
        "require(Buffer.from(",
        "require(String.fromCharCode(",
        "require(decodeURIComponent(",
        "require(unescape(",
        "eval(Buffer.from(",
        "eval(String.fromCharCode(",
        "eval(atob(",
        "eval(unescape(",
        "Function(atob(",
        "Function(Buffer.from(",
        "Function(String.fromCharCode(",
        "import(atob(",
        "import(Buffer.from(",
        "runInThisContext(Buffer.from(",
        "runInNewContext(Buffer.from(",
        "runInThisContext(atob(",
        "_compile(Buffer.from(",
        "_compile(atob(",
        "eval(require('zlib')",
        "eval(require(\"zlib\")",
        "eval(zlib.",
    ];
    const MARKS: &[&str] = &[
        "require",
        "eval",
        "Function",
        "import",
        "runIn",
        "_compile",
        "Buffer",
        "fromCharCode",
        "\\x",
        "\\u0",
        "child",
    ];
    if LETTERS.iter().any(|name| line.contains(name)) {
        return true;
    }
    if !MARKS.iter().any(|mark| line.contains(mark)) {
        return false;
    }
    let plain: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    if LETTERS.iter().any(|name| plain.contains(name))
        || CALLS.iter().any(|call| plain.contains(call))
    {
        return true;
    }
    // `'child_' + 'process'`
    let joined = plain.replace("'+'", "").replace("\"+\"", "").replace("`+`", "");
    joined.len() != plain.len()
        && joined.matches("child_process").count() > plain.matches("child_process").count()
}
