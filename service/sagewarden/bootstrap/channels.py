"""From settings to the channels by which owners are told, and what nobody could ever hear."""

from collections.abc import Callable

from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.notify.local import FileChannel, LogChannel
from sagewarden.adapters.notify.webhook import Endpoint, WebhookChannel
from sagewarden.application.notice import Channel, Channels
from sagewarden.core.policy import PolicySet, Receiver
from sagewarden.settings import NoticeSettings, Settings, WebhookSettings, host_of


def channels_of(notice: NoticeSettings, rest: Callable[[float], None]) -> Channels:
    """Make every channel that settings name."""
    usual: list[Channel] = [LogChannel(counts=notice.log_counts)]
    if notice.file is not None:
        usual.append(FileChannel(notice.file))
    if notice.webhook is not None:
        usual.append(_webhook("webhook", notice.webhook, rest))
    operator = [] if notice.operator is None else [_webhook("operator", notice.operator, rest)]
    return Channels(usual, operator)


def _webhook(name: str, given: WebhookSettings, rest: Callable[[float], None]) -> WebhookChannel:
    endpoint = Endpoint(
        url=given.url,
        shown=host_of(given.url),
        secret=given.secret.get_secret_value().encode(),
        seconds=given.timeout.total_seconds(),
        attempts=given.attempts,
    )
    return WebhookChannel(endpoint, name, wall_now, rest)


def unheard(settings: Settings, policies: PolicySet) -> list[str]:
    """Say which policies tell nobody of their marks, so that nothing of theirs becomes due."""
    if settings.notice.operator is not None:
        return []
    return [
        f"policy {each.name} notifies the operator alone, and notice.operator is not set: nobody "
        "is told of its marks, and nothing that it marks becomes due"
        for each in policies.policies
        if each.notify == (Receiver.OPERATOR,)
    ]


def mute(settings: Settings) -> list[str]:
    """Say so when nobody could ever be told, so that nothing could ever become due."""
    if settings.notice.can_count:
        return []
    told = (
        "no notice channel counts, so no mark is announced and nothing becomes due: set "
        "notice.file or notice.webhook, or notice.log_counts if the log and the report are enough"
    )
    return [told]
