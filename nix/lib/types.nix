# What an attribute may be: `holds` decides, `means` says it in an error.
{ }:
let
  isText = value: builtins.isString value && value != "";
  isListOf =
    holds: value:
    builtins.isList value && builtins.all (item: builtins.isString item && holds item) value;
  isData =
    value:
    if builtins.isList value then
      builtins.all isData value
    else if builtins.isAttrs value then
      !(value ? outPath) && builtins.all isData (builtins.attrValues value)
    else
      !(builtins.isFunction value || builtins.isPath value);

  label = "[^.:/?#@*[[:space:][:cntrl:]]+";
  host = "([^:/?#@*[[:space:][:cntrl:]]+|\\[[0-9A-Fa-f:.]+])";
  port = "(:[0-9]{1,5})?";
in
{
  text = {
    means = "a string that is not empty";
    holds = isText;
  };
  # What is a name in messages and reports.
  word = {
    means = "a name of letters, digits, dots, hyphens and underscores, at most 64";
    holds = value: builtins.isString value && builtins.match "[A-Za-z0-9][A-Za-z0-9._-]{0,63}" value != null;
  };
  sha256 = {
    means = "the SHA-256 of a file as 64 hexadecimal digits, as a report tells it";
    holds = value: builtins.isString value && builtins.match "[0-9a-f]{64}" value != null;
  };
  date = {
    means = "a day such as \"2027-01-31\"";
    holds =
      value:
      builtins.isString value && builtins.match "[0-9]{4}-[01][0-9]-[0-3][0-9]" value != null;
  };
  textOrNumber = {
    means = "a string that is not empty, or a number";
    holds = value: isText value || builtins.isInt value;
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
  # An integer that the host reads, too.
  count = {
    means = "a number from 0 to 100";
    holds = value: builtins.isInt value && value >= 0 && value <= 100;
  };
  positive = {
    means = "a number from 1 to 1000";
    holds = value: builtins.isInt value && value >= 1 && value <= 1000;
  };
  seconds = {
    means = "a number of seconds from 0 to 3600";
    holds = value: (builtins.isInt value || builtins.isFloat value) && value >= 0 && value <= 3600;
  };
  # By the same rule as the host (host/wiring/src/transfers.rs).
  rate = {
    means = "bytes a second: a number of at least 1, or text such as \"500k\", \"10M\" or \"1G\"";
    holds =
      value:
      (builtins.isInt value && value >= 1)
      || (
        builtins.isString value && builtins.match "0*[1-9][0-9]{0,9}[kKmMgGtT]?" value != null
      );
  };
  # A place outside the store: a path would be copied into it.
  absolutePath = {
    means = "an absolute path as text, such as \"/var/cache/nix-ai-model\"";
    holds =
      value:
      builtins.isString value
      && builtins.match "(/[^/[:cntrl:]]+)+" value != null
      && builtins.match "(.*/)?[.][.]?(/.*)?" value == null;
  };
  # By the same rule as the host (host/wiring/src/mirrors.rs).
  baseUrl = {
    means = "an http or https URL that stands for an origin, without a login, a query or a fragment";
    holds =
      value:
      isText value
      && builtins.match "https?://[^/?#@[:space:][:cntrl:]]+(/[^?#[:space:][:cntrl:]]*)?" value != null;
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
  variables = {
    means = "a list of names of variables, such as [ \"MY_REGISTRY_TOKEN\" ]";
    holds = isListOf (text: builtins.match "[A-Za-z_][A-Za-z0-9_]{0,127}" text != null);
  };
  # What a grant names, by the same rule as the host (host/core/src/origin.rs).
  originPatterns = {
    means = "a list of origins such as \"https://models.example.com\" or \"https://*.example.com\": https alone, nothing behind host and port, and a star for nothing but the labels before a domain of at least two";
    holds = isListOf (
      text:
      builtins.match "https://${host}${port}" text != null
      || (
        builtins.match "https://[*][.](${label}[.])+${label}${port}" text != null
        && builtins.match "https://.*[.][0-9]+${port}" text == null
      )
    );
  };
  objectStores = {
    means = "a list of object stores by their schemes: \"s3\", \"gs\", \"az\"";
    holds = isListOf (
      text:
      builtins.elem text [
        "s3"
        "gs"
        "az"
      ]
    );
  };
  origins = {
    means = "a list of origins such as \"http://10.0.0.5:8080\": nothing behind host and port, and no star";
    holds = isListOf (text: builtins.match "https?://${host}${port}" text != null);
  };
  component = {
    means = "the component's file: a path, a package that is the file, an https URL without a login, or \"oci://registry/name:tag\", with @sha256:… behind it or not";
    holds =
      value:
      builtins.isPath value
      || value ? outPath
      || (
        builtins.isString value
        && builtins.any (pattern: builtins.match pattern value != null) [
          "/[^[:cntrl:]]+"
          "https?://[^/?#@[:space:][:cntrl:]]+/[^[:space:][:cntrl:]]+"
          "oci://[]A-Za-z0-9.:[-]+/[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?"
        ]
      );
  };
  plugins = {
    means = "a set of name = { component; hash; grants; variables; }, or the path of a plugins.lock.json";
    holds =
      value:
      builtins.isPath value
      || (builtins.isString value && builtins.match "/.+" value != null)
      || (builtins.isAttrs value && !(value ? outPath));
  };
  # What is handed to a plugin as it was written.
  data = {
    means = "text, a number, true, false, null, or a list or set of such";
    holds = isData;
  };
  oneOf = texts: {
    means = "one of ${builtins.concatStringsSep ", " (map builtins.toJSON texts)}";
    holds = value: builtins.elem value texts;
  };
}
