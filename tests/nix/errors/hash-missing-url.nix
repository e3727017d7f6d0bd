# expect: nix-ai-model prefetch https://example.com/a.bin
{ library }:
library.fetchModel { source = "https://example.com/a.bin"; }
