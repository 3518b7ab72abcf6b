"""A study in which a name was typed where it does not belong, and how it is taken out."""

from __future__ import annotations

import pytest
from people_invented import someone
from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.services import drafts, subjects, visits
from sle_desk.services.signatures import Signing

SIGNING = Signing("redaction", "I have a text taken out that was typed by accident.", "en", PASSWORD)
TYPED = "invented aunt 钱无名"
REASON = "a name was typed into a note"


@pytest.fixture
def noted(study: Study) -> Study:
    """Return a study in which a name was typed into a note, corrected once, and kept in a draft."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone())
    visits.record_not_done(desk, subject.id, "W2", "other", f"{TYPED} said that she is ill")
    visits.record_not_done(desk, subject.id, "W4", "refused", f"{TYPED} again")
    drafts.keep_draft(desk, drafts.Place("visit"), "note", f"ask {TYPED} again")
    return study
