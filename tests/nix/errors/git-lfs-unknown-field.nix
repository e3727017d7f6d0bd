# expect: source.git-lfs: unknown attribute "lfsFile"; did you mean "lfsFiles"?
{ library }:
library.fetchModel {
  source.git-lfs = {
    url = "https://example.com/org/model.git";
    lfsFile = [ "*.bin" ];
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
