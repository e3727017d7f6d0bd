# expect: mkLib: unknown attribute "sytem"; did you mean "system"? It takes: builder, commandLine, pkgs, plugins, shell, system
{ library }:
library.mkLib {
  sytem = "x86_64-linux";
  builder = "/builder";
}
