//! Paths and addresses that attacks use.

/// Whether a path names something that runs when somebody logs in, when the
/// machine starts, or when Python does.
pub(crate) fn is_startup(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace('\\', "/");
    [
        ".bashrc",
        ".bash_profile",
        ".profile",
        ".zshrc",
        ".zprofile",
        ".zshenv",
        "/etc/cron",
        "/etc/rc.local",
        "/etc/profile",
        "/etc/init.d",
        "/etc/systemd",
        ".config/systemd",
        ".config/autostart",
        "launchagents",
        "launchdaemons",
        "start menu/programs/startup",
        "authorized_keys",
        "/etc/ld.so.preload",
        "/etc/passwd",
        "/etc/shadow",
        "/etc/sudoers",
        "sitecustomize.py",
        "usercustomize.py",
        "/var/spool/cron",
        ".git/hooks",
        "/etc/hosts",
        "/etc/environment",
        "/etc/ld.so.conf",
        "/etc/update-motd.d",
        ".ipython/profile",
        ".pam_environment",
        "huggingface/modules/",
        ".config/fish",
    ]
    .iter()
    .any(|place| path.contains(place))
        // Python runs lines of such files whenever it starts.
        || path.contains("-packages/") && path.ends_with(".pth")
}

/// Whether a path or command names secrets of the user or the machine.
pub(crate) fn is_secret(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace('\\', "/");
    [
        ".ssh/",
        "id_rsa",
        "id_ed25519",
        ".aws/credentials",
        ".aws/config",
        "/etc/shadow",
        "/etc/passwd",
        ".netrc",
        ".kube/config",
        ".docker/config.json",
        ".git-credentials",
        ".pypirc",
        ".npmrc",
        ".gnupg",
        "login data",
        "cookies.sqlite",
        "/proc/self/environ",
        ".config/gcloud",
        ".azure/",
        "huggingface/token",
        ".cache/huggingface/token",
        "wallet.dat",
        ".bash_history",
        "logins.json",
        "local state",
        ".vault-token",
    ]
    .iter()
    .any(|place| path.contains(place))
}

/// Whether a path is that of a folder of secrets, as archivers are given one.
pub(crate) fn is_secret_folder(path: &str) -> bool {
    let path = path.trim_end_matches(['/', '\\']).replace('\\', "/");
    ["/.ssh", "/.aws", "/.gnupg", "/.kube", "/.azure"].iter().any(|folder| path.ends_with(folder))
}

/// Whether one step of a path is where secrets are kept: `Path.home() / ".ssh"`.
pub(crate) fn is_secret_step(step: &str) -> bool {
    matches!(
        step.trim_matches(['/', '\\', '~']),
        ".ssh"
            | ".aws"
            | ".gnupg"
            | ".kube"
            | ".docker"
            | ".azure"
            | ".netrc"
            | ".pypirc"
            | ".npmrc"
            | ".git-credentials"
            | ".bash_history"
            | ".zsh_history"
            | "id_rsa"
            | "id_ed25519"
            | "credentials"
            | "stored_tokens"
            | "token"
            | "gcloud"
            | "wallet.dat"
            | "Login Data"
            | "Cookies"
    )
}

/// Whether an address is of the machine itself.
pub(crate) fn is_own_host(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0") || host.starts_with("[::1]")
}

/// Whether an address is one that attacks use: a bare number, a paste, a tunnel,
/// a collector of requests.
pub(crate) fn is_odd_host(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let host = lower
        .split("://")
        .nth(1)
        .unwrap_or(&lower)
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or(host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let numbers: Vec<Option<u8>> = name.split('.').map(|part| part.parse().ok()).collect();
    if let [Some(first), Some(_), Some(_), Some(_)] = numbers[..] {
        return first != 127 && first != 0;
    }
    [
        "pastebin.com",
        "ngrok",
        "webhook.site",
        "requestbin",
        "pipedream.net",
        "burpcollaborator",
        "oast.",
        "interact.sh",
        "transfer.sh",
        "discord.com/api/webhooks",
        "discordapp.com/api/webhooks",
        "api.telegram.org",
        "paste.ee",
        "hastebin",
        "requestcatcher.com",
        "beeceptor.com",
        "canarytokens",
        ".onion",
        "file.io",
        "serveo.net",
        "localhost.run",
        "dnslog.",
        "0x0.st",
        "termbin.com",
    ]
    .iter()
    .any(|known| lower.contains(known))
}
