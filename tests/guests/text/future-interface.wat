;; Asks for the user's files.
(component
  (import "nix-ai-model:plugin/http@0.2.0" (instance
    (export "get-directories" (func (result (list string)))))))
