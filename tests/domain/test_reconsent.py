"""Who is to sign a newer version of the consent form, and who is late."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sle_desk.domain.reconsent import DUE, LATE, Asked, Version, Way, asked_of, unsigned, wanted

DAY = timedelta(days=1)
OLD = Version(1, "v1", date(2026, 1, 1))
NEW = Version(2, "v2", date(2026, 6, 1), "Y", date(2026, 7, 1))
NEXT = Version(3, "v3", date(2026, 8, 1), "N")
ALL = (OLD, NEW, NEXT)
SIGNED = st.tuples(st.sampled_from(["v1", "v2", "v3"]), st.dates(date(2026, 1, 1), date(2026, 12, 1)))
OLDER = (("v1", date(2026, 2, 1)),)


def asked(
    today: date, *more: tuple[str, date], told: date | None = None, left: date | None = None
) -> Asked | None:
    """Return what somebody who signed the old version is asked."""
    return asked_of(Way((*OLDER, *more), {} if told is None else {2: told}, left), (OLD, NEW, NEXT), today)


def test_it_is_due_from_the_first_day_of_use_and_late_after_the_last_day() -> None:
    assert asked(NEW.first_day - DAY) is None
    assert asked(NEW.first_day) == Asked(NEW, DUE)
    assert NEW.by is not None
    assert asked(NEW.by) == Asked(NEW, DUE)
    assert asked(NEW.by + DAY) == Asked(NEW, LATE)


def test_signing_it_or_a_later_one_or_telling_why_not_settles_it_and_too_late_stays_late() -> None:
    today = date(2026, 9, 1)
    assert NEW.by is not None
    for version in ("v2", "v3"):
        assert asked(today, (version, NEW.by)) is None
        assert asked(today, (version, NEW.by + DAY)) == Asked(NEW, LATE, NEW.by + DAY)
    assert asked(today, told=NEW.by) is None
    assert asked(today, told=NEW.by + DAY) == Asked(NEW, LATE, NEW.by + DAY)
    assert asked(today, left=NEW.by) is None
    assert asked(today, left=NEW.first_day - DAY) is None


def test_a_refusal_in_time_is_not_late_and_stands_open_until_it_is_signed_or_the_subject_left() -> None:
    assert NEW.by is not None
    today, told = NEW.by + 30 * DAY, {2: NEW.by}
    way = Way(OLDER, told, refused=[2])
    found = asked_of(way, ALL, today)
    assert found == Asked(NEW, DUE, NEW.by, NEW.by) and found.stands_open
    assert asked_of(Way((*OLDER, ("v2", NEW.by)), told, refused=[2]), ALL, today) is None
    assert asked_of(Way(OLDER, told, today, [2]), ALL, today) is None
    assert asked_of(Way(OLDER, told), ALL, today) is None
    late = asked_of(Way(OLDER, {2: today}, refused=[2]), ALL, today)
    assert late == Asked(NEW, LATE, today, today)
    assert unsigned(way, ALL, today) == NEW == unsigned(Way(OLDER, told), ALL, today)
    signed = Way((*OLDER, ("v3", today)), told)
    assert unsigned(signed, ALL, today) is None and unsigned(signed, ALL, today - DAY) == NEW


def test_nobody_is_asked_who_signed_nothing_or_began_with_it_or_where_no_version_asks() -> None:
    today = date(2026, 9, 1)
    assert asked_of(Way((), {}), ALL, today) is None
    assert asked_of(Way((("v2", date(2026, 6, 2)),), {}), ALL, today) is None
    assert asked_of(Way(OLDER, {}), (OLD, NEXT), today) is None
    assert wanted(ALL, today) == NEW, "the newest asks nothing: what was asked before still stands"


def test_a_version_that_nobody_recorded_counts_as_an_older_one() -> None:
    assert asked_of(Way((("typed", date(2026, 8, 1)),), {}), ALL, date(2026, 9, 1)) == Asked(NEW, LATE)


@given(st.lists(SIGNED), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_whoever_is_asked_has_not_settled_it_in_time(signed: list[tuple[str, date]], today: date) -> None:
    way = Way(tuple(sorted(signed, key=lambda each: each[1])), {})
    found = asked_of(way, ALL, today)
    enough = [day for code, day in signed if code in ("v2", "v3")]
    if found is not None:
        assert signed and today >= NEW.first_day
        assert (found.settled_on is None) == (not enough)
        assert found.state == DUE or (min(enough, default=today) > NEW.by)
