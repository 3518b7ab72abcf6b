"""Nobody is randomised on a consent that does not stand, nor after the approval of the protocol ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from allocated_outside import record, told
from screened_studies import kept_ready, ready, ready_trial
from study_fixtures import Study
from trial_fixtures import made_trial, open_as, trial

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.domain.evidence_values import Missing
from sle_desk.services import (
    consent_records,
    consent_versions,
    deviations,
    ethics,
    overview,
    preconditions,
    reconsent_records,
    subject_view,
)
from sle_desk.services.consent_versions import NewVersion
from sle_desk.services.desk import Desk
from sle_desk.services.due_rows import NOW
from sle_desk.services.ethics import NewApproval
from sle_desk.services.reconsent_records import NotSigned
from sle_desk.services.subjects import NewConsent

__all__ = ["kept_ready", "made_trial", "ready", "ready_trial", "trial"]
ENDED_ON = date(2026, 11, 22)
APPROVAL = NewApproval(
    "protocol", "2026PHB-001", "IRB", date(2025, 11, 1), "Protocol 1.0", valid_until=ENDED_ON
)


def gaps(desk: Desk, subject_id: int) -> dict[str, list[str]]:
    rows = preconditions.preconditions(desk, subject_id)
    return {row.code: [gap.code for gap in row.missing] for row in rows if not row.holds}


def leads_to(desk: Desk, subject_id: int) -> tuple[str, str, str]:
    """Return what Today and the page of the subject alike offer, the first gap and its place."""
    offered = (overview.today(desk).group(NOW), subject_view.subject_view(desk, subject_id).due)
    found = set()
    for rows in offered:
        (row,) = [row for row in rows if row.who and row.items[0].code.startswith("allocation")]
        gap = row.items[0].facts.get("gap")
        place = (gap.code, gap.place.kind) if isinstance(gap, Missing) else ("", "")
        found.add((row.action, *place))
    (only,) = found
    return only


def newer(desk: Desk, goes_on: bool = True, **changes: Any) -> None:
    """Record a version that is used from today and signed by everybody; the one before goes on beside it."""
    day = desk.today()
    version = NewVersion("v3", date(2026, 11, 1), date(2026, 11, 10), "A3", used_from=day, reconsent="Y",
                         reconsent_by=day)  # fmt: skip
    changed = replace(version, **changes)
    consent_versions.record_version(desk, changed, before_goes_on=goes_on)


def sign(study: Study, subject_id: int) -> Desk:
    """Record that the newer version is signed now; return the desk it was recorded at."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    new = NewConsent(subject_id, "v3", desk.today(), f"{desk.now():%H:%M}", "Zhao Jing", "Y")
    consent_records.record_consent(desk, new)
    return desk


def test_after_a_refused_version_the_arm_does_not_open_until_it_is_signed(
    ready_trial: Study, ready: int
) -> None:
    desk = ready_trial.sit("wu.min", roles.PI)
    newer(desk)
    assert gaps(desk, ready) == {}
    desk = ready_trial.sit("chen.lan", roles.COORDINATOR)
    refused = NotSigned(desk.today(), "refused")
    reconsent_records.record_not_signed(desk, ready, "v3", refused)
    assert gaps(desk, ready) == {"consent_version": ["precondition.reconsent_refused"]}
    assert leads_to(desk, ready) == ("fill_gap", "precondition.reconsent_refused", "consent")
    with pytest.raises(RuleBroken, match=r"precondition\.reconsent_refused"):
        open_as(ready_trial, "wu.min", roles.PI, ready)
    desk = sign(ready_trial, ready)
    assert gaps(desk, ready) == {}
    assert leads_to(desk, ready) == ("open_allocation", "", "")
    assert open_as(ready_trial, "wu.min", roles.PI, ready).arm


def test_an_overdue_version_stops_it_and_what_was_told_outside_is_recorded_with_its_deviation(
    ready_trial: Study, ready: int
) -> None:
    desk = ready_trial.sit("wu.min", roles.PI)
    newer(desk, used_from=None, reconsent_by=desk.today() - timedelta(days=1))
    assert gaps(desk, ready) == {"consent_version": ["precondition.reconsent_overdue"]}
    assert leads_to(desk, ready) == ("fill_gap", "precondition.reconsent_overdue", "consent")
    desk = ready_trial.sit("chen.lan", roles.COORDINATOR)
    record(ready_trial, told(desk, "BELIL2"), subject_id=ready)
    rows = deviations.deviations(ready_trial.sit("wu.min", roles.PI), ready, progress="proposed")
    assert "allocation.outside_unready" in {row.code for row in rows}


def test_a_consent_on_a_version_that_had_ended_stops_it_until_one_in_force_is_signed(
    ready_trial: Study, ready: int
) -> None:
    desk = ready_trial.sit("wu.min", roles.PI)
    newer(desk, False, used_from=date(2026, 11, 15), reconsent="N", reconsent_by=None)
    assert gaps(desk, ready) == {"consent_version": ["precondition.consent_not_in_force"]}
    assert gaps(sign(ready_trial, ready), ready) == {}


def test_after_the_approval_of_the_protocol_ended_the_arm_does_not_open_until_it_goes_on(
    ready_trial: Study, ready: int
) -> None:
    desk = ready_trial.sit("wu.min", roles.PI)
    ethics.record_approval(desk, APPROVAL)
    assert gaps(desk, ready) == {"approval": ["precondition.approval_over"]}
    assert leads_to(desk, ready) == ("fill_gap", "precondition.approval_over", "ethics")
    with pytest.raises(RuleBroken, match=r"precondition\.approval_over"):
        open_as(ready_trial, "wu.min", roles.PI, ready)
    desk = ready_trial.sit("wu.min", roles.PI)
    goes_on = replace(APPROVAL, kind="continuing", number="2026PHB-002", approved_on=desk.today(),
                      valid_until=date(2027, 11, 1))  # fmt: skip
    ethics.record_approval(desk, goes_on)
    assert gaps(desk, ready) == {}


def test_an_approval_without_an_end_or_of_something_else_stops_nothing(
    ready_trial: Study, ready: int
) -> None:
    desk = ready_trial.sit("wu.min", roles.PI)
    ethics.record_approval(desk, replace(APPROVAL, valid_until=None))
    ethics.record_approval(desk, replace(APPROVAL, kind="other", number="2026PHB-003"))
    assert gaps(desk, ready) == {}
