"""Settings: a file, then the environment, then a secrets directory, each value traceable.

Nothing that acts has a default: without targets, policies and a vault, nothing is read or written.
"""

from sagewarden.settings.daemon import (
    DigestSettings,
    DrillSettings,
    JobSettings,
    VerifySettings,
)
from sagewarden.settings.loading import Effective, load_settings, load_web
from sagewarden.settings.model import (
    LimitSettings,
    LimitsSettings,
    Settings,
    VaultSettings,
)
from sagewarden.settings.notice import NoticeSettings, WebhookSettings
from sagewarden.settings.targets import OrganizationSettings, RoleSettings, TargetSettings
from sagewarden.settings.values import host_of

__all__ = [
    "DigestSettings",
    "DrillSettings",
    "Effective",
    "JobSettings",
    "LimitSettings",
    "LimitsSettings",
    "NoticeSettings",
    "OrganizationSettings",
    "RoleSettings",
    "Settings",
    "TargetSettings",
    "VaultSettings",
    "VerifySettings",
    "WebhookSettings",
    "host_of",
    "load_settings",
    "load_web",
]
