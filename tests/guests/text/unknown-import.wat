;; Asks for the user's files.
(component
  (import "other:files/preopens@0.2.0" (instance
    (export "get-directories" (func (result (list string)))))))
