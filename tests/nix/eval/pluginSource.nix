{ library }:
let
  hash = "sha256-JjOedNqaBQ99GH/Xh8GY7QSq0jLdnVH8x/dJgBr6xkw=";
  fetchModel =
    arguments:
    library.fetchModel (
      {
        hash = "";
        plugins.hub = {
          component = ../plugins/component.wasm;
          inherit hash;
          grants.http = [ "https://models.example.com" ];
          grants.settings = [ "HUB_ENDPOINT" ];
          variables = [ "HUB_TOKEN" ];
        };
      }
      // arguments
    );
  short = fetchModel { source = "hub:org/Name@v1"; };
  full = fetchModel {
    source.hub = {
      model = "org/Name";
      shards = [
        1
        2
      ];
      nested.deep = null;
    };
    files = [ "*.json" ];
  };
in
{
  aShortFormIsHandedOn = {
    expr = {
      inherit (short) name source;
      inherit (short.raw) spec;
      recorded = short.metadata.source;
    };
    expected = {
      name = "Name";
      source = {
        source = "hub:org/Name@v1";
      };
      spec = {
        source = "hub:org/Name@v1";
      };
      recorded = "hub:org/Name@v1";
    };
  };
  patternsMayStandBesideAShortForm = {
    expr =
      (fetchModel {
        source = {
          source = "hub:org/Name@v1";
          files = [ "*.json" ];
        };
      }).drvPath == (fetchModel {
        source = "hub:org/Name@v1";
        files = [ "*.json" ];
      }).drvPath;
    expected = true;
  };
  fieldsAreHandedOnAsTheyAre = {
    expr = {
      inherit (full) name;
      inherit (full.raw) spec;
      recorded = full.metadata.source;
    };
    expected = {
      name = "Name";
      spec = {
        source = "hub";
        model = "org/Name";
        shards = [
          1
          2
        ];
        nested.deep = null;
        files = [ "*.json" ];
      };
      recorded = "hub:{\"model\":\"org/Name\",\"nested\":{\"deep\":null},\"shards\":[1,2]}";
    };
  };
  theBuildGetsThePin = {
    expr =
      let
        pin = short.raw.plugins.hub;
      in
      {
        inherit (pin) hash grants;
        component =
          pin.component == library.pluginComponent "hub" {
            where = "here";
            component = ../plugins/component.wasm;
            inherit hash;
          };
        compiles = builtins.elem pin.component pin.artefacts.args;
      };
    expected = {
      inherit hash;
      grants = {
        http = [ "https://models.example.com" ];
        settings = [ "HUB_ENDPOINT" ];
      };
      component = true;
      compiles = true;
    };
  };
  itsVariablesReachTheBuild = {
    expr = map (name: builtins.elem name short.raw.impureEnvVars) [
      "HUB_TOKEN"
      "HUB_ENDPOINT"
      "NETRC"
      "HF_TOKEN"
    ];
    expected = [
      true
      true
      true
      false
    ];
  };
  noOtherSourceGetsThem = {
    expr =
      let
        other = fetchModel { source = "hf:org/name"; };
      in
      other.drvPath == (library.fetchModel {
        source = "hf:org/name";
        hash = "";
      }).drvPath;
    expected = true;
  };
  thePathFollowsFromNameAndHashAlone = {
    expr =
      short.raw.outPath == (library.fetchModel {
        source = "hub:org/Name@v1";
        hash = "";
        plugins.hub = {
          component = "oci://registry.example/hub:1";
          hash = "";
        };
      }).raw.outPath;
    expected = true;
  };
  namesOfWhatIsFetched = {
    expr = map (source: (fetchModel { inherit source; }).raw.name) [
      "hub:tiny"
      "hub:a/b/c/@v1"
      { hub.repo = "org/Repo"; }
      { hub.name = "n"; }
      { hub.id = 7; }
    ];
    expected = [
      "tiny"
      "c"
      "Repo"
      "n"
      "hub"
    ];
  };
  filesOneByOneHaveTheirOwnSpec = {
    expr =
      (fetchModel {
        hash = "";
        source = "hub:org/Name@v1";
        files = [ "a" ];
        fileHashes.a = hash;
      }).raw.spec;
    expected = {
      source = "hub:org/Name@v1";
      files = [ "a" ];
    };
  };
}
