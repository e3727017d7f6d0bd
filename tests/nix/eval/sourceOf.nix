{ library }:
let
  withPlugin = library.withPlugins "here" ../plugins/plugins.lock.json;
in
{
  goesByTheName = {
    expr = (library.sourceOf { source = "url"; }).required;
    expected = [ "urls" ];
  };
  theNameStandsBeforeTheColon = {
    expr = map (source: (withPlugin.sourceOf { inherit source; }).plugins ? by-file) [
      "by-file"
      "by-file:org/name@v1:2"
    ];
    expected = [
      true
      true
    ];
  };
}
