"""`verify`: whether the vault is intact."""

from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from sagewarden import bootstrap
from sagewarden.adapters.clock import wall_now
from sagewarden.application.ports.signing import Check
from sagewarden.application.signing import Vouched
from sagewarden.application.verify import ANCHORED, ASTRAY, UNANCHORED, Scope, Verification
from sagewarden.application.verify import verify as verify_vault
from sagewarden.application.walk import Walk
from sagewarden.cli.console import say, say_json, working
from sagewarden.cli.options import Where
from sagewarden.core.chain import Head
from sagewarden.core.share import WHOLE, Share
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.settings import Settings

WHERE = Where()


def verify(
    run: str | None = None,
    *,
    expect_head: Annotated[str | None, Parameter(name="--expect-head")] = None,
    read_data_subset: Annotated[str | None, Parameter(name="--read-data-subset")] = None,
    public_key: Annotated[Path | None, Parameter(name="--public-key")] = None,
    where: Where = WHERE,
) -> int:
    """Read the journal, every archive and the chain back, and compare; exit 5 if anything is off.

    Parameters
    ----------
    run
        Only this run, without the chain.
    expect_head
        A head of the chain that was kept outside the vault, as an earlier `verify` printed it: it
        shows that nothing was lost from the end since.
    read_data_subset
        Read only a share of the archive objects: 5% or 500M, chosen anew each time, or 1/7, a
        fixed part. All else is read as ever; of the others it is seen that they are there.
    public_key
        A PEM file with the public key that links are signed for (Ed25519, or P-256 of KMS): each
        signature is checked, and that they reach the newest link.
    """
    settings = where.effective().settings
    scope = Scope(
        run=run,
        expected=None if expect_head is None else _expected(expect_head, run, where, settings),
        share=WHOLE if read_data_subset is None else _share(read_data_subset),
        salt=token_hex(8),
        check=None if public_key is None else _check(public_key, run),
        until=wall_now(),
    )
    found: list[tuple[str, Verification]] = []
    targets = where.targets(settings)
    with working() as process:
        for chosen in targets.targets:
            bench = bootstrap.wire_target(settings, chosen, process).bench
            found.append((str(bench.target), verify_vault(bench, scope)))
    if where.json:
        say_json([_spelled(target, each) for target, each in found])
    else:
        for target, each in found:
            _say_verification(target, each, expected=scope.expected is not None)
    return targets.exit_code if all(each.sound for _, each in found) else 5


def _check(public_key: Path, run: str | None) -> Check:
    from sagewarden.adapters.vault.signing import checker  # noqa: PLC0415 -- slow to import

    if run is not None:
        raise UsageError(
            "--public-key is about the whole chain, not about one run",
            advice="Leave the run's name out.",
        )
    return checker(public_key)


def _share(spelled: str) -> Share:
    try:
        return Share.read(spelled)
    except ValueError as error:
        raise UsageError(
            f"--read-data-subset is {error}", advice="Write --read-data-subset 5%, 1/7 or 500M."
        ) from error


def _expected(spelled: str, run: str | None, where: Where, settings: "Settings") -> Head:
    if run is not None:
        raise UsageError(
            "--expect-head is about the whole chain, not about one run",
            advice="Leave the run's name out.",
        )
    where.single_target(settings, "a head belongs to")
    try:
        return Head.read(spelled)
    except ValueError as error:
        raise UsageError(
            f"--expect-head is {error}",
            advice="Give the head as an earlier `sagewarden verify` printed it.",
        ) from error


def _spelled(target: str, each: Verification) -> dict[str, Any]:
    return {
        "target": target,
        "sound": each.sound,
        "chain": _spelled_chain(each.chain),
        "runs": each.runs,
        "intents": each.intents,
        "outcomes": each.outcomes,
        "open": each.open,
        "archives": each.archives,
        "spare": each.spare,
        "archives_not_read": each.left,
        "archives_gone": each.gone,
        "earlier_versions": each.versions,
        "versions_unread": each.blind,
        "signatures": each.vouched.signatures,
        "signed_up_to": each.vouched.up_to,
        "entities": each.entities,
        "bytes": each.bytes,
        "findings": [{"key": found.key, "wrong": found.wrong} for found in each.findings],
    }


