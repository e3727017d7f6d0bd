# expect: fetchModel: files: "*.safetensors" matches no file whose hash is given
{ library }:
library.fetchModel {
  source.huggingface = {
    repo = "org/name";
    files = [
      "*.safetensors"
      "config.json"
    ];
  };
  fileHashes."config.json" = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
