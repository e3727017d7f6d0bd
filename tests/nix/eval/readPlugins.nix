{ library }:
let
  hash = "sha256-JjOedNqaBQ99GH/Xh8GY7QSq0jLdnVH8x/dJgBr6xkw=";
  read = library.readPlugins "here";
  hub = {
    component = ../plugins/component.wasm;
    inherit hash;
  };
  refused = plugins: !(builtins.tryEval (builtins.deepSeq (read plugins) true)).success;
  granted = grants: {
    hub = hub // {
      inherit grants;
    };
  };
in
{
  aSetIsRead = {
    expr = read {
      hub = hub // {
        grants.http = [ "https://models.example.com" ];
        variables = [ "HUB_TOKEN" ];
      };
    };
    expected.hub = hub // {
      where = "here.hub";
      grants.http = [ "https://models.example.com" ];
      variables = [ "HUB_TOKEN" ];
    };
  };
  nothingIsGrantedWhereNothingIsSaid = {
    expr = (read { inherit hub; }).hub.grants;
    expected = { };
  };
  aLockFileIsReadFromItsFolder = {
    expr =
      let
        lock = read ../plugins/plugins.lock.json;
      in
      {
        file = lock.by-file.component == ../plugins/component.wasm;
        inherit (lock.by-file) grants variables where;
        registry = lock.by-registry.component;
      };
    expected = {
      file = true;
      grants = {
        http = [ "https://models.example.com" ];
        settings = [ "BY_FILE_ENDPOINT" ];
      };
      variables = [ "BY_FILE_TOKEN" ];
      where = "here: plugins.lock.json.by-file";
      registry = "oci://registry.example/team/by-registry:1.0@sha256:0000000000000000000000000000000000000000000000000000000000000000";
    };
  };
  everyKindOfComponent = {
    expr =
      map
        (
          component:
          !(refused {
            hub = hub // {
              inherit component;
            };
          })
        )
        [
          ../plugins/component.wasm
          "/somewhere/component.wasm"
          "https://example.com/hub.wasm"
          "http://127.0.0.1:8080/hub.wasm"
          "oci://registry.example/team/hub:1.0"
          "oci://127.0.0.1:5000/hub"
          { outPath = "/nix/store/x-hub.wasm"; }
        ];
    expected = [
      true
      true
      true
      true
      true
      true
      true
    ];
  };
  everyGrant = {
    expr = map (grants: !(refused (granted grants))) [
      { }
      { http = [ ]; }
      {
        http = [ "https://a.example:8443" ];
        download = [
          "https://*.b.example"
          "https://[::1]:80"
        ];
        settings = [ "HUB_ENDPOINT" ];
        credentials = [ "token" ];
        origins = [
          "http://10.0.0.5:8080"
          "https://localhost"
        ];
      }
    ];
    expected = [
      true
      true
      true
    ];
  };
  whatCannotBeGrantedIsRefused = {
    expr = builtins.filter (grants: !(refused (granted grants))) [
      { htpp = [ ]; }
      { http = "https://a.example"; }
      { http = [ "https://*" ]; }
      { http = [ "https://*.com" ]; }
      { http = [ "https://a.*.com" ]; }
      { http = [ "https://a*.example.com" ]; }
      { http = [ "https://*.127.0.0.1" ]; }
      { http = [ "http://a.example" ]; }
      { http = [ "https://a.example/" ]; }
      { http = [ "https://a.example/path" ]; }
      { http = [ "https://u:p@a.example" ]; }
      { http = [ "a.example" ]; }
      { origins = [ "http://*.a.example" ]; }
      { origins = [ "ftp://a.example" ]; }
      { settings = [ "A B" ]; }
      { credentials = [ "" ]; }
      [ ]
    ];
    expected = [ ];
  };
  whatIsNoPinIsRefused = {
    expr = builtins.filter (plugins: !(refused plugins)) [
      { hub = { inherit hash; }; }
      { hub = removeAttrs hub [ "hash" ]; }
      {
        hub = hub // {
          hash = "abc";
        };
      }
      {
        hub = hub // {
          hash = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
        };
      }
      {
        hub = hub // {
          component = "./component.wasm";
        };
      }
      {
        hub = hub // {
          component = "ftp://example.com/hub.wasm";
        };
      }
      {
        hub = hub // {
          component = "https://u:p@example.com/hub.wasm";
        };
      }
      {
        hub = hub // {
          component = "oci://hub";
        };
      }
      {
        hub = hub // {
          component = "oci://registry.example/hub@sha256:00";
        };
      }
      {
        hub = hub // {
          variables = "HUB_TOKEN";
        };
      }
      {
        hub = hub // {
          variables = [ "HUB-TOKEN" ];
        };
      }
      {
        hub = hub // {
          grant = { };
        };
      }
      { hub = "oci://registry.example/hub:1"; }
      { Hub = hub; }
      { huggingface = hub; }
      { url = hub; }
      ../plugins/future.lock.json
    ];
    expected = [ ];
  };
}
