"""What holds where nobody set anything, and where it would be set: nothing is read for it."""

from datetime import timedelta
from typing import Final

SETTINGS_FILE: Final = "sagewarden.yaml"
"""Read when it is there and no other file is named."""

PREFIX: Final = "SAGEWARDEN_"
"""What the names of variables that set something begin with, in any case."""

MIN_GRACE: Final = timedelta(days=7)
"""A floor under every policy's grace period."""
