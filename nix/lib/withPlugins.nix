# `plugins` as it was written → the library that has them as sources, beside
# those that it has already.
{
  system,
  builder,
  commandLine,
  shell,
  plugins,
  pkgsFor,
  currentSystem,
  readPlugins,
}:
where: written:
import ./. {
  inherit
    system
    builder
    commandLine
    shell
    pkgsFor
    currentSystem
    ;
  plugins = plugins // readPlugins where written;
}
