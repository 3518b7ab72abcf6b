"""A consent entered in error: void, and everything that rested on it judged again."""

from __future__ import annotations

from sle_desk.models.subject import Consent
from sle_desk.services.after_end import renew_after_consent
from sle_desk.services.answers import reason_text
from sle_desk.services.desk import Desk
from sle_desk.services.standing import ACTION, to_void, void_record
from sle_desk.services.subject_again import judge_again


def void_consent(desk: Desk, consent_id: int, reason: str, seen_version: int, note: str = "") -> None:
    """Mark a consent as entered in error; forms that have none before them now propose a deviation."""
    said = reason_text(reason, note)
    with desk.change(ACTION, said) as change:
        consent = to_void(change, Consent, consent_id, seen_version)
        void_record(change, consent, said)
        judge_again(change, consent.subject_id, said)
        renew_after_consent(change, consent.subject_id)
