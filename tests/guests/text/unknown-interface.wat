;; Asks our package for an interface that it does not have.
(component
  (import "nix-ai-model:plugin/shell@0.1.0" (instance
    (export "run" (func (param "command" string))))))
