{ library }:
let
  inherit (library) types;
  holds = type: values: map type.holds values;
in
{
  everyTypeSaysWhatItMeans = {
    expr = builtins.filter (name: !(builtins.isString types.${name}.means)) (
      builtins.attrNames (removeAttrs types [ "oneOf" ])
    );
    expected = [ ];
  };
  url = {
    expr = holds types.url [
      "https://example.com/a?b#c"
      "http://127.0.0.1:8080"
      "https://example.com/@scope/a"
      "http://[::1]:80/a"
      "https://user:word@example.com/a"
      "ftp://example.com/a"
      "https://"
      "https://example.com/a b"
      1
    ];
    expected = [
      true
      true
      true
      true
      false
      false
      false
      false
      false
    ];
  };
  hashes = {
    expr = holds types.hashes [
      { a = "x"; }
      { }
      { a = 1; }
      [ "x" ]
    ];
    expected = [
      true
      false
      false
      false
    ];
  };
  textOrNumber = {
    expr = holds types.textOrNumber [
      "3"
      3
      ""
      3.5
    ];
    expected = [
      true
      true
      false
      false
    ];
  };
  text = {
    expr = holds types.text [
      "x"
      ""
      1
    ];
    expected = [
      true
      false
      false
    ];
  };
  oneOf = {
    expr = holds (types.oneOf [ "a" ]) [
      "a"
      "b"
    ];
    expected = [
      true
      false
    ];
  };
}
