;; Asks for the user's files.
(component
  (import "wasi:io/error@0.3.0" (instance
    (export "get-directories" (func (result (list string)))))))
