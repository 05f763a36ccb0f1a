"""All commands and their names."""

from cyclopts import App

from sagewarden import __version__

app = App(
    name="sagewarden",
    version=__version__,
    help="Keeps AWS SageMaker Experiments within policy: judges, archives, proves, then deletes.",
    help_format="plaintext",
    result_action="return_value",
)

_policy = App(name="policy", help="Policy files: check them.")
_config = App(name="config", help="Settings: what counts and where it came from.")

app.command("sagewarden.cli.demo:demo", name="demo")
app.command("sagewarden.cli.sandboxing:sandbox", name="sandbox")
app.command("sagewarden.cli.planning:plan", name="plan")
app.command("sagewarden.cli.running:approve", name="approve")
app.command("sagewarden.cli.running:apply", name="apply")
app.command("sagewarden.cli.running:sweep", name="sweep")
app.command("sagewarden.cli.planning:explain", name="explain")
app.command("sagewarden.cli.telling:report", name="report")
app.command("sagewarden.cli.switches:pause", name="pause")
app.command("sagewarden.cli.switches:unpause", name="unpause")
_policy.command("sagewarden.cli.policies:validate", name="validate")
_config.command("sagewarden.cli.telling:show_config", name="show")
app.command(_policy)
app.command(_config)
