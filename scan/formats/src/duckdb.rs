//! DuckDB: a catalog of tables, views and macros, whose functions open files
//! and reach hosts as soon as someone reads from them. Its texts are looked at,
//! wherever in the file they are.

use nix_ai_model_scan_walk::{Fault, Found, Head, Level, Part, Reader, Result, Rule, Scan, cut};

use crate::foreign::{is_secret, scheme};

/// A view or macro.
pub static SCHEMA: Rule = Rule {
    id: "duckdb/dangerous-view",
    level: Level::High,
    title: "View or macro that reads what is outside the database",
    why: "Whoever reads from the view has the file opened, the command run or the host asked that it names.",
    advice: "Do not open the database unless you know why it does that.",
};

/// The rules of this module.
pub const RULES: &[&Rule] = &[&SCHEMA];

/// What follows the checksum of the first block.
const MAGIC: &[u8] = b"DUCK";
/// Bytes that are looked at together, and by which they overlap.
const WINDOW: usize = 256 << 10;
const LAP: usize = 4 << 10;
/// Texts between a function's name and what it is given.
const NEAR: usize = 6;
/// Functions that open what they are given.
const OPEN: &[&str] = &[
    "arrow_scan",
    "delta_scan",
    "getenv",
    "glob",
    "iceberg_scan",
    "mysql_scan",
    "parquet_scan",
    "postgres_scan",
    "read_blob",
    "read_csv",
    "read_csv_auto",
    "read_json",
    "read_json_auto",
    "read_json_objects",
    "read_ndjson",
    "read_ndjson_objects",
    "read_parquet",
    "read_text",
    "read_xlsx",
    "sniff_csv",
    "sqlite_scan",
];

/// Reads databases and the logs beside them, which are taken over when one is
/// opened.
pub struct DuckDb;

impl Reader for DuckDb {
    fn format(&self) -> &'static str {
        "DuckDB database"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.has_at(8, MAGIC) && head.has_at(14, &[0; 6])
            || head.is_named(&[".duckdb.wal", ".ddb.wal", ".db.wal"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let begin = part.view().bytes(0, 21)?;
        if begin.get(8..12) == Some(MAGIC) && begin.get(20).is_some_and(|flags| flags & 1 == 1) {
            return Err(Fault::Unsupported("encryption".to_owned()));
        }
        let (mut at, mut told) = (0_u64, Vec::<Found>::new());
        loop {
            let bytes = part.view().bytes(at, WINDOW + LAP)?;
            scan.budget.step(bytes.len() as u64 / 16)?;
            texts(&bytes, at, &mut told);
            if bytes.len() < WINDOW + LAP || told.len() >= 8 {
                break;
            }
            at += WINDOW as u64;
        }
        told.dedup();
        told.into_iter().for_each(|found| scan.find(part, found));
        Ok(())
    }
}

/// Judges the texts among these bytes, which are at `at`.
fn texts(bytes: &[u8], at: u64, told: &mut Vec<Found>) {
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    // How many texts ago the name of a function stood alone.
    let (mut place, mut since) = (0, usize::MAX);
    for text in bytes.split(|byte| !is_text(byte)) {
        let begin = at + place as u64;
        place += text.len() + 1;
        if text.len() < 4 {
            continue;
        }
        let text = String::from_utf8_lossy(text).to_lowercase();
        if let Some(sql) = statement(&text)
            && let Some(what) = danger(sql)
        {
            told.push(SCHEMA.found(format!("it {what}: \"{}\"", cut(sql))).at(begin));
        }
        // The first letter may be a length.
        if OPEN.contains(&&*text) || text.get(1..).is_some_and(|text| OPEN.contains(&text)) {
            since = 0;
            continue;
        }
        since = since.saturating_add(1);
        if since <= NEAR
            && !text.contains(char::is_whitespace)
            && is_secret(&text)
            && is_path(&text)
        {
            let message = format!("a function is given the path \"{}\"", cut(&text));
            told.push(SCHEMA.found(message).at(begin));
        }
    }
}

fn is_path(text: &str) -> bool {
    let text = if text.starts_with(['/', '~', '.']) { text } else { text.get(1..).unwrap_or("") };
    text.starts_with(['/', '~', '.'])
}

/// The statement that makes a view or a macro, behind the byte of its length.
fn statement(text: &str) -> Option<&str> {
    let begin = text.get(..24).unwrap_or(text).find("create ")?;
    let sql = &text[begin..];
    let mut words = sql.split_whitespace().skip(1);
    let word = words.find(|word| !matches!(*word, "or" | "replace" | "temp" | "temporary"))?;
    matches!(word, "view" | "macro" | "function" | "secret").then_some(sql)
}

/// What a statement does that no table needs.
fn danger(sql: &str) -> Option<&'static str> {
    let is_called = |name: &&&str| {
        let calls = sql.match_indices(**name);
        calls.into_iter().any(|(at, name)| sql[at + name.len()..].trim_start().starts_with('('))
    };
    let literals = || sql.split(['\'', '"']).skip(1).step_by(2);
    if literals().any(|text| text.contains(['/', '~', '\\']) && is_secret(text)) {
        return Some("reads what a machine keeps to itself");
    }
    // What separates is no command.
    let is_command = |text: &str| {
        let text = text.trim();
        (text.ends_with('|') || text.starts_with('|')) && text.contains(char::is_alphabetic)
    };
    if sql.contains("read_") && literals().any(is_command) {
        return Some("runs a command");
    }
    if sql.contains("getenv(") {
        return Some("reads the environment");
    }
    let whole = ["read_text", "read_blob"];
    let reaches =
        |text: &str| text.starts_with(['/', '~']) || text.contains("../") || scheme(text).is_some();
    if whole.iter().any(|name| is_called(&name)) && literals().any(reaches) {
        return Some("reads files outside the database");
    }
    let own = ["system", "shell", "exec", "http_get", "http_post", "http_post_form"];
    let called = |name: &&&str| {
        sql.match_indices(**name).any(|(at, name)| {
            let before = sql[..at].chars().next_back();
            let is_whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
            is_whole && sql[at + name.len()..].trim_start().starts_with('(')
        })
    };
    own.iter().find(called).map(|_| "runs a command or asks a host")
}

