"""What it costs to judge the doses of a subject again: what all of them rest on is read once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dose_fixtures import at, dispense, inject
from sqlalchemy import event
from study_fixtures import Study
from trial_fixtures import arms, made_arms, made_trial

from sle_desk.domain import roles
from sle_desk.services.after_end import renew_after_end
from sle_desk.services.desk import Desk

__all__ = ["arms", "made_arms", "made_trial"]

SUBJECT = 3
# Of each dose its vials, what hints at holding it, its consent and its verdict, and what is proposed of it.
OF_EACH_DOSE = 20


def asked(desk: Desk) -> int:
    """Return how many questions to the file it takes to judge the subject again."""
    told: list[str] = []

    def count(*given: Any) -> None:
        told.append(str(given[2]))

    with desk.change("value.correct", "slip") as change:
        connection = change.session.connection()
        event.listen(connection, "before_cursor_execute", count)
        renew_after_end(change, SUBJECT)
        event.remove(connection, "before_cursor_execute", count)
    return len(told)


def test_each_dose_more_asks_only_for_what_is_its_own(arms: Study) -> None:
    desk = arms.sit("chen.lan", roles.COORDINATOR)
    dispense(desk, SUBJECT)
    inject(desk, SUBJECT)
    one = asked(desk)
    for _ in range(4):
        at(arms, desk.today() + timedelta(days=2))
        inject(desk, SUBJECT)
    assert one < asked(desk) <= one + 4 * OF_EACH_DOSE
