# A model of an MLflow registry, a Databricks workspace or Unity Catalog.
{ sources, types }:
let
  # What the registry takes for the name of a model, a stage or an alias.
  name = "[^/:[:cntrl:]]*[^/:[:space:][:cntrl:]][^/:[:cntrl:]]*";
  id = "[A-Za-z0-9_-]+";

  # "name/3", "models:/name@alias", "runs:/id/path" → fields; null where it is
  # none of these.
  fromUri =
    text:
    let
      run = builtins.match "runs:/(//)?(${id}(/.*[^/])?)/*" text;
      steps = builtins.match ".*/([.][.]?)?/.*|.*/[.][.]?" (builtins.elemAt run 1);
      models = builtins.match "models:/(//)?([^/].*)" text;
      rest = if models == null then text else builtins.elemAt models 1;
      version = builtins.match "(${name})/0*([1-9][0-9]{0,18})" rest;
      latest = builtins.match "(${name})/[Ll][Aa][Tt][Ee][Ss][Tt]" rest;
      digits = builtins.match "(${name})/[0-9]+" rest;
      stage = builtins.match "(${name})/(${name})" rest;
      alias = builtins.match "(${name})@([^@/:[:cntrl:]]*[^@/:[:space:][:cntrl:]][^@/:[:cntrl:]]*)" rest;
    in
    if run != null then
      if steps == null then { modelUri = "runs:/${builtins.elemAt run 1}"; } else null
    else if version != null then
      {
        modelName = builtins.elemAt version 0;
        modelVersion = builtins.elemAt version 1;
      }
    else if latest != null then
      {
        modelName = builtins.elemAt latest 0;
        modelVersion = "latest";
      }
    else if digits != null then
      null
    else if stage != null then
      {
        modelName = builtins.elemAt stage 0;
        modelStage = builtins.elemAt stage 1;
      }
    else if alias != null then
      {
        modelName = builtins.elemAt alias 0;
        modelAlias = builtins.elemAt alias 1;
      }
    else if builtins.match "m-${id}" rest != null then
      { modelUri = "models:/${rest}"; }
    else
      null;

  choices = [
    "modelVersion"
    "modelStage"
    "modelAlias"
  ];
in
{
  fields = {
    trackingUri = {
      means = "\"databricks\", \"databricks-uc\", or ${types.url.means}";
      holds =
        value:
        types.url.holds value
        || builtins.elem value [
          "databricks"
          "databricks-uc"
        ];
    };
    modelName = types.text;
    modelVersion = types.textOrNumber;
    modelStage = types.text;
    modelAlias = types.text;
    modelUri = types.text;
  };
  required = [ ];

  # What the host reads for it: see plugins/mlflow/plugin.toml. Its artifacts
  # may be in any object store.
  variables = [
    "MLFLOW_TRACKING_URI"
    "MLFLOW_TRACKING_USERNAME"
    "MLFLOW_TRACKING_PASSWORD"
    "MLFLOW_TRACKING_TOKEN"
    "MLFLOW_TRACKING_CLIENT_CERT_PATH"
    "DATABRICKS_HOST"
    "DATABRICKS_TOKEN"
  ]
  ++ builtins.concatMap (store: sources.${store}.variables) [
    "s3"
    "gcs"
    "azure"
  ];

  # What does not read is left to `read`, which says so.
  fromText =
    text:
    let
      fields = fromUri text;
    in
    if fields == null then { modelUri = text; } else fields;

  read =
    { where, fields }:
    let
      given = builtins.filter (field: fields ? ${field}) choices;
      field = builtins.head given;
      value = toString fields.${field};
      separator = if field == "modelAlias" then "@" else "/";
      written = fields.modelUri or "models:/${fields.modelName}${separator}${value}";
      found = fromUri written;
      # The last "@" parts name and alias; "latest" is no stage.
      fits =
        found != null
        && (
          fields ? modelUri
          || found ? ${field} && (field != "modelAlias" || found.modelAlias == value)
        );
      rest = removeAttrs fields (choices ++ [ "modelUri" ]);
    in
    if fields ? modelUri && (fields ? modelName || given != [ ]) then
      throw "${where}: \"modelUri\" is given beside fields that it replaces; write either modelUri, or modelName with a version, stage or alias"
    else if builtins.length given > 1 then
      throw "${where}: both \"${field}\" and \"${builtins.elemAt given 1}\" are given; one of them says which version is wanted"
    else if !(fields ? modelUri || fields ? modelName) then
      throw "${where}: no model is named; set modelName with modelVersion, modelAlias or modelStage, or modelUri = \"models:/name/3\""
    else if !(fields ? modelUri) && given == [ ] then
      throw "${where}: it is not said which version of \"${fields.modelName}\" is wanted; set modelVersion (a number, or \"latest\"), modelAlias or modelStage"
    else if !fits then
      throw "${where}: ${
        builtins.toJSON (if fields ? modelUri then fields.modelUri else written)
      } names no model of a registry; write name/3, name/latest, name/Production or name@alias, or models:/m-… for a logged model and runs:/run-id/path for a run's artifacts"
    else
      {
        spec = rest // found;
        fileHashes = { };
      };

  shortForm =
    spec:
    "mlflow:"
    + (
      if spec ? modelUri then
        spec.modelUri
      else if spec ? modelAlias then
        "${spec.modelName}@${spec.modelAlias}"
      else
        "${spec.modelName}/${spec.modelVersion or spec.modelStage}"
    );
  # The short form has no place for a server.
  fitsShortForm = spec: !(spec ? trackingUri);

  defaultName =
    spec: spec.modelName or (builtins.elemAt (builtins.match "(.*/)?([^/]*)" spec.modelUri) 1);

  # The files that the spec itself names: which there are, the registry knows.
  named = _: [ ];

  # One file's own spec: patterns are of no matter to it.
  only =
    _: spec:
    removeAttrs spec [
      "files"
      "exclude"
    ];
}
