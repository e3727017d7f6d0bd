//! PowerShell whose words are put together.

/// What nobody who wants to be read puts together of signs.
const NAMES: &[&str] = &[
    "iex",
    "invoke-expression",
    "downloadstring",
    "downloaddata",
    "downloadfile",
    "net.webclient",
    "powershell",
    "frombase64string",
    "amsiutils",
    "virtualalloc",
    "start-process",
    "http",
    "cmd.exe",
    "cmd",
];

/// Whether a line hides what it calls.
pub(super) fn hides(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    if lower.contains("[char") && NAMES.iter().any(|name| spelt(&lower) == *name) {
        return true;
    }
    let whole: String =
        lower.chars().filter(|c| !matches!(c, '"' | '\'' | '+' | ' ' | '`')).collect();
    let broken = lower.contains("\"+\"")
        || lower.contains("'+'")
        || lower.contains("\" + \"")
        || lower.contains("' + '")
        || lower.contains('`');
    let has = |text: &str, word: &str| text.contains(word);
    let only_whole = |word: &str| has(&whole, word) && !has(&lower, word);
    let calls = ["&", "iex", "invoke", ".("].iter().any(|way| lower.contains(way));
    let joined = broken
        && calls
        && [
            "downloadstring",
            "downloaddata",
            "invoke-expression",
            "net.webclient",
            "frombase64string",
            "amsiutils",
            "amsiinitfailed",
        ]
        .iter()
        .any(|word| only_whole(word));
    // `&("{1}{0}" -f 'X','IE')`
    let formatted =
        ["&(\"{", "& (\"{", ".(\"{", "&('{", ". (\"{"].iter().any(|way| lower.contains(way))
            && lower.contains("-f");
    // Letters of a variable that every machine has: `$env:comspec[4,15,25]-join''`
    let picked = lower.contains("-join")
        && (lower.contains("$env:comspec[") || lower.contains("$pshome["))
        || lower.contains("$shellid[");
    let turned = lower.contains("[array]::reverse") && lower.contains("iex");
    joined || formatted || picked || turned
}

/// The text that the numbers of a line spell.
fn spelt(lower: &str) -> String {
    let from = lower.find("[char").unwrap_or(0);
    let numbers =
        lower[from..].split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    let codes = numbers.take(200).filter_map(|word| word.parse::<u8>().ok());
    codes.map(char::from).collect::<String>().to_ascii_lowercase()
}
