# expect: fetchModel: fileHashes: no URL gives the file "b"; the files are: a
{ library }:
library.fetchModel {
  source = "https://example.com/a";
  fileHashes."b" = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
