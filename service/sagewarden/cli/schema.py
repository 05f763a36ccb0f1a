"""`policy schema`: what an editor needs to complete, explain and check a policy file."""

from sagewarden.cli.console import say_json


def schema() -> int:
    """Print the JSON Schema of policy files, for completion and hover text in an editor.

    Store it beside the policies, and let a file's first line name it:

    # yaml-language-server: $schema=schema.json
    """
    from sagewarden.adapters.policyfiles.schema import policy_schema  # noqa: PLC0415 -- slow

    say_json(policy_schema())
    return 0
