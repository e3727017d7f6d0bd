# The path itself, if it is one that a model's file can have: relative, names
# joined by "/", none of them empty, "." or "..", no control characters.
{ }:
where: path:
let
  names = builtins.filter builtins.isString (builtins.split "/" path);
  clean =
    builtins.all (name: name != "" && name != "." && name != "..") names
    && builtins.match "[^[:cntrl:]\\\\]+" path != null;
in
if clean then
  path
else
  throw "${where}: ${builtins.toJSON path} is not a path below the model's folder, such as \"weights/model.safetensors\""
