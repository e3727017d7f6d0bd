//! Keys and tokens that are found, and what only looks like them.

mod told;

/// A token of letters and digits that nobody was given.
fn made(begin: &str, length: usize) -> String {
    let letters = b"aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzCiOq";
    let mut state = 7_usize;
    let rest = (0..length).map(|_| {
        state = (state * 31 + 11) % 1009;
        char::from(letters[state % letters.len()])
    });
    format!("{begin}{}", rest.collect::<String>())
}

#[test]
fn tokens_are_refused_and_placeholders_are_not() {
    for (begin, length) in
        [("hf_", 34), ("glpat-", 20), ("sk_live_", 24), ("npm_", 36), ("sk-", 48), ("AIza", 35)]
    {
        let token = made(begin, length);
        assert!(
            told::is_refused(&told::of("README.md", format!("token = \"{token}\"\n"))),
            "{token}"
        );
        let wide: Vec<u8> = format!("\u{feff}token: {token} and so on")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(told::is_refused(&told::of("a.txt", wide)), "{token} in UTF-16");
        assert!(
            !told::is_refused(&told::of("tests/a.txt", format!("token = \"{token}\"\n"))),
            "{token}"
        );
        let shown = format!("{begin}{}", "x".repeat(length));
        assert!(!told::is_refused(&told::of("README.md", shown.clone())), "{shown}");
    }
    let aws = format!("AKIA{}\naws_secret_access_key = {}", "Q3EGWX7N2RTYPLKZ", made("", 40));
    assert!(told::is_refused(&told::of("credentials", aws)));
    told::none_refused(&[
        ("README.md", "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("README.md", "hf_your_token_here and sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("README.md", "sk-learn, hf_transfer, npm_config_registry, ghp_import, dapinstall"),
        ("key.pem", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n"),
        ("key.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
    ]);
}

#[test]
fn private_keys_that_decode_are_refused() {
    // A sequence of DER of 64 bytes that is no key of anybody.
    let body =
        "MD4CAQEwDQYJKoZIhvcNAQEBBQAEKgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJico";
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n");
    assert!(told::is_refused(&told::of("id_rsa", key.clone())));
    let json = format!(
        "{{\"type\": \"service_account\", \"private_key\": \"{}\"}}",
        key.replace('\n', "\\n")
    );
    assert!(told::is_refused(&told::of("service.json", json)));
}
