# name → pin → what the builder gets of a third party's plugin.
{ compilePlugin, pluginComponent }:
name: pin:
let
  component = pluginComponent name pin;
in
{
  inherit component;
  inherit (pin) hash grants;
  artefacts = compilePlugin name pin component;
}
