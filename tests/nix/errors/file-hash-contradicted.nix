# expect: fetchModel: fileHashes."a": the source gives this file another hash
{ library }:
library.fetchModel {
  source.url.urls = [
    {
      url = "https://example.com/a";
      sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    }
  ];
  fileHashes."a" = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
