"""A faithful SageMaker Experiments over HTTP, for demos and tests; nothing here is AWS."""
