use super::Mlflow;
use crate::testing::{fails, found};

#[test]
fn loaders_and_paths_are_judged() {
    let model = |text: &str| {
        let text =
            format!("flavors:\n  python_function:\n    env:\n      conda: conda.yaml\n{text}");
        found(&Mlflow, "MLmodel", text.as_bytes())
    };
    for bad in [
        "    loader_module: os\n",
        "    loader_module: \"subprocess\"\n",
        "    loader_module: mlflow.sklearn\n    model_path: ../../model.pkl\n",
        "    loader_module:\n      os\n",
        "    loader_module: !!str os\n",
        "    loader_module: >-\n      os\n",
        "    \"loader\\x5fmodule\": os\n",
        "    loader_module: \"\\x6fs\"\n",
        "    code: /srv/code\n",
        "    {loader_module: mlflow.sklearn, model_path: \"/srv/model.pkl\"}\n",
    ] {
        assert!(fails(&model(bad)), "{bad}");
    }
    assert_eq!(model("    loader_module: mlflow.sklearn\n    model_path: model.pkl\n"), []);
    let own = model("    loader_module: my_package.loader\n    code: code\n");
    assert!(own.len() == 2 && !fails(&own), "{own:?}");
}
