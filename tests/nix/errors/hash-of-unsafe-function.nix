# expect: "hash": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" is not a hash in SRI form; sha1 is not supported; use sha256 or sha512
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
}
