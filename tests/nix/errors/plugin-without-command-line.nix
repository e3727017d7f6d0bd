# expect: fetchModel: plugins.my-registry: nothing says where the command line comes from, which compiles plugins; give "commandLine" (the package nix-ai-model) or "pkgs"
{ library }:
(
  (library.mkLib {
    system = "x86_64-linux";
    builder = "/builder";
  }).fetchModel
  {
    source = "my-registry:org/name";
    hash = "";
    plugins.my-registry = {
      component = ../plugins/component.wasm;
      hash = "sha256-JjOedNqaBQ99GH/Xh8GY7QSq0jLdnVH8x/dJgBr6xkw=";
    };
  }
).drvPath
