//! Tokens of services, by how they begin, how long they are and how random.

use nix_ai_model_scan_walk::Level;

use super::Found;
use crate::rules;

/// Whether a secret may begin with these two bytes: by them nearly all words of
/// a text are passed over.
pub(super) fn may_begin(first: u8, second: u8) -> bool {
    BEGINS[usize::from(first) << 8 | usize::from(second)]
}

static BEGINS: [bool; 1 << 16] = {
    let mut begins = [false; 1 << 16];
    let all = b"--ghgiglhfapskxoxarknppyAIAKASdoSGshdar8gsnvtvppAGdcfihvNREAeyPuAcaw_a_pShprWA";
    let mut at = 0;
    while at < all.len() {
        begins[(all[at] as usize) << 8 | all[at + 1] as usize] = true;
        at += 2;
    }
    begins
};

/// How a token is made.
struct Kind {
    begin: &'static str,
    what: &'static str,
    /// Characters behind the begin: at least, at most.
    length: (usize, usize),
    /// Characters besides letters and digits.
    more: &'static str,
    /// Bits of entropy a character.
    entropy: f64,
    level: Level,
}

const fn kind(
    begin: &'static str,
    what: &'static str,
    length: (usize, usize),
    more: &'static str,
) -> Kind {
    Kind { begin, what, length, more, entropy: 3.4, level: Level::High }
}

static KINDS: &[Kind] = &[
    kind("ghp_", "a token of GitHub", (36, 36), ""),
    kind("gho_", "a token of GitHub", (36, 36), ""),
    kind("ghu_", "a token of GitHub", (36, 36), ""),
    kind("ghs_", "a token of GitHub", (36, 36), ""),
    kind("ghr_", "a token of GitHub", (36, 76), ""),
    kind("github_pat_", "a token of GitHub", (82, 82), "_"),
    kind("glpat-", "a token of GitLab", (20, 64), "-_."),
    kind("gldt-", "a token of GitLab", (20, 64), "-_"),
    kind("hf_", "a token of Hugging Face", (34, 34), ""),
    kind("api_org_", "a token of Hugging Face", (34, 34), ""),
    kind("sk-proj-", "a key of OpenAI", (40, 200), "-_"),
    kind("sk-svcacct-", "a key of OpenAI", (40, 200), "-_"),
    kind("sk-admin-", "a key of OpenAI", (40, 200), "-_"),
    kind("sk-ant-", "a key of Anthropic", (80, 140), "-_"),
    kind("sk-or-v1-", "a key of OpenRouter", (64, 64), ""),
    kind("sk-", "a key of OpenAI", (48, 48), ""),
    kind("xoxb-", "a token of Slack", (40, 120), "-"),
    kind("xoxp-", "a token of Slack", (40, 120), "-"),
    kind("xoxa-", "a token of Slack", (40, 120), "-"),
    kind("xoxs-", "a token of Slack", (40, 120), "-"),
    kind("xapp-", "a token of Slack", (40, 120), "-"),
    kind("sk_live_", "a key of Stripe", (24, 120), ""),
    kind("rk_live_", "a key of Stripe", (24, 120), ""),
    kind("npm_", "a token of npm", (36, 36), ""),
    kind("pypi-AgEIcHlwaS5vcmc", "a token of PyPI", (50, 220), "-_"),
    kind("pypi-AgENdGVzdC5weXBpLm9yZw", "a token of PyPI", (50, 220), "-_"),
    kind("AIza", "a key of Google", (35, 35), "-_"),
    kind("dop_v1_", "a token of DigitalOcean", (64, 64), ""),
    kind("SG.", "a key of SendGrid", (66, 66), "-_."),
    kind("shpat_", "a token of Shopify", (32, 32), ""),
    kind("dapi", "a token of Databricks", (32, 34), "-"),
    kind("r8_", "a token of Replicate", (37, 37), ""),
    kind("gsk_", "a key of Groq", (52, 52), ""),
    kind("nvapi-", "a key of NVIDIA", (60, 70), "-_"),
    kind("tvly-", "a key of Tavily", (32, 40), "-"),
    kind("pplx-", "a key of Perplexity", (48, 56), ""),
    kind("xai-", "a key of xAI", (80, 84), ""),
    kind("AGE-SECRET-KEY-1", "a private key of age", (58, 58), ""),
    kind("dckr_pat_", "a token of Docker", (27, 40), "-_"),
    kind("figd_", "a token of Figma", (40, 48), "-_"),
    kind("hvs.", "a token of Vault", (90, 120), "-_"),
    kind("NRAK-", "a key of New Relic", (27, 27), ""),
    kind("EAACEdEose0cBA", "a token of Facebook", (20, 250), ""),
    Kind {
        begin: "eyJhbGciOi",
        what: "a signed token (JWT)",
        length: (60, 3000),
        more: "-_.=",
        entropy: 3.5,
        level: Level::Low,
    },
];

/// A token that a text begins with; `window` and `at` say what is around it.
pub(super) fn find(text: &[u8], window: &[u8], at: usize) -> Option<Found> {
    if let Some(found) = access_key(text, window, at) {
        return Some(found);
    }
    if let Some(found) = fields(text) {
        return Some(found);
    }
    let kind = KINDS.iter().find(|kind| text.starts_with(kind.begin.as_bytes()))?;
    let rest = &text[kind.begin.len()..];
    let length = rest
        .iter()
        .take(kind.length.1 + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric() || kind.more.as_bytes().contains(byte))
        .count();
    if length < kind.length.0 || length > kind.length.1 {
        return None;
    }
    let token = std::str::from_utf8(&rest[..length]).ok()?;
    let letters = kind.begin == "hf_" && token.bytes().all(|byte| byte.is_ascii_alphabetic());
    if letters && !is_mixed(token)
        || !letters && !is_random(token, kind.entropy)
        || is_public(token)
        || kind.begin.starts_with("gh") && kind.length.1 == 36 && !checked(token)
    {
        return None;
    }
    Some(Found {
        what: kind.what,
        rule: &rules::TOKEN,
        level: kind.level,
        text: format!("{}{token}", kind.begin),
    })
}

