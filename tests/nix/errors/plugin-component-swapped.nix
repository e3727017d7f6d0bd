# expect: fetchModel: plugins.my-registry: the component is not the one that was consented to: sha256-JjOedNqaBQ99GH/Xh8GY7QSq0jLdnVH8x/dJgBr6xkw= instead of sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
{ library }:
(library.fetchModel {
  source = "my-registry:org/name";
  hash = "";
  plugins.my-registry = {
    component = ../plugins/component.wasm;
    hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  };
}).drvPath
