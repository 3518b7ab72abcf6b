"""The name of the computer's time zone, beside the offset that each instant has."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sle_desk.base.clock import ContinuedClock, SteppingClock, SystemClock
from sle_desk.base.zones import zone_name

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """Return a link as the system has one to the zone it is set to."""
    place = tmp_path / "localtime"
    place.symlink_to("/usr/share/zoneinfo/Asia/Shanghai")
    return place


def test_the_zone_that_the_computer_is_set_to_has_its_name(local: Path, monkeypatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    assert zone_name(NOW, local) == "Asia/Shanghai"
    monkeypatch.setenv("TZ", ":Europe/Berlin")
    assert zone_name(NOW, local) == "Europe/Berlin"


def test_without_a_name_the_system_has_a_word_for_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    assert zone_name(NOW, tmp_path / "nothing") == "UTC+08:00"
    plain = tmp_path / "localtime"
    plain.write_bytes(b"TZif")
    assert zone_name(datetime(2026, 11, 23, tzinfo=UTC), plain) == "UTC"


def test_every_clock_names_its_zone() -> None:
    assert SteppingClock(NOW).zone() == ContinuedClock(NOW).zone() == "UTC+08:00"
    assert SystemClock().zone()
