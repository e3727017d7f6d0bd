//! What loaders of less common formats act on: words and paths in what
//! describes a model, and streams of other languages.

use crate::Sample;

/// All of them.
pub fn samples() -> Vec<Sample> {
    [described(), streams(), lists()].concat()
}

fn pair(
    format: &'static str,
    family: &'static str,
    what: &str,
    file: &str,
    [bad, good]: [&[u8]; 2],
) -> Vec<Sample> {
    vec![
        Sample::malicious(format, family, what, file, bad),
        Sample::benign(format, family, &format!("{what}-plain"), file, good),
    ]
}

/// Paths in descriptions.
fn described() -> Vec<Sample> {
    [
        pair(
            "triton",
            "path",
            "backend",
            "config.pbtxt",
            [
                b"name: \"x\"\nbackend: \"../../../../tmp/inert\"\nmax_batch_size: 0\n",
                b"name: \"x\"\nbackend: \"python\"\nmax_batch_size: 8\n",
            ],
        ),
        pair(
            "triton",
            "native",
            "operators",
            "config.pbtxt",
            [
                b"platform: \"tensorflow_savedmodel\"\nmodel_operations { op_library_filename: \"/tmp/inert.so\" }\n",
                b"platform: \"tensorflow_savedmodel\"\nmodel_operations { op_library_filename: \"libops.so\" }\n",
            ],
        ),
        pair(
            "tfjs",
            "path",
            "weights",
            "model.json",
            [
                br#"{"format": "layers-model", "modelTopology": {}, "weightsManifest": [{"paths": ["http://a.example/b?u=1"], "weights": []}]}"#,
                br#"{"format": "layers-model", "modelTopology": {}, "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": []}]}"#,
            ],
        ),
        pair(
            "onnxruntime-genai",
            "native",
            "library",
            "genai_config.json",
            [
                br#"{"model": {"decoder": {"filename": "model.onnx", "session_options": {"custom_ops_library": "/tmp/inert.so"}}}}"#,
                br#"{"model": {"decoder": {"filename": "model.onnx", "session_options": {"provider_options": []}}}}"#,
            ],
        ),
        pair(
            "onnx-text",
            "path",
            "external",
            "model.onnxtxt",
            [
                b"<ir_version: 8, opset_import: [\"\" : 17]>\ng (float[4] x) => (float[4] y)\n<float[4] w = [\"location\": \"/etc/passwd\"]> {\n  y = Add(x, w)\n}\n",
                b"<ir_version: 8, opset_import: [\"\" : 17]>\ng (float[4] x) => (float[4] y)\n<float[4] w = [\"location\": \"w.bin\"]> {\n  y = Add(x, w)\n}\n",
            ],
        ),
        pair(
            "coreml-compiled",
            "path",
            "blob",
            "m.mlmodelc/model.mil",
            [
                b"program(1.0)\n{ func main<ios15>() { w = const()[val = tensor<fp32, [1]>(BLOBFILE(path = tensor<string, []>(\"@model_path/../../etc/passwd\")))]; } }\n",
                b"program(1.0)\n{ func main<ios15>() { w = const()[val = tensor<fp32, [1]>(BLOBFILE(path = tensor<string, []>(\"@model_path/weights/weight.bin\")))]; } }\n",
            ],
        ),
        pair(
            "openvino",
            "memory",
            "constant-beyond",
            "model.xml",
            [
                br#"<?xml version="1.0"?><net name="m" version="11"><layers><layer id="0" name="c" type="Const" version="opset1"><data element_type="f32" shape="4" offset="18446744073709551600" size="32"/></layer></layers></net>"#,
                br#"<?xml version="1.0"?><net name="m" version="11"><layers><layer id="0" name="c" type="Const" version="opset1"><data element_type="f32" shape="4" offset="0" size="16"/></layer></layers></net>"#,
            ],
        ),
    ]
    .concat()
}

/// Streams of Java and Julia, and programs for accelerators.
fn streams() -> Vec<Sample> {
    let java = |class: &str| {
        let length = (class.len() as u16).to_be_bytes();
        [b"\xac\xed\0\x05sr", &length[..], class.as_bytes(), &[0; 8], b"\x02\0\0xp"].concat()
    };
    let gadget = "org.apache.commons.collections.functors.InvokerTransformer";
    [
        pair(
            "java",
            "chain",
            "transformer",
            "classifier.model",
            [&java(gadget), &java("weka.classifiers.trees.J48")],
        ),
        pair(
            "julia",
            "call",
            "stream",
            "model.jls",
            [
                b"7JL\x1a\x04\0\0\0\x15\0\0\0\0Base\0run\0`echo inert`\0\0",
                b"7JL\x1a\x04\0\0\0\x15\0\0\0\0Main\0weights\0\0\0\0\0",
            ],
        ),
        pair(
            "mlir",
            "callback",
            "python",
            "model.mlir",
            [
                b"module @jit_f {\n  %0 = stablehlo.custom_call @xla_python_cpu_callback(%arg0) : (tensor<4xf32>) -> tensor<4xf32>\n}\n",
                b"module @jit_f {\n  %0 = stablehlo.custom_call @Sharding(%arg0) : (tensor<4xf32>) -> tensor<4xf32>\n}\n",
            ],
        ),
        pair(
            "msgpack",
            "pickle",
            "objects",
            "tok2vec/model",
            [
                b"\x84\xc4\x02nd\xc3\xc4\x04type\xa2|O\xc4\x04kind\xc4\x01O\xc4\x04data\xc4\x24\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x0aecho inert\x85R.",
                b"\x84\xc4\x02nd\xc3\xc4\x04type\xa3<f4\xc4\x04kind\xc4\x00\xc4\x04data\xc4\x04\x00\x00\x80\x3f",
            ],
        ),
    ]
    .concat()
}

/// Lists, recipes and sources.
fn lists() -> Vec<Sample> {
    [
        pair(
            "kaldi",
            "command",
            "list",
            "feats.scp",
            [b"utt1 echo inert; true |\nutt2 /data/raw.ark:42\n", b"utt1 sph2pipe -f wav -p -c 1 a.sph |\nutt2 /data/raw.ark:42\n"],
        ),
        pair(
            "ollama",
            "path",
            "recipe",
            "Modelfile",
            [b"FROM /etc/passwd\n", b"FROM ./model.gguf\n"],
        ),
        pair(
            "h2o",
            "code",
            "class",
            "drf_x.java",
            [
                b"import hex.genmodel.GenModel;\npublic class drf_x extends GenModel {\n  static { Runtime.getRuntime().exec(\"echo inert\"); }\n}\n",
                b"import hex.genmodel.GenModel;\npublic class drf_x extends GenModel {\n  public double[] score0(double[] d, double[] p) { return p; }\n}\n",
            ],
        ),
        pair(
            "deepspeed",
            "path",
            "latest",
            "latest",
            [b"../../inert_step1", b"global_step1000"],
        ),
        pair(
            "ncnn",
            "memory",
            "counts",
            "net.param",
            [
                b"7767517\n2147483647 -5\nInput data 0 1 data 0=4\n",
                b"7767517\n1 1\nInput data 0 1 data 0=4\n",
            ],
        ),
    ]
    .concat()
}
