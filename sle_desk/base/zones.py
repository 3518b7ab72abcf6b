"""The time zone of this computer, by its name: an offset alone says nothing of summer and winter."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

LOCAL = Path("/etc/localtime")
_ZONES = "zoneinfo/"


def zone_name(now: datetime, local: Path = LOCAL) -> str:
    """Return the name of the zone of this computer: "Asia/Shanghai", or the word that the system has for it.

    What is set for the process counts first, then what the computer is set to.
    """
    chosen = os.environ.get("TZ", "").removeprefix(":")
    if not chosen:
        try:
            target = os.readlink(local)
        except OSError:
            target = ""
        chosen = target.partition(_ZONES)[2]
    return chosen or now.tzname() or ""
