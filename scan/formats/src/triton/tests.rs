use proptest::prelude::*;

use super::Triton;
use crate::testing::{fails, found};

#[test]
fn what_leads_outside_is_told() {
    for bad in [
        "backend: \"../../../../tmp/evil\"",
        "model_operations { op_library_filename: \"/tmp/evil.so\" }",
        "default_model_filename: \"../../evil.onnx\"",
        "model_repository_agents { agents [ { name: \"../../tmp/evil\" } ] }",
        "parameters: { key: \"EXECUTION_ENV_PATH\", value: { string_value: \"http://a.example/e.tar.gz\" } }",
        "parameters { key: \"x\" value { string_value: \"import os; os.system('echo inert')\" } }",
    ] {
        let text = format!("name: \"x\"\nmax_batch_size: 0\n{bad}\n");
        assert!(fails(&found(&Triton, "config.pbtxt", text.as_bytes())), "{bad}");
    }
    for good in [
        "backend: \"python\"",
        "platform: \"onnxruntime_onnx\"\ndefault_model_filename: \"model.onnx\"",
        "model_operations { op_library_filename: \"libops.so\" }",
        "parameters { key: \"EXECUTION_ENV_PATH\" value { string_value: \"$$TRITON_MODEL_DIRECTORY/env.tar.gz\" } }",
        "parameters { key: \"gpt_model_path\" value { string_value: \"/engines/llama/1-gpu\" } }",
        "model_repository_agents { agents [ { name: \"checksum\" } ] }",
    ] {
        let text = format!("name: \"x\"\nmax_batch_size: 0\n{good}\n");
        assert!(!fails(&found(&Triton, "config.pbtxt", text.as_bytes())), "{good}");
    }
}

proptest! {
    #[test]
    fn any_text_does_no_harm(text in "[a-z{}\"\\\\:\\[\\] /.]{0,200}") {
        found(&Triton, "config.pbtxt", text.as_bytes());
    }
}