/// Whether a token is made by chance, and not to be shown.
fn is_random(token: &str, entropy: f64) -> bool {
    let lower = token.to_ascii_lowercase();
    let shown = [
        "example",
        "xxxx",
        "your",
        "placeholder",
        "abcdef",
        "12345678",
        "redacted",
        "dummy",
        "fake",
        "00000",
        "aaaa",
        "sample",
        "test",
        "secret",
        "token",
    ];
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    !shown.iter().any(|word| lower.contains(word))
        && digits > 0
        && digits < token.len()
        && bits(token) >= entropy.min((token.len() as f64).log2() * 0.75)
}

/// Whether letters are mixed as no name is: such tokens of Hugging Face have no
/// digits.
fn is_mixed(token: &str) -> bool {
    let turns = token
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase())
        .count();
    let lower = token.to_ascii_lowercase();
    let shown = ["xxxx", "aaaa", "abcdef", "example", "placeholder", "token", "your"];
    turns >= 9 && bits(token) >= 3.9 && !shown.iter().any(|word| lower.contains(word))
}

/// Whether a token is one that opens nothing and that the tests of libraries
/// are published with, by its checksum.
fn is_public(token: &str) -> bool {
    let mut crc = flate2::Crc::new();
    crc.update(token.as_bytes());
    PUBLIC.contains(&crc.sum())
}

/// The token of the staging hub, in the tests of Hugging Face's libraries.
const PUBLIC: &[u32] = &[0x3ae5_2186];

/// The entropy of the characters, in bits a character.
fn bits(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[byte as usize] += 1;
    }
    let all = text.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / all)
        .map(|part| -part * part.log2())
        .sum()
}

/// Whether the last six characters of a token of GitHub are the checksum of
/// the others, or it is older than that.
fn checked(token: &str) -> bool {
    let Some((body, sum)) = token.split_at_checked(30) else { return true };
    let mut crc = flate2::Crc::new();
    crc.update(body.as_bytes());
    let mut left = crc.sum();
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        let place = left % 62;
        *digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[place as usize];
        left /= 62;
    }
    // What fails the check may be a key that was damaged to be shown, or one
    // made before there was a check: random enough, it counts.
    sum.as_bytes() == digits || bits(token) > 4.2
}

/// An access key of AWS with its secret near.
fn access_key(text: &[u8], window: &[u8], at: usize) -> Option<Found> {
    if !text.starts_with(b"AKIA") && !text.starts_with(b"ASIA") {
        return None;
    }
    let id = text
        .get(..20)
        .filter(|id| id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()))?;
    if text.get(20).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let id = std::str::from_utf8(id).ok()?;
    if id.ends_with("EXAMPLE") || !is_random(&id[4..], 2.8) {
        return None;
    }
    let near = &window[at.saturating_sub(400)..(at + 500).min(window.len())];
    let secret = near
        .split(|byte| !(byte.is_ascii_alphanumeric() || b"+/".contains(byte)))
        .filter_map(|word| std::str::from_utf8(word).ok())
        .any(|word| word.len() == 40 && bits(word) > 4.2 && !word.contains("EXAMPLE"));
    let level = if secret { Level::High } else { Level::Medium };
    Some(Found { what: "an access key of AWS", rule: &rules::TOKEN, level, text: id.to_owned() })
}

/// Keys that only the name of their field tells.
fn fields(text: &[u8]) -> Option<Found> {
    const FIELDS: &[(&str, &str, usize)] = &[
        ("AccountKey=", "a key of Azure storage", 86),
        ("aws_secret_access_key", "a secret key of AWS", 40),
        ("_authToken=", "a token of a package registry", 20),
        ("_password=", "a password of a package registry", 12),
        ("SharedAccessKey=", "a key of Azure", 40),
        ("WANDB_API_KEY", "a key of Weights & Biases", 40),
        ("private_key_id\"", "a key of a Google service account", 40),
    ];
    let (name, what, length) =
        FIELDS.iter().find(|(name, ..)| text.starts_with(name.as_bytes()))?;
    let rest = text.get(name.len()..)?;
    let skip = rest.iter().take(12).take_while(|byte| b" =:\"'\t".contains(byte)).count();
    let value: Vec<u8> = rest[skip..]
        .iter()
        .take(120)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=-_.".contains(byte))
        .copied()
        .collect();
    let value = String::from_utf8(value).ok()?;
    if value.len() < *length || !is_random(&value, 3.2) {
        return None;
    }
    let level = if name.starts_with("private_key_id") { Level::Medium } else { Level::High };
    Some(Found {
        what,
        rule: &rules::TOKEN,
        level,
        text: format!("{name}{}", &value[..8.min(value.len())]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_a_token_is_of_what_comes_before() {
        // The only digit that changes is the last one.
        let valid = |last: char| checked(&format!("{}0000{}0{last}", "a".repeat(28), ""));
        let all = ('0'..='9').chain('A'..='Z').chain('a'..='z').filter(|last| valid(*last)).count();
        assert!(all <= 1, "a checksum has one last digit");
        assert!(bits("aaaa").abs() < f64::EPSILON);
        assert!((bits("abcd") - 2.0).abs() < 1e-9);
    }
}
