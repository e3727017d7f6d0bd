{ library }:
let
  pins = library.readPlugins "plugins" {
    guard = {
      component = ../plugins/component.wasm;
      hash = "sha256-JjOedNqaBQ99GH/Xh8GY7QSq0jLdnVH8x/dJgBr6xkw=";
    };
  };
  plugin = library.pinnedPlugin "guard" pins.guard;
in
{
  hasWhatTheBuilderChecks = {
    expr = [
      (builtins.attrNames plugin)
      plugin.hash
      plugin.artefacts.name
    ];
    expected = [
      [
        "artefacts"
        "component"
        "grants"
        "hash"
      ]
      "sha256-JjOedNqaBQ99GH/Xh8GY7QSq0jLdnVH8x/dJgBr6xkw="
      "guard-compiled"
    ];
  };
}
