# A model's files, before anything was done with them → the report of their scan:
# `report.json` and `report.sarif`. It cannot be built where the policy refuses
# the model, and a scanner's update scans again.
{ derive }:
{
  name,
  model,
  contents,
  security,
}:
derive (
  contents
  // security
  // {
    inherit name model;
    operation = "scan";
  }
)
