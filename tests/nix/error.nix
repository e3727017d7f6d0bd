# The failing expression `errors/<name>.nix`, for `run.sh` to read its message.
{ name }:
import (./errors + "/${name}.nix") {
  library = import ../../nix/lib {
    system = "x86_64-linux";
    builder = "/builder";
    commandLine = "/command-line";
    currentSystem = null;
  };
}
