"""The real SageMaker SDK logs into the sandbox, in a process of its own."""

import subprocess
import sys
from typing import Any

from sagewarden.sandbox import Sandbox

SCRIPT = """
import boto3
from sagemaker.experiments import Run, list_runs
from sagemaker.session import Session

boto3.client("s3").create_bucket(Bucket="sdk-bucket")
session = Session(boto_session=boto3.Session(), default_bucket="sdk-bucket")
with Run(experiment_name="Churn", run_name="Run-1", sagemaker_session=session) as run:
    run.log_parameter("trees", 10)
    run.log_metric("rmse", 0.5, step=0)
    run.log_metric("rmse", 0.25, step=1)
    run.log_file(__file__, name="script", is_output=True)
list_runs(experiment_name="churn", sagemaker_session=session)
"""


def test_a_run_leaves_what_the_sdk_makes(box: Sandbox, tmp_path: Any) -> None:
    """Lower-case names, one default trial, its tag, parameters, metrics and artifacts."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = box.environment() | {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    subprocess.run([sys.executable, str(script)], env=environment, check=True, capture_output=True)
    component = box.state.components.rows["churn-run-1"]
    found = (
        component.trials,
        dict(component.tags),
        component.parameters,
        component.status,
        sorted(component.output_artifacts),
        [len(chunk) for chunk in component.metrics["rmse"] if isinstance(chunk, tuple)],
        [trial.name for trial in box.state.trials],
    )
    assert found == (
        ("default-run-group-churn",),
        {"sagemaker:trial-component-source": "run"},
        {"trees": {"NumberValue": 10}},
        {"PrimaryStatus": "Completed"},
        ["script"],
        [2],
        ["Default-Run-Group-churn"],
    )
