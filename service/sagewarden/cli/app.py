"""All commands and their names."""

from cyclopts import App

from sagewarden import __version__

app = App(
    name="sagewarden",
    version=__version__,
    help="Keeps AWS SageMaker Experiments within policy: judges, archives, proves, then deletes.\n"
    "\nStart with `sagewarden demo`: no AWS account, no set-up.",
    help_format="plaintext",  # markdown takes a third of the time that `--help` has
    result_action="return_value",
)

_policy = App(
    name="policy", help="Policy files: check them, test them, freeze an account to test them on."
)
_baseline = App(name="baseline", help="What an inventory must not fall behind.")
_hold = App(name="hold", help="Holds: what is kept by name, whatever policies say.")
_archive = App(name="archive", help="What was deleted, as it lies in the vault.")
_config = App(name="config", help="Settings: what counts and where it came from.")

app.command(
    "sagewarden.cli.demo:demo",
    name="demo",
    help="Watch the whole job on a fake AWS: no account, no set-up.",
)
app.command(
    "sagewarden.cli.sandboxing:sandbox",
    name="sandbox",
    help="Serve the fake AWS alone, on a port of this machine.",
)
app.command(
    "sagewarden.cli.planning:plan",
    name="plan",
    help="Read only: what is due, marked and kept, and why.",
)
app.command(
    "sagewarden.cli.running:approve",
    name="approve",
    help="Let a plan outside the automatic limits begin, for 72 hours.",
)
app.command(
    "sagewarden.cli.running:apply",
    name="apply",
    help="Do exactly one stored plan and nothing else.",
)
app.command(
    "sagewarden.cli.running:sweep",
    name="sweep",
    help="One full run over all targets, as the daemon does it.",
)
app.command(
    "sagewarden.cli.serving:serve",
    name="serve",
    help="The daemon: sweeps at their times, health and metrics over HTTP.",
)
app.command(
    "sagewarden.cli.explaining:explain",
    name="explain",
    help="Why one entity is kept, marked or due, and until when.",
)
app.command(
    "sagewarden.cli.report:report",
    name="report",
    help="A run for its operator, its owners or an auditor; the trend over all runs.",
)
_baseline.command(
    "sagewarden.cli.baselining:show",
    name="show",
    help="The last good inventory, which the next is compared with.",
)
_baseline.command(
    "sagewarden.cli.baselining:accept",
    name="accept",
    help="Let the account as it is now be what the next inventory is compared with.",
)
app.command(_baseline)
_hold.command(
    "sagewarden.cli.holding:add",
    name="add",
    help="Keep one by name, with an owner, a reason and an end if there is one.",
)
_hold.command(
    "sagewarden.cli.holding:show",
    name="list",
    help="Every hold: in force, expired and released.",
)
_hold.command(
    "sagewarden.cli.holding:release",
    name="release",
    help="End a hold; it stays on record, with who did it and why.",
)
app.command(_hold)
app.command("sagewarden.cli.switches:pause", name="pause", help="Stop all deleting at once.")
app.command("sagewarden.cli.switches:unpause", name="unpause", help="Let deleting go on.")
app.command(
    "sagewarden.cli.verifying:verify", name="verify", help="Read the vault back: is it intact?"
)
app.command(
    "sagewarden.cli.drilling:drill",
    name="drill",
    help="Do archives restore? A sample is brought back in a sandbox and compared.",
)
_archive.command(
    "sagewarden.cli.browsing:show_list",
    name="list",
    help="What was deleted: by name, owner, policy, run, day.",
)
_archive.command(
    "sagewarden.cli.browsing:show_one",
    name="show",
    help="All that was archived of one entity, its metric curves drawn.",
)
_archive.command(
    "sagewarden.cli.browsing:get_one",
    name="get",
    help="The archive object that holds it, hash checked, for zstd and jq.",
)
_archive.command(
    "sagewarden.cli.erasing:erase",
    name="erase",
    help="Erase a person's entities from the archives; the chain stays valid.",
)
_archive.command(
    "sagewarden.cli.schema:archive_schema",
    name="schema",
    help="The JSON Schema of an archive's lines, for other programs.",
)
app.command(_archive)
app.command(
    "sagewarden.cli.restoring:restore",
    name="restore",
    help="Bring back one deleted tree, or all that a run deleted.",
)
_policy.command(
    "sagewarden.cli.policies:validate",
    name="validate",
    help="Check policy files; every fault with its place.",
)
_policy.command(
    "sagewarden.cli.schema:schema",
    name="schema",
    help="The JSON Schema of policy files, for editors.",
)
_policy.command(
    "sagewarden.cli.rehearsing:run_fixtures",
    name="test",
    help="Judge small accounts in fixtures, and compare with what is expected.",
)
_policy.command(
    "sagewarden.cli.recording:record",
    name="record",
    help="Freeze an account as a fixture for `policy test`.",
)
_config.command(
    "sagewarden.cli.telling:show_config",
    name="show",
    help="Each setting that counts, and where it came from.",
)
app.command(
    "sagewarden.cli.healthing:health",
    name="health",
    help="Ask the daemon on this machine whether it is well.",
)
app.command(
    "sagewarden.cli.checking:check",
    name="check",
    help="What would work and what would not: identity, permissions, vault, clock, policies.",
)
app.command(
    "sagewarden.cli.permitting:iam",
    name="iam",
    help="The least IAM policies that these settings and policies need, one a stage.",
)
app.command(_policy)
app.command(_config)
app.register_install_completion_command(
    help="Let the shell complete commands and options (bash, zsh, fish)."
)


def tell_whole(arguments: list[str]) -> None:
    """Let `COMMAND --help` show all that its function says; lists of commands keep to one line."""
    for each in app.parse_commands(arguments)[1]:
        if getattr(each.default_command, "__module__", "").startswith("sagewarden."):
            each.help = None
            each.help_format = "markdown"
