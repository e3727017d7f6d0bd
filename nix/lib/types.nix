# What an attribute may be: `holds` decides, `means` says it in an error.
{ }:
let
  isText = value: builtins.isString value && value != "";
in
{
  text = {
    means = "a string that is not empty";
    holds = isText;
  };
  texts = {
    means = "a list of strings that are not empty";
    holds = value: builtins.isList value && builtins.all isText value;
  };
  # "" stands for a hash that is not known yet.
  hash = {
    means = "a hash such as \"sha256-…\", or \"\" to have Nix tell it";
    holds = builtins.isString;
  };
  hashes = {
    means = "a set of file path = \"sha256-…\"";
    holds =
      value:
      builtins.isAttrs value
      && value != { }
      && builtins.all builtins.isString (builtins.attrValues value);
  };
  bool = {
    means = "true or false";
    holds = builtins.isBool;
  };
  set = {
    means = "an attribute set";
    holds = builtins.isAttrs;
  };
  setOrText = {
    means = "an attribute set or a short form such as \"huggingface:org/name@revision\"";
    holds = value: builtins.isAttrs value || isText value;
  };
  list = {
    means = "a list that is not empty";
    holds = value: builtins.isList value && value != [ ];
  };
  # A package, or the folder of one.
  package = {
    means = "a package or a path";
    holds = value: builtins.isAttrs value || builtins.isPath value || isText value;
  };
  # A URL without a login: specs are readable by everyone who reads the store.
  url = {
    means = "an http or https URL without a login in it (a login belongs into the netrc file: everyone can read the store)";
    holds =
      value:
      isText value
      && builtins.match "https?://[^/?#@[:space:][:cntrl:]]+([/?#][^[:space:][:cntrl:]]*)?" value != null;
  };
  oneOf = texts: {
    means = "one of ${builtins.concatStringsSep ", " (map builtins.toJSON texts)}";
    holds = value: builtins.elem value texts;
  };
}
