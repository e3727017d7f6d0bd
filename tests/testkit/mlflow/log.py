"""Logs and registers models with the real client; prints their ids as JSON."""

import json
import os
import tempfile

import mlflow


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return model_input


def weights(folder):
    """Files of some size, and with names that need encoding."""
    os.makedirs(os.path.join(folder, "nested", "größe eins"))
    for path, size in [
        ("weights.bin", 3_000_001),
        ("empty.txt", 0),
        ("nested/größe eins/a b+c=d.bin", 70_000),
    ]:
        with open(os.path.join(folder, path), "wb") as file:
            file.write(bytes(i * i % 251 for i in range(size % 65_536)) * (size // 65_536 + 1))


def log(folder):
    with mlflow.start_run() as run:
        model = mlflow.pyfunc.log_model(
            name="model",
            python_model=Echo(),
            artifacts={"weights": folder},
            registered_model_name="my model",
            pip_requirements=["mlflow"],
        )
        mlflow.log_artifacts(folder, "plain")
    return {"run": run.info.run_id, "model": model.model_id}


with tempfile.TemporaryDirectory() as outer:
    folder = os.path.join(outer, "weights")
    weights(folder)
    logged = [log(folder) for _ in range(2)]
client = mlflow.MlflowClient()
client.set_registered_model_alias("my model", "champion", "1")
client.transition_model_version_stage("my model", "1", "Production")
print(json.dumps(logged))