def _say_verification(target: str, each: Verification, *, expected: bool) -> None:
    verdict = ("sound", "bold green") if each.sound else ("NOT SOUND", "bold red")
    say(Text.assemble(f"{target}: the vault is ", verdict, "."))
    say(
        Text(
            f"  {each.archives} archives of {each.entities} entities ({each.bytes:,} bytes) read "
            f"back and hashed; {each.intents} intents and {each.outcomes} outcomes of {each.runs} "
            f"runs agree with them."
        )
    )
    if each.chain is not None:
        _say_chain(each.chain, expected=expected, sound=each.sound)
    _say_signed(each.vouched)
    _say_gone(each)
    _say_unread(each)
    if each.open:
        say(Text(f"  {each.open} intents are open: the next run settles them.", "yellow"))
    for found in each.findings:
        say(Text(visible(f"  {found.key}: {found.wrong}"), "red"))
    if not each.sound:
        say(
            Text(
                "  do: keep the vault as it is and look at who wrote to it; `sagewarden pause` "
                "stops all deleting meanwhile.",
                "bold",
            )
        )


def _say_gone(each: Verification) -> None:
    walk = each.chain
    if walk is None:
        if each.gone:
            say(Text(f"  {each.gone} archives have expired or were erased, as the chain says."))
        return
    if walk.expired:
        say(Text(f"  {walk.expired} archives have expired, as vault.archive_retention let them."))
    if walk.erased:
        say(
            Text(f"  {walk.erased} objects were erased at a person's request; tombstones tell why.")
        )
    if walk.remaining:
        say(
            Text(
                f"  {len(walk.remaining)} objects are erased and there still: `sagewarden archive "
                "erase` says how, and from when on, they can be deleted.",
                "yellow",
            )
        )


def _say_unread(each: Verification) -> None:
    if each.left:
        say(Text(f"  {each.left} archives are there and were not read, as asked.", "yellow"))
    if each.blind:
        say(Text(visible(f"  Earlier versions were not looked at: {each.blind}"), "yellow"))
    elif each.versions:
        say(Text(f"  {each.versions} earlier versions and delete markers were looked at."))


def _say_signed(vouched: Vouched) -> None:
    if not vouched.signatures:
        return
    told = f"  {vouched.signatures} links are signed"
    if vouched.up_to is None:
        say(Text(f"{told}; not checked: no public key was given (--public-key).", "dim"))
    else:
        say(Text(f"{told}; with this key, and all before it, up to link {vouched.up_to}."))


def _spelled_chain(walk: Walk | None) -> dict[str, Any] | None:
    if walk is None:
        return None
    return {
        "links": walk.links,
        "objects": walk.objects,
        "head": None if walk.head is None else str(walk.head),
        "anchored": walk.anchored,
        "unchained_runs": walk.unchained,
        "expired": walk.expired,
        "erased": walk.erased,
        "erased_and_there": list(walk.remaining),
        "first_broken_link": walk.broken,
    }


def _say_chain(walk: Walk, *, expected: bool, sound: bool) -> None:
    say(Text(f"  {walk.links} links of the chain name {walk.objects} objects; all were hashed."))
    if walk.broken is not None:
        say(Text(f"  It breaks at link {walk.broken}.", "bold red"))
    if walk.unchained:
        say(Text(f"  {walk.unchained} runs are in no link yet; the next one names them.", "yellow"))
    if walk.head is not None:
        kept = ", to be kept outside the vault" if sound else " as it stands, not to be relied on"
        say(Text(f"  Its head{kept}: {walk.head}"))
    unfound = ASTRAY if expected else UNANCHORED
    say(Text(f"  The answer is {ANCHORED if walk.anchored else unfound}.", "dim"))
