# expect: ollamaStore of "a": only a model from the source ollama
{ library }:
(library.fetchModel {
  source = "https://example.com/a";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}).ollamaStore
