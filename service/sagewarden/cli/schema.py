"""`policy schema` and `archive schema`: what editors and other programs need to know."""

from sagewarden.cli.console import say_json


def schema() -> int:
    """Print the JSON Schema of policy files, for completion and hover text in an editor.

    Store it beside the policies, and let a file's first line be
    `# yaml-language-server: $schema=schema.json`.
    """
    from sagewarden.adapters.policyfiles.schema import policy_schema  # noqa: PLC0415 -- slow

    say_json(policy_schema())
    return 0


def archive_schema(*, index: bool = False, retention: bool = False, tombstone: bool = False) -> int:
    """Print the JSON Schema of an archive's lines, for programs that read archives themselves.

    `sagewarden archive get NAME -o FILE`, then `zstd -dc FILE` prints the lines.

    Parameters
    ----------
    index
        Of the lines of an index instead, which lies beside the report of each run that archived.
    retention
        Of a statement for how long archives are kept instead.
    tombstone
        Of a tombstone instead, which an erasure leaves.
    """
    from sagewarden.adapters.vault import keeping_schema  # noqa: PLC0415
    from sagewarden.adapters.vault import schema as archives  # noqa: PLC0415

    if retention:
        say_json(keeping_schema.retention_schema())
    elif tombstone:
        say_json(keeping_schema.tombstone_schema())
    else:
        say_json(archives.index_schema() if index else archives.archive_schema())
    return 0
