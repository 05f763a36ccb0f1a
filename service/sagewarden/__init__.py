"""SageWarden keeps AWS SageMaker Experiments within policy."""

__version__ = "0.1.0"
