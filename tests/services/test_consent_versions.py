"""Versions of the consent form: ended by the next, put right with a reason, consents compared again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from people_invented import someone
from sqlalchemy import select
from study_fixtures import Study

from sle_desk.base.errors import RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import consent_records, consent_versions, deviations, subjects
from sle_desk.services.consent_versions import ConsentVersionRow, NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.subjects import NewConsent

FIRST = NewVersion("v2.1", date(2026, 3, 12), date(2026, 3, 28), "2026PHB-041")
NEXT = NewVersion("v3.0", date(2026, 9, 1), date(2026, 10, 1), "2026PHB-099")


def signed(desk: Desk, day: date, version: str = "v2.1") -> int:
    """Record a consent of a new subject on a version; return the subject."""
    number = len(subjects.subjects(desk))
    new = someone(identity_number="", initials=f"S{number}")
    subject = subjects.register_subject(desk, new).id
    consent_records.record_consent(desk, NewConsent(subject, version, day, "07:30", "Zhao Jing", "Y"))
    return subject


def told(desk: Desk, subject: int) -> list[str]:
    """Return what is proposed about a subject."""
    return [row.code for row in deviations.deviations(desk, subject, progress="proposed")]


def row(desk: Desk, code: str) -> ConsentVersionRow:
    """Return a version as it is shown."""
    return next(each for each in consent_versions.consent_version_rows(desk) if each.code == code)


def test_an_approved_newer_version_ends_the_one_before_and_an_old_one_used_is_told(desk: Desk) -> None:
    before = signed(desk, date(2026, 9, 30))
    since = signed(desk, date(2026, 10, 1))
    assert told(desk, since) == []
    consent_versions.record_version(desk, NEXT)
    assert (row(desk, "v2.1").valid_until, row(desk, "v3.0").valid_until) == (date(2026, 9, 30), None)
    assert told(desk, before) == [] and told(desk, since) == ["consent.version_expired"]
    later = signed(desk, desk.today())
    assert told(desk, later) == ["consent.version_expired"]
    assert told(desk, signed(desk, desk.today(), "v3.0")) == []


def test_it_ends_with_the_first_day_of_use_and_not_with_the_approval(desk: Desk) -> None:
    between = signed(desk, date(2026, 10, 20))
    consent_versions.record_version(desk, replace(NEXT, used_from=date(2026, 11, 1)))
    assert row(desk, "v2.1").valid_until == date(2026, 10, 31) and told(desk, between) == []


def test_a_consent_signed_before_the_first_day_of_its_version_is_told(desk: Desk) -> None:
    consent_versions.record_version(desk, replace(NEXT, used_from=date(2026, 11, 1)))
    assert told(desk, signed(desk, date(2026, 10, 31), "v3.0")) == ["consent.version_not_in_use"]
    assert told(desk, signed(desk, date(2026, 11, 1), "v3.0")) == []
    assert told(desk, signed(desk, date(2026, 9, 30), "v3.0")) == ["consent.version_not_approved"]


def test_it_goes_on_where_that_is_said(desk: Desk) -> None:
    consent_versions.record_version(desk, NEXT, before_goes_on=True)
    assert row(desk, "v2.1").valid_until is None
    assert told(desk, signed(desk, desk.today())) == []


def test_a_version_entered_late_ends_where_the_next_begins(desk: Desk) -> None:
    consent_versions.record_version(
        desk, NewVersion("v2.0", date(2026, 1, 5), date(2026, 2, 1), "2026PHB-007")
    )
    assert (row(desk, "v2.0").valid_until, row(desk, "v2.1").valid_until) == (date(2026, 3, 27), None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"approved_on": date(2027, 10, 1)}, "consent_version.future"),
        ({"approved_on": date(2026, 8, 31)}, "consent_version.order"),
        ({"used_from": date(2026, 9, 30)}, "consent_version.used_before"),
        ({"valid_until": date(2026, 9, 30)}, "consent_version.ends_before"),
        ({"approval": " "}, "consent_version.blank"),
        ({"version_day": date(206, 9, 1)}, "day.too_early"),
        ({"approval": "\ud800"}, "text.control"),
        ({"code": "v2.1"}, "consent_version.twice"),
    ],
)
def test_what_cannot_be_is_refused(desk: Desk, changes: dict[str, object], code: str) -> None:
    new = replace(NEXT, **changes)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match=code):
        consent_versions.record_version(desk, new)
    consent_versions.record_version(desk, NEXT)
    kept = row(desk, "v3.0")
    with pytest.raises(RuleBroken, match=code):
        consent_versions.correct_version(desk, kept.id, kept.version, new, "slip")


def test_a_slip_is_put_right_with_its_reason_and_consents_follow(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = signed(desk, date(2026, 9, 20))
    kept = row(desk, "v2.1")
    right = replace(FIRST, code="v2.2", approved_on=date(2026, 9, 28))
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        consent_versions.correct_version(desk, kept.id, kept.version, right, "")
    consent_versions.correct_version(desk, kept.id, kept.version, right, "slip", "read from the stamp")
    assert [each.consent_version for each in subjects.consents(desk, subject)] == ["v2.2"]
    assert told(desk, subject) == ["consent.version_not_approved"]
    with desk.view() as session:
        acts = select(Audit.reason).where(Audit.action == "consent_version.correct")
        assert set(session.scalars(acts)) == {"slip: read from the stamp"}
    with pytest.raises(Stale):
        consent_versions.correct_version(desk, kept.id, kept.version, FIRST, "slip")
    now = row(desk, "v2.2")
    consent_versions.correct_version(desk, now.id, now.version, FIRST, "slip")
    assert told(desk, subject) == []


def test_the_end_of_the_version_before_moves_with_the_first_day_of_this_one(desk: Desk) -> None:
    consent_versions.record_version(desk, replace(NEXT, approved_on=date(2026, 9, 2)))
    subject = signed(desk, date(2026, 9, 20))
    assert told(desk, subject) == ["consent.version_expired"]
    kept = row(desk, "v3.0")
    consent_versions.correct_version(desk, kept.id, kept.version, NEXT, "slip")
    assert row(desk, "v2.1").valid_until == date(2026, 9, 30) and told(desk, subject) == []


def test_nothing_changed_is_no_correction(desk: Desk) -> None:
    kept = row(desk, "v2.1")
    with pytest.raises(RuleBroken, match="correction.same"):
        consent_versions.correct_version(desk, kept.id, kept.version, FIRST, "slip")
