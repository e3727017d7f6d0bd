//! A cheap look at a line: whether anything is in it that harm needs.

/// What no harm is told without, in small letters.
const TRIGGERS: &[&str] = &[
    "/dev/",
    "sh -i",
    "exec:",
    "nc ",
    "nc\t",
    "nc.",
    "ncat",
    "netcat",
    "mkfifo",
    "rm ",
    "rm\t",
    ":(){",
    "mkfs",
    "format c:",
    "del /",
    "rd /s",
    "rmdir /s",
    "vssadmin",
    "cipher /w",
    "issecret",
    "runner.worker",
    "chmod -r",
    "shred ",
    "ifs",
    "curl",
    "wget",
    "fetch",
    "aria2c",
    "lwp-",
    "download",
    "invoke-",
    "iwr ",
    "irm ",
    "certutil",
    "bitsadmin",
    "mshta",
    "regsvr32",
    "rundll32",
    "powershell",
    "pwsh",
    "base64",
    "xxd",
    "openssl",
    "rev |",
    "rev<",
    "| rev",
    "| tr ",
    "|tr ",
    "perl ",
    "ruby -",
    "php -",
    "base32",
    "basenc",
    "uudecode",
    "$'\\",
    "printf",
    "\\x",
    "python",
    "scp ",
    "ftp ",
    "crontab",
    "schtasks",
    "reg add",
    "launchctl",
    "rc",
    ".bash",
    ".profile",
    ".z",
    "/etc/",
    "systemd",
    "autostart",
    "launchagents",
    "launchdaemons",
    "startup",
    "authorized_keys",
    "customize.py",
    "/var/spool",
    ".git",
    ".ssh",
    "id_rsa",
    "id_ed25519",
    ".aws",
    ".netrc",
    ".kube",
    ".docker",
    ".pypirc",
    ".npmrc",
    ".gnupg",
    "login data",
    "cookies",
    "/proc/",
    "gcloud",
    ".azure",
    "huggingface",
    "wallet",
    "logins.json",
    "local state",
    ".vault",
    "<&",
    "socket",
    "fsockopen",
    "/inet/",
    "net.connect",
    "nslookup",
    "dig ",
    "-enc",
    "-nop",
    "hidden",
    "bypass",
];

/// Which pairs of bytes begin a trigger.
static PAIRS: [u64; 1024] = pairs();

const fn pairs() -> [u64; 1024] {
    let mut made = [0; 1024];
    let mut place = 0;
    while place < TRIGGERS.len() {
        let bytes = TRIGGERS[place].as_bytes();
        let pair = (bytes[0] as usize) << 8 | bytes[1] as usize;
        made[pair / 64] |= 1 << (pair % 64);
        place += 1;
    }
    made
}

/// Whether a line may do harm at all; quotes within a word hide what it says.
pub(super) fn may_harm(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.windows(2).enumerate().any(|(at, two)| {
        let (first, second) = (two[0].to_ascii_lowercase(), two[1].to_ascii_lowercase());
        if matches!(second, b'"' | b'\'') {
            let after = bytes[at + 2..].iter().find(|byte| !matches!(byte, b'"' | b'\''));
            return first.is_ascii_alphanumeric() && after.is_some_and(u8::is_ascii_alphanumeric);
        }
        let pair = usize::from(first) << 8 | usize::from(second);
        PAIRS[pair / 64] >> (pair % 64) & 1 == 1
            && TRIGGERS.iter().any(|trigger| {
                bytes[at..]
                    .get(..trigger.len())
                    .is_some_and(|held| held.eq_ignore_ascii_case(trigger.as_bytes()))
            })
    })
}
