{ library }:
let
  hash = "sha256-JjOedNqaBQ99GH/Xh8GY7QSq0jLdnVH8x/dJgBr6xkw=";
  component =
    pin:
    library.pluginComponent "hub" (
      {
        where = "here";
        inherit hash;
      }
      // pin
    );
  here = component { component = ../plugins/component.wasm; };
  remote = component { component = "oci://registry.example/team/hub:1.0"; };
in
{
  whatIsFetchedIsAFixedOutput = {
    expr = {
      inherit (remote)
        name
        operation
        plugin
        component
        outputHash
        outputHashMode
        ;
    };
    expected = {
      name = "hub.wasm";
      operation = "fetch-component";
      plugin = "hub";
      component = "oci://registry.example/team/hub:1.0";
      outputHash = hash;
      outputHashMode = "flat";
    };
  };
  itsPathFollowsFromNameAndHashAlone = {
    expr = [
      (here == remote.outPath)
      (here == (component { component = "https://example.com/hub.wasm"; }).outPath)
      (here == component { component = toString ../plugins/component.wasm; })
    ];
    expected = [
      true
      true
      true
    ];
  };
  registriesTakeALogin = {
    expr = builtins.filter (name: !(builtins.elem name remote.impureEnvVars)) [
      "DOCKER_CONFIG"
      "NETRC"
      "https_proxy"
    ];
    expected = [ ];
  };
  whatAnotherDerivationMakesIsItsOutput = {
    expr = component { component = remote; };
    expected = "${remote}";
  };
  anotherFileIsRefused = {
    expr = map (pin: (builtins.tryEval (component pin)).success) [
      {
        component = ../plugins/component.wasm;
        hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      }
      { component = ../plugins/nothing.wasm; }
    ];
    expected = [
      false
      false
    ];
  };
}
