# expect: mkLib: plugins.my-registry: "component" is missing
{ library }:
(library.mkLib {
  system = "x86_64-linux";
  builder = "/builder";
  plugins.my-registry.hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}).fetchModel
  {
    source = "my-registry:org/name";
    hash = "";
  }
