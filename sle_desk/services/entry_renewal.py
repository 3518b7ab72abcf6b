"""What rests on a form or an entry, compared again once it is saved, corrected or void."""

from __future__ import annotations

from sle_desk.domain.infusion_course import forms_of_infusions
from sle_desk.domain.medication import FORM as MEDICATION
from sle_desk.models.visit import FormRecord
from sle_desk.services.after_end import ENDINGS, renew_after_end
from sle_desk.services.consent_order import renew_consent_findings, renew_entry
from sle_desk.services.course_doubts import settle_courses
from sle_desk.services.desk import Change
from sle_desk.services.event_reports import renew_late_reports
from sle_desk.services.hold_facts import hinting_forms
from sle_desk.services.judged_again import judge_holds_again, judge_weights_again
from sle_desk.services.medication_findings import renew_medication_findings
from sle_desk.services.sponsor_told import settle_softened
from sle_desk.services.withdrawals import WITHDRAWAL


def renew_beside(change: Change, record: FormRecord) -> None:
    """Compare again what an entry says beside the others of its subject, in a change in hand."""
    if record.visit_id is not None:
        judge_weights_again(change, record.subject_id, record.on_day)
    _renew_holds(change, record)
    if record.form == MEDICATION:
        renew_medication_findings(change, record.subject_id)
        settle_courses(change, record.subject_id)
    if record.form == WITHDRAWAL:
        # Samples may have been drawn since the day it counts from.
        renew_consent_findings(change, record.subject_id)
    renew_entry(change, record)
    if record.form in ENDINGS:
        renew_after_end(change, record.subject_id)
    renew_late_reports(change, record)
    settle_softened(change, record)


def _renew_holds(change: Change, record: FormRecord) -> None:
    """Compare the doses again that a form may hint at holding; an event does it with all it can end."""
    if record.form in forms_of_infusions(change.protocol):
        # What was measured around an infusion counts from its own day, whenever it was written down.
        judge_holds_again(change, record.subject_id)
    elif record.form in hinting_forms(change.protocol):
        judge_holds_again(change, record.subject_id, record.on_day)
