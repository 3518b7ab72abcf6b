"""How many examples a costly property is tried with: few with each run, many with `--slow`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

TIMES = 10


def few(number: int) -> settings:
    """Return the settings for so many examples of seconds each; ten times as many with `--slow`."""
    many = settings.get_current_profile_name() == "slow"
    quiet = [*HealthCheck]
    return settings(max_examples=number * (TIMES if many else 1), deadline=None, suppress_health_check=quiet)
