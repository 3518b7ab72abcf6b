"""A deviation that was settled on paper: typed with whose ink it is, as every act of who judges."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from people_invented import someone
from study_fixtures import Study

from sle_desk.base.errors import NotAllowed, RuleBroken
from sle_desk.domain import roles
from sle_desk.services import deviation_records, deviations, subjects
from sle_desk.services.desk import Desk
from sle_desk.services.deviations import DeviationRow, Judged
from sle_desk.services.signatures import Ink

DAY = date(2026, 11, 23)
PAPER = Ink("Zhao Jing", DAY, "Deviation log, page 4")
MINOR = Judged("minor")


def seen(study: Study, login: str = "chen.lan", role: str = roles.COORDINATOR) -> tuple[Desk, DeviationRow]:
    """Return the desk and a deviation that somebody saw."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    subject = subjects.register_subject(desk, someone()).id
    row = deviation_records.record(desk, subject, "The visit was late.", DAY)
    return study.sit(login, role), row


def test_who_types_settles_nothing_but_what_stands_on_paper(study: Study) -> None:
    desk, row = seen(study)
    with pytest.raises(NotAllowed):
        deviations.accept(desk, row.id, row.version, MINOR)
    now = deviations.accept(desk, row.id, row.version, MINOR, PAPER)
    assert (now.progress, now.ink, now.settled_by) == ("accepted", PAPER, "Chen Lan")
    now = deviations.reopen(desk, now.id, now.version, "slip", "read wrong", Ink("Wu Min", DAY, "page 5"))
    assert (now.progress, now.ink) == ("proposed", Ink("Wu Min", DAY, "page 5"))
    now = deviations.explain(desk, now.id, now.version, "A holiday of the site.", PAPER)
    assert (now.progress, now.explanation, now.ink) == ("explained", "A holiday of the site.", PAPER)


def test_the_ink_is_compared_with_the_delegation_log(study: Study) -> None:
    desk, row = seen(study)
    deviations.accept(desk, row.id, row.version, MINOR, Ink("Li Wei", DAY, "page 4"))
    assert "signer.unknown" in {each.code for each in deviations.deviations(desk, progress="proposed")}


def test_no_paper_is_older_than_what_it_settles_or_without_a_place(study: Study) -> None:
    desk, row = seen(study)
    for ink, code in (
        (Ink("Zhao Jing", DAY - timedelta(days=1), "page 4"), "deviation.ink_before"),
        (Ink("Zhao Jing", DAY + timedelta(days=1), "page 4"), "day.future"),
        (Ink("Zhao Jing", DAY, " "), "ink.incomplete"),
    ):
        with pytest.raises(RuleBroken, match=code):
            deviations.accept(desk, row.id, row.version, MINOR, ink)
    (kept,) = deviations.deviations(desk)
    assert (kept.progress, kept.ink) == ("proposed", None)


def test_who_judges_settles_at_the_desk_without_ink(study: Study) -> None:
    desk, row = seen(study, "zhao.jing", roles.INVESTIGATOR)
    assert deviations.accept(desk, row.id, row.version, MINOR).ink is None