#[cfg(test)]
mod tests {
    use super::DuckDb;
    use crate::testing::{fails, found};

    fn database(texts: &[&str]) -> Vec<u8> {
        let mut bytes = [&[7; 8][..], b"DUCK", &64_u64.to_le_bytes(), &[0; 40]].concat();
        for text in texts {
            bytes.push(text.len() as u8 | 0x80);
            bytes.extend(text.bytes());
            bytes.push(0);
        }
        bytes
    }

    #[test]
    fn views_that_reach_out_are_told() {
        for bad in [
            &["CREATE VIEW v AS SELECT content FROM read_text('/etc/passwd')"][..],
            &["CREATE OR REPLACE MACRO m(a) AS TABLE SELECT * FROM read_csv('curl x |')"],
            &["create macro k() as getenv('AWS_SECRET_ACCESS_KEY')"],
            &["create view v as select * from read_blob('../../x')"],
            &["m", "read_text", "main", "/home/me/.ssh/id_rsa"],
        ] {
            assert!(fails(&found(&DuckDb, "a.duckdb", &database(bad))), "{bad:?}");
        }
        for good in [
            &["CREATE VIEW best AS SELECT * FROM runs ORDER BY loss LIMIT 5"][..],
            &["CREATE VIEW v AS SELECT * FROM read_parquet('data/*.parquet')"],
            &["create macro sq(a) as (a * a)"],
            &[
                "create view v as select concat_ws('|', a, 'credentials') from read_csv('a.csv', delim = '|')",
            ],
            &["how do I read /etc/passwd with read_text('/etc/passwd')?"],
        ] {
            assert_eq!(found(&DuckDb, "a.duckdb", &database(good)), [], "{good:?}");
        }
    }

    #[test]
    fn what_is_encrypted_is_not_judged() {
        let mut bytes = database(&[]);
        bytes[20] = 1;
        assert!(fails(&found(&DuckDb, "a.duckdb", &bytes)));
    }
}
