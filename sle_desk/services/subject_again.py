"""Everything of a subject judged again, once something that all rests on was corrected."""

from __future__ import annotations

from sle_desk.services.consent_order import renew_consent_findings
from sle_desk.services.desk import Change
from sle_desk.services.eligibility import void_if_changed
from sle_desk.services.judged_again import judge_doses_again, judge_results_again


def judge_again(change: Change, subject_id: int, reason: str) -> int:
    """Judge everything of a subject again; return how many laboratory results read otherwise now."""
    changed = judge_results_again(change, subject_id, reason)
    renew_consent_findings(change, subject_id)
    judge_doses_again(change, subject_id)
    void_if_changed(change, subject_id)
    return changed
