;; Grows its table for ever. Rust has no instruction for that.
(module
  (memory (export "memory") 1)
  (table $table 1 funcref)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
  (func (export "nix-ai-model:plugin/resolver@0.1.0#parse") (param i32 i32) (result i32)
    unreachable)
  (func (export "nix-ai-model:plugin/resolver@0.1.0#resolve") (param i32 i32) (result i32)
    (loop $again
      (drop (table.grow $table (ref.null func) (i32.const 1000)))
      (br $again))
    unreachable)
  (func (export "nix-ai-model:plugin/resolver@0.1.0#locate")
    (param i32 i32 i32 i32 i32 i32) (result i32)
    unreachable))
