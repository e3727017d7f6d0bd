{ library }:
let
  hub = {
    component = ../plugins/component.wasm;
    hash = "";
  };
  once = library.withPlugins "here" { inherit hub; };
  twice = once.withPlugins "there" {
    hub = hub // {
      component = "https://example.com/hub.wasm";
    };
    other = hub;
  };
in
{
  pluginsAreSources = {
    expr = builtins.attrNames (removeAttrs once.sources (builtins.attrNames library.sources));
    expected = [ "hub" ];
  };
  theNearestWordWins = {
    expr = {
      inherit (twice.plugins.hub) component where;
      other = twice.plugins ? other;
    };
    expected = {
      component = "https://example.com/hub.wasm";
      where = "there.hub";
      other = true;
    };
  };
  theWiringStays = {
    expr = once.builder;
    expected = library.builder;
  };
}
