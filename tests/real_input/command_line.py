"""What a user of the `aws` command line does, by hand."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.real_input.logged import (
    Artifact,
    Logged,
    LoggedComponent,
    LoggedExperiment,
    LoggedTrial,
    Point,
    Value,
)
from tests.real_input.users import REGION, User

AWS = Path(sys.executable).with_name("aws")
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: what does not go to loopback goes nowhere."""
EXPERIMENT, TRIAL = "Fraud-By-Hand", "fraud-first"
LINKED, LOOSE = "fraud-fit", "fraud-scratch"
PARAMETERS: dict[str, Value] = {"depth": 4, "rate": 0.05, "booster": 'gbtree; rm -rf "$HOME" \''}
MODEL = "s3://models/fraud/model.tar.gz"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The `aws` command of this environment, in the hands of a user."""

    user: User

    def __call__(self, service: str, operation: str, **options: Any) -> Any:
        """Run a command that must succeed; return its answer, None where it prints nothing."""
        ran = self.attempt(service, operation, **options)
        if ran.returncode:
            raise AssertionError(ran.stderr)
        return json.loads(ran.stdout) if ran.stdout else None

    def attempt(
        self, service: str, operation: str, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; what is not text among the options is given as JSON."""
        command = [str(AWS), service, operation, "--endpoint-url", self.user.url]
        for name, value in options.items():
            spelled = value if isinstance(value, str) else json.dumps(value)
            command += ["--" + name.replace("_", "-"), spelled]
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=30, check=False
        )

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.user.home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": self.user.account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_EC2_METADATA_DISABLED": "true",
            "HTTPS_PROXY": NOWHERE,
            "HTTP_PROXY": NOWHERE,
            "NO_PROXY": "127.0.0.1",
        }


def log_by_hand(user: User) -> Logged:
    """Make an experiment, a trial, a component on it and one on nothing; tag the first."""
    aws = CommandLine(user)
    made = aws("sagemaker", "create-experiment", experiment_name=EXPERIMENT, description="By hand")
    aws("sagemaker", "create-trial", trial_name=TRIAL, experiment_name=EXPERIMENT)
    aws(
        "sagemaker",
        "add-tags",
        resource_arn=made["ExperimentArn"],
        tags=[{"Key": "team", "Value": "risk"}],
    )
    aws("sagemaker", "create-trial-component", trial_component_name=LOOSE)
    linked = _log_component(aws)
    return Logged(
        experiments=(
            LoggedExperiment(name=EXPERIMENT, description="By hand", tags={"team": "risk"}),
        ),
        trials=(LoggedTrial(name=TRIAL, experiment=EXPERIMENT),),
        components=(linked, LoggedComponent(name=LOOSE)),
    )


def _log_component(aws: CommandLine) -> LoggedComponent:
    began = time.time()
    aws(
        "sagemaker",
        "create-trial-component",
        trial_component_name=LINKED,
        display_name="First-Fit",
        status={"PrimaryStatus": "Completed", "Message": "by hand"},
        parameters={
            name: {"StringValue" if isinstance(value, str) else "NumberValue": value}
            for name, value in PARAMETERS.items()
        },
        output_artifacts={"model": {"MediaType": "application/gzip", "Value": MODEL}},
        tags=[{"Key": "stage", "Value": "trial"}],
    )
    aws("sagemaker", "associate-trial-component", trial_component_name=LINKED, trial_name=TRIAL)
    points = (Point("auc", 0.5, 1), Point("auc", 0.75, 2))
    aws(
        "sagemaker-metrics",
        "batch-put-metrics",
        trial_component_name=LINKED,
        metric_data=[
            {"MetricName": metric, "Value": value, "Step": step, "Timestamp": str(int(began))}
            for metric, value, step in points
        ],
    )
    return LoggedComponent(
        name=LINKED,
        display_name="First-Fit",
        status={"PrimaryStatus": "Completed", "Message": "by hand"},
        parameters=PARAMETERS,
        outputs={"model": Artifact(MODEL, "application/gzip")},
        tags={"stage": "trial"},
        points=points,
        trials=(TRIAL,),
        began=began,
        ended=time.time(),
    )
