"""From settings to the channels by which owners are told, and what nobody could ever hear."""

from collections.abc import Callable

from sagewarden.adapters.aws.roles import Role, SessionName
from sagewarden.adapters.aws.session import AwsSession
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.notify.aws import EmailChannel, Mailing, TopicChannel
from sagewarden.adapters.notify.local import FileChannel, LogChannel
from sagewarden.adapters.notify.persistence import Persistence
from sagewarden.adapters.notify.slack import payload
from sagewarden.adapters.notify.webhook import Endpoint, WebhookChannel
from sagewarden.application.notice import Channel, Channels
from sagewarden.bootstrap.own import own_session
from sagewarden.core.canonical import canonical
from sagewarden.core.policy import PolicySet, Receiver
from sagewarden.settings import Settings, host_of
from sagewarden.settings.notice import (
    AwsChannelSettings,
    EmailSettings,
    TopicSettings,
    WebhookSettings,
)


def channels_of(settings: Settings, rest: Callable[[float], None]) -> Channels:
    """Make every channel that settings name; nothing is called yet."""
    notice = settings.notice
    usual: list[Channel] = [LogChannel(counts=notice.log_counts)]
    operator: list[Channel] = []
    if notice.file is not None:
        usual.append(FileChannel(notice.file))
    if notice.webhook is not None:
        usual.append(_webhook("webhook", notice.webhook, rest))
    if notice.operator is not None:
        operator.append(_webhook("operator", notice.operator, rest))
    if notice.topic is not None:
        usual.append(_topic("topic", settings, notice.topic, rest))
    if notice.operator_topic is not None:
        operator.append(_topic("operator-topic", settings, notice.operator_topic, rest))
    if notice.email is not None and notice.email.domains:
        usual.append(_email("email", settings, notice.email, rest))
    if notice.email is not None and notice.email.operator is not None:
        given = notice.email
        operator.append(_email("operator-email", settings, given, rest, given.operator))
    return Channels(usual, operator)


def _webhook(name: str, given: WebhookSettings, rest: Callable[[float], None]) -> WebhookChannel:
    endpoint = Endpoint(
        url=given.url,
        shown=host_of(given.url),
        secret=None if given.secret is None else given.secret.get_secret_value().encode(),
        seconds=given.timeout.total_seconds(),
        attempts=given.attempts,
        spell=payload if given.format == "slack" else canonical,
    )
    return WebhookChannel(endpoint, name, wall_now, rest)


def _topic(
    name: str, settings: Settings, given: TopicSettings, rest: Callable[[float], None]
) -> TopicChannel:
    tries = Persistence(f"the topic {given.arn}", given.attempts, rest)
    return TopicChannel(name, given.arn, _session(settings, given, given.region), tries)


def _email(
    name: str,
    settings: Settings,
    given: EmailSettings,
    rest: Callable[[float], None],
    receiver: str | None = None,
) -> EmailChannel:
    mailing = Mailing(
        sender=given.sender,
        reply_to=given.reply_to,
        domains=given.domains,
        receiver=receiver,
        configuration_set=given.configuration_set,
    )
    tries = Persistence(f"SES in {given.region}", given.attempts, rest)
    return EmailChannel(name, mailing, _session(settings, given, given.region), tries)


def _session(settings: Settings, given: AwsChannelSettings, region: str) -> AwsSession:
    role = None
    if given.role_arn is not None:
        name = SessionName().__str__
        role = Role(arn=given.role_arn, external_id=given.external_id, name=name)
    return own_session(settings, region, role, given.timeout.total_seconds())


def unheard(settings: Settings, policies: PolicySet) -> list[str]:
    """Say which policies tell nobody of their marks, so that nothing of theirs becomes due."""
    if settings.notice.reaches_operator:
        return []
    return [
        f"policy {each.name} notifies the operator alone, and no channel is the operator's: nobody "
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
        "notice.file, notice.webhook, notice.topic or notice.email, or notice.log_counts if the "
        "log and the report are enough"
    )
    return [told]
