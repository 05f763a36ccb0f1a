"""When the daemon works, and where it tells how it is."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from sagewarden.core.schedule import Timing, parse_window
from sagewarden.core.share import Share
from sagewarden.settings.values import Duration, Section

_CRON = re.compile(r"\S+( \S+){3} ((\*|[a-z,-]+)(/\d+)?)")


class JobSettings(Section):
    """When one kind of job begins."""

    every: Duration = Field(
        timedelta(hours=6), description="How often, on a grid that restarts do not move."
    )
    cron: str | None = Field(
        None,
        description="Instead of `every`: minute, hour, day, month, day of the week by its name.",
    )
    jitter: Duration | None = Field(
        None, description="Each begin is put off by a random part of this."
    )
    misfire_grace: Duration = Field(
        timedelta(hours=1), description="How late it may begin; what is later waits for the next."
    )
    window: str | None = Field(
        None,
        description="Only then, such as `mon-fri 09:00-17:00`; what is under way at its end is "
        "stopped as by a signal and goes on in the next.",
    )

    @field_validator("cron")
    @classmethod
    def _check_cron(cls, value: str | None) -> str | None:
        """Refuse days of the week by number: 0 is a Sunday to some, a Monday to others."""
        if value is not None and _CRON.fullmatch(value) is None:
            raise ValueError(
                "must have five fields, the last with names of days, as in `30 9-16/2 * * mon-fri`"
            )
        return value

    @field_validator("window")
    @classmethod
    def _check_window(cls, value: str | None) -> str | None:
        if value is not None:
            parse_window(value, ZoneInfo("UTC"))
        return value

    def timing(self, zone: str) -> Timing:
        """Return it for the scheduler, in a time zone."""
        where = ZoneInfo(zone)
        return Timing(
            every=self.every,
            zone=where,
            cron=self.cron,
            jitter=self.jitter or timedelta(0),
            misfire_grace=self.misfire_grace,
            window=None if self.window is None else parse_window(self.window, where),
        )


class DrillSettings(JobSettings):
    """When a sample of what was deleted is restored into an empty sandbox, and compared."""

    every: Duration = Field(timedelta(weeks=1), description="How often.")
    sample: int = Field(20, ge=1, description="How many entities are drawn from each target.")


class VerifySettings(JobSettings):
    """When the vault is read back."""

    every: Duration = Field(timedelta(days=1), description="How often.")
    share: str = Field("5%", description="The share of the archives: 5% or 500M, drawn anew.")

    @field_validator("share")
    @classmethod
    def _check_share(cls, value: str) -> str:
        Share.read(value)
        return value


class DigestSettings(JobSettings):
    """When the operator is told of the last days, whatever came of them."""

    every: Duration = Field(timedelta(weeks=1), description="How often.")
    covers: Duration = Field(timedelta(weeks=1), description="How far back it looks.")


class ScheduleSettings(Section):
    """When the daemon works."""

    zone: str = Field("UTC", description="The time zone of `cron` and `window`: `Europe/Berlin`.")
    at_start: bool = Field(
        True,  # noqa: FBT003 -- a default's value
        description="Whether a daemon sweeps when it starts, so that what a dead one left open is "
        "settled at once; in a window only.",
    )
    stop_within: Duration = Field(
        timedelta(seconds=25),
        description="How long a stop may take; what is not ended then, the next run settles.",
    )
    sweep: JobSettings = JobSettings()
    drill: DrillSettings | None = Field(
        None,
        description="Set like `schedule.sweep`, with `sample: 20`: how often a sample of what was "
        "deleted is restored into an empty sandbox and compared; none: never.",
    )
    verify: VerifySettings | None = Field(
        None,
        description="Set like `schedule.sweep`, with `share: 5%`: how often the journal, the chain "
        "and a share of the archives are read back; none: never.",
    )

    digest: DigestSettings | None = Field(
        None,
        description="Set like `schedule.sweep`, with `covers: 7d`: how often the operator's "
        "channels get a digest of what ran, went, waits and failed; none: never.",
    )

    @field_validator("zone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, LookupError) as error:
            raise ValueError("must be a time zone's name, such as Europe/Berlin") from error
        return value


class WebSettings(Section):
    """Where the daemon answers for its health and metrics."""

    host: str = Field(
        "127.0.0.1",
        pattern=r"^[0-9A-Za-z.:-]+$",
        description="The address it listens at; `0.0.0.0` for all of a container's.",
    )
    port: int = Field(9464, ge=0, le=65535, description="The port; 0 for any that is free.")
