"""The ethics register: recorded, put right, pointed at by consent versions and decisions, told on Today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from people_invented import someone
from sqlalchemy import select
from study_fixtures import PASSWORD, Study
from trial_fixtures import new_decision

from sle_desk.base.errors import NotAllowed, RuleBroken, Stale
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.models.protocol import ProtocolDecision
from sle_desk.services import (
    consent_records,
    consent_versions,
    decisions,
    deviations,
    ethics,
    overview,
    subjects,
)
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import LATE, NOW
from sle_desk.services.ethics import ApprovalRow, NewApproval
from sle_desk.services.subjects import NewConsent

NEW = NewApproval(
    kind="consent",
    number="2026PHB-099",
    committee="Peking People's Hospital IRB",
    approved_on=date(2026, 10, 1),
    document="Approval letter of 2026-10-01",
    valid_until=date(2027, 9, 30),
    covers_consents="v3.0",
)
VERSION = NewVersion("v3.0", date(2026, 9, 1), date(2026, 9, 2), "typed otherwise")


def only(desk: Desk) -> ApprovalRow:
    """Return the one line of the register."""
    (row,) = ethics.approvals(desk)
    return row


def told(desk: Desk) -> list[tuple[str, str]]:
    """Return what Today tells of approvals: the group and the status."""
    return [
        (row.group, row.status)
        for group in overview.today(desk).groups
        for row in group.rows
        if row.action == "open_ethics"
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": " "}, "ethics.blank"),
        ({"committee": ""}, "ethics.blank"),
        ({"document": ""}, "ethics.blank"),
        ({"kind": "else"}, "ethics.kind"),
        ({"approved_on": date(2027, 1, 1), "valid_until": None}, "day.future"),
        ({"approved_on": date(206, 10, 1)}, "day.too_early"),
        ({"valid_until": date(2026, 9, 30)}, "ethics.ends_before"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    desk: Desk, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(RuleBroken, match=code):
        ethics.record_approval(desk, replace(NEW, **changes))  # type: ignore[arg-type]
    assert ethics.approvals(desk) == ()
    ethics.record_approval(desk, NEW)
    with pytest.raises(RuleBroken, match="ethics.twice"):
        ethics.record_approval(desk, NEW)
    with pytest.raises(RuleBroken, match=code):
        ethics.correct_approval(desk, 1, 1, replace(NEW, **changes), "slip")  # type: ignore[arg-type]


def test_a_line_is_put_right_and_marked_in_error_with_its_reason(desk: Desk) -> None:
    ethics.record_approval(desk, NEW)
    row = only(desk)
    with pytest.raises(RuleBroken, match="change.reason_needed"):
        ethics.correct_approval(desk, row.id, row.version, replace(NEW, committee="IRB"), "")
    with pytest.raises(RuleBroken, match="correction.same"):
        ethics.correct_approval(desk, row.id, row.version, NEW, "slip")
    ethics.correct_approval(desk, row.id, row.version, replace(NEW, committee="IRB"), "slip", "the stamp")
    assert only(desk).approval.committee == "IRB"
    with pytest.raises(Stale):
        ethics.void_approval(desk, row.id, row.version, "slip")
    ethics.void_approval(desk, row.id, only(desk).version, "slip")
    assert only(desk).state == "void" and only(desk).void_reason == "slip"
    ethics.record_approval(desk, NEW)
    with desk.view() as session:
        acts = session.execute(
            select(Audit.action, Audit.reason).where(Audit.table_name == "ethics_approval")
        )
        assert [tuple(act) for act in acts] == [
            ("ethics.record", ""),
            ("ethics.correct", "slip: the stamp"),
            ("ethics.correct", "slip"),
            ("ethics.record", ""),
        ]


def test_a_consent_version_takes_number_and_day_from_the_register_and_follows_it(desk: Desk) -> None:
    approval = ethics.record_approval(desk, NEW)
    consent_versions.record_version(desk, replace(VERSION, approval_id=approval))

    def version() -> tuple[str, date, int | None]:
        row = next(each for each in consent_versions.consent_version_rows(desk) if each.code == "v3.0")
        return row.approval_number, row.approved_on, row.approval_id

    assert version() == ("2026PHB-099", date(2026, 10, 1), approval)
    assert only(desk).consents == ("v3.0",)
    ethics.correct_approval(desk, approval, 1, replace(NEW, number="2026PHB-100"), "slip")
    assert version() == ("2026PHB-100", date(2026, 10, 1), approval)
    with pytest.raises(RuleBroken, match="ethics.not_of_version"):
        right = replace(NEW, number="2026PHB-100", approved_on=date(2026, 8, 31))
        ethics.correct_approval(desk, approval, 2, right, "slip")
    with pytest.raises(RuleBroken, match="ethics.still_pointed_at"):
        ethics.void_approval(desk, approval, only(desk).version, "slip")
    with pytest.raises(RuleBroken, match="ethics.no_such_approval"):
        consent_versions.record_version(desk, replace(VERSION, code="v4.0", approval_id=99))


def test_a_consent_signed_after_its_approval_ended_is_told_until_a_review_goes_on(desk: Desk) -> None:
    first = replace(NEW, valid_until=date(2026, 11, 10))
    approval = ethics.record_approval(desk, first)
    consent_versions.record_version(desk, replace(VERSION, approval_id=approval))
    subject = subjects.register_subject(desk, someone()).id
    signed = NewConsent(subject, "v3.0", date(2026, 11, 20), "08:00", "Zhao Jing", "Y")
    consent_records.record_consent(desk, signed)

    def said() -> list[str]:
        return [row.code for row in deviations.deviations(desk, subject, progress="proposed")]

    assert said() == ["consent.approval_over"]
    review = NewApproval("continuing", "2026PHB-140", "IRB", date(2026, 11, 8), "Letter", date(2027, 11, 7))
    line = ethics.record_approval(desk, review)
    assert said() == []
    row = next(each for each in ethics.approvals(desk) if each.id == line)
    ethics.void_approval(desk, line, row.version, "slip")
    assert said() == ["consent.approval_over"]


def test_a_decision_points_at_a_line_and_keeps_what_was_signed(study: Study) -> None:
    pi = study.sit("wu.min", roles.PI)
    approval = ethics.record_approval(pi, replace(NEW, kind="amendment"))
    new = replace(new_decision(pi, "rescreening.times", "value"), basis="amendment", approval_id=approval)
    decisions.sign_decision(pi, study.folder, new, decisions.signing_for(decisions.SIGN, "en", PASSWORD))
    ethics.correct_approval(pi, approval, 1, replace(NEW, kind="amendment", number="2026PHB-100"), "slip")
    with pi.view() as session:
        row = session.scalars(select(ProtocolDecision)).one()
        assert (row.approval_id, row.approval_number) == (approval, "2026PHB-099")
        assert row.approved_on == date(2026, 10, 1)


def test_an_end_is_told_on_today_ahead_and_after_to_pi_and_coordinator_alone(study: Study) -> None:
    desk = study.sit("chen.lan", roles.COORDINATOR)
    end = desk.today() + timedelta(days=60)
    ethics.record_approval(desk, replace(NEW, valid_until=end + timedelta(days=1)))
    assert told(desk) == []
    ethics.correct_approval(desk, 1, 1, replace(NEW, valid_until=end), "slip")
    assert told(desk) == [(NOW, "approval_ends")]
    assert told(study.sit("wu.min", roles.PI)) == [(NOW, "approval_ends")]
    assert told(study.sit("lin.yue", roles.NURSE)) == []
    desk = study.sit("chen.lan", roles.COORDINATOR)
    ethics.correct_approval(desk, 1, 2, replace(NEW, valid_until=desk.today() - timedelta(days=1)), "slip")
    assert told(desk) == [(LATE, "approval_over")]
    ethics.void_approval(desk, 1, 3, "slip")
    assert told(desk) == []


def test_others_record_none(study: Study) -> None:
    nurse = study.sit("lin.yue", roles.NURSE)
    with pytest.raises(NotAllowed):
        ethics.record_approval(nurse, NEW)
