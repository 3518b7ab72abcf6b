"""A newer version of the consent form that older subjects sign too: due, late, settled, told why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from ended_subjects import SCOPES, given
from logged import enter
from people_invented import someone
from study_fixtures import Study

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.services import (
    consent_records,
    consent_versions,
    deviations,
    dispositions,
    overview,
    reconsent_records,
    subject_view,
    subjects,
    visits,
)
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.reconsent_records import NotSigned
from sle_desk.services.record_corrections import Why
from sle_desk.services.subjects import NewConsent

BY = date(2026, 12, 1)
NEXT = NewVersion("v3.0", date(2026, 9, 1), date(2026, 11, 1), "2026PHB-099", reconsent="Y", reconsent_by=BY)


@pytest.fixture
def subject(desk: Desk) -> int:
    """Somebody who signed the version before."""
    number = subjects.register_subject(desk, someone()).id
    consent_records.record_consent(desk, signed(number, "v2.1", date(2026, 10, 20)))
    return number


def signed(subject: int, version: str, day: date) -> NewConsent:
    """Return a consent of a day."""
    return NewConsent(subject, version, day, "07:30", "Zhao Jing", "Y")


def due(desk: Desk, subject: int) -> list[tuple[str, int | None]]:
    """Return how re-consenting stands on Today; the page of the subject tells the same."""
    rows = [row for group in overview.today(desk).groups for row in group.rows if row.who is not None]
    found = [(row.status, row.days_late) for row in rows if row.items[0].code == "reconsent"]
    own = subject_view.subject_view(desk, subject).due
    assert [(row.status, row.days_late) for row in own if row.items[0].code == "reconsent"] == found
    return found


def told(desk: Desk, subject: int) -> list[str]:
    """Return what is proposed about a subject."""
    return [row.code for row in deviations.deviations(desk, subject, progress="proposed")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reconsent_by": None}, "consent_version.reconsent_by"),
        ({"reconsent": "N"}, "consent_version.reconsent_by"),
        ({"reconsent": "maybe"}, "consent_version.reconsent"),
        ({"reconsent_by": date(2026, 10, 31)}, "consent_version.reconsent_before"),
    ],
)
def test_whether_and_by_when_belong_together(desk: Desk, changes: dict[str, object], code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        consent_versions.record_version(desk, replace(NEXT, **changes))  # type: ignore[arg-type]


def test_it_is_due_until_it_is_signed(study: Study, desk: Desk, subject: int) -> None:
    assert due(desk, subject) == []
    consent_versions.record_version(desk, NEXT)
    assert due(desk, subject) == [("reconsent", None)] and told(desk, subject) == []
    consent_records.record_consent(desk, signed(subject, "v3.0", desk.today()))
    assert due(desk, subject) == [] and told(desk, subject) == []


def test_a_version_that_does_not_ask_it_makes_nothing_due(desk: Desk, subject: int) -> None:
    consent_versions.record_version(desk, replace(NEXT, reconsent="N", reconsent_by=None))
    assert due(desk, subject) == []
    row = consent_versions.consent_version_rows(desk)[0]
    consent_versions.correct_version(desk, row.id, row.version, NEXT, "slip")
    assert due(desk, subject) == [("reconsent", None)]


def test_after_the_last_day_a_visit_proposes_it_and_signing_then_is_told_as_late(
    study: Study, desk: Desk, subject: int
) -> None:
    consent_versions.record_version(desk, NEXT)
    study.clock.advance(timedelta(days=10))
    study.believe()
    assert due(desk, subject) == [("reconsent_late", 2)]
    visits.record_visit(desk, subject, "V0", desk.today())
    assert told(desk, subject) == ["consent.reconsent_overdue"]
    consent_records.record_consent(desk, signed(subject, "v3.0", desk.today()))
    assert told(desk, subject) == ["consent.reconsent_late"] and due(desk, subject) == []
    consent = subjects.consents(desk, subject)[-1]
    right = signed(subject, "v3.0", BY)
    from sle_desk.services import record_corrections

    record_corrections.correct_consent(desk, Why(consent.id, consent.version, "slip"), right)
    assert told(desk, subject) == []


def test_after_the_last_day_whoever_opens_the_study_finds_it_proposed_once(
    study: Study, desk: Desk, subject: int
) -> None:
    consent_versions.record_version(desk, NEXT)
    study.clock.advance(timedelta(days=8))
    study.believe()
    desk = study.sit("lin.yue", roles.NURSE)
    assert desk.today() == BY and told(desk, subject) == []
    study.clock.advance(timedelta(days=1))
    study.believe()
    for login, role in (("lin.yue", roles.NURSE), ("chen.lan", roles.COORDINATOR)):
        desk = study.sit(login, role)
        assert told(desk, subject) == ["consent.reconsent_overdue"]
    consent_records.record_consent(desk, signed(subject, "v3.0", desk.today()))
    assert told(desk, subject) == ["consent.reconsent_late"]


def test_why_not_is_told_put_right_and_taken_back(study: Study, desk: Desk, subject: int) -> None:
    with pytest.raises(RuleBroken, match="reconsent.not_asked"):
        reconsent_records.record_not_signed(desk, subject, "v3.0", NotSigned(desk.today(), "refused"))
    consent_versions.record_version(desk, NEXT)
    for wrong, code in (
        (NotSigned(desk.today(), "other"), "change.note_needed"),
        (NotSigned(desk.today(), ""), "change.reason_needed"),
        (NotSigned(desk.today() + timedelta(days=1), "refused"), "day.future"),
        (NotSigned(date(2026, 10, 31), "refused"), "reconsent.before_use"),
    ):
        with pytest.raises(RuleBroken, match=code):
            reconsent_records.record_not_signed(desk, subject, "v3.0", wrong)
    assert reconsent_records.open_reconsent(desk, subject) == "v3.0"
    reconsent_records.record_not_signed(desk, subject, "v3.0", NotSigned(desk.today(), "refused"))
    assert due(desk, subject) == [("reconsent_refused", None)]
    with pytest.raises(RuleBroken, match="reconsent.not_asked"):
        reconsent_records.record_not_signed(desk, subject, "v3.0", NotSigned(desk.today(), "refused"))
    (row,) = reconsent_records.not_signed(desk, subject)
    right = NotSigned(desk.today(), "other", "moved abroad")
    reconsent_records.correct_not_signed(desk, Why(row.id, row.version, "slip"), right)
    (row,) = reconsent_records.not_signed(desk, subject)
    assert (row.reason, row.note) == ("other", "moved abroad")
    assert due(desk, subject) == [] and reconsent_records.open_reconsent(desk, subject) == ""
    reconsent_records.void_not_signed(desk, row.id, "slip", row.version)
    assert reconsent_records.not_signed(desk, subject) == ()
    assert due(desk, subject) == [("reconsent", None)]


@pytest.mark.parametrize("settles", ["signed", "left", "follow_up_only"])
def test_a_refusal_stands_on_today_until_it_is_settled(
    study: Study, desk: Desk, subject: int, settles: str
) -> None:
    consent_versions.record_version(desk, NEXT)
    reconsent_records.record_not_signed(desk, subject, "v3.0", NotSigned(desk.today(), "refused"))
    study.clock.advance(timedelta(days=10))
    study.believe()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert due(desk, subject) == [("reconsent_refused", None)] and told(desk, subject) == []
    if settles == "signed":
        consent_records.record_consent(desk, signed(subject, "v3.0", desk.today()))
    elif settles == "left":
        dispositions.record_disposition(desk, subject, "exit", "", desk.today(), "subject")
    else:
        assert reconsent_records.open_reconsent(desk, subject) == "v3.0"
        reconsent_records.record_not_signed(desk, subject, "v3.0", NotSigned(desk.today(), settles))
    assert due(desk, subject) == [] and told(desk, subject) == []


def test_who_left_before_the_last_day_is_late_with_nothing(study: Study, desk: Desk, subject: int) -> None:
    consent_versions.record_version(desk, NEXT)
    dispositions.record_disposition(desk, subject, "screen_failure", "", desk.today(), "criteria")
    study.clock.advance(timedelta(days=10))
    study.believe()
    assert due(desk, subject) == [] and told(desk, subject) == []


def test_a_version_recorded_after_its_last_day_tells_at_once_who_is_late(desk: Desk, subject: int) -> None:
    consent_versions.record_version(desk, replace(NEXT, reconsent_by=date(2026, 11, 15)))
    assert told(desk, subject) == ["consent.reconsent_overdue"]
    row = consent_versions.consent_version_rows(desk)[0]
    consent_versions.correct_version(desk, row.id, row.version, NEXT, "slip")
    assert told(desk, subject) == []
    assert roles.may(desk.actor.role, reconsent_records.RECORD)


def test_who_withdrew_visits_is_asked_no_more_until_they_are_taken_up_again(
    study: Study, desk: Desk, subject: int
) -> None:
    consent_versions.record_version(desk, NEXT)
    assert due(desk, subject) == [("reconsent", None)]
    enter(desk, "withdrawal", given({**SCOPES, "visits": "Y"}, day=desk.today()), subject)
    assert due(desk, subject) == []
    study.clock.set(study.clock.now() + timedelta(days=(BY - desk.today()).days + 1))
    study.believe()
    desk = study.sit("chen.lan", roles.COORDINATOR)
    assert due(desk, subject) == [] and told(desk, subject) == []
    again = replace(signed(subject, "v2.1", desk.today()), takes_up={"visits": "Y"})
    consent_records.record_consent(desk, again)
    assert due(desk, subject) == [("reconsent_late", 1)]
    assert "consent.reconsent_overdue" in told(desk, subject)
