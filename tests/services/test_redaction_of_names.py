"""A name that was registered wrongly goes from the audit; one in force stays, and its holder is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from noted_fixtures import REASON, SIGNING, noted
from outputs import clear_pages
from people_invented import someone
from sqlalchemy import select
from study_fixtures import Study, clock, made_study, study

from sle_desk.base.errors import RuleBroken
from sle_desk.domain import roles
from sle_desk.models.audit import Audit
from sle_desk.services import redaction, studies, subjects, visits
from sle_desk.services.desk import Desk
from sle_desk.services.registration_corrections import RegistrationCorrection, correct_registration

__all__ = ["clock", "made_study", "noted", "study"]
WRONG, WRONG_NUMBER = "李无此人", "A9988776655"


def put_right(desk: Desk, **right: str) -> None:
    version = subjects.subjects(desk)[-1].version
    correct_registration(desk, RegistrationCorrection(1, version, someone(**right), "slip"))


@pytest.fixture
def corrected(study: Study) -> Study:
    """Return a study whose subject was registered as another person, and put right in two steps."""
    desk = study.sit("chen.lan", roles.COORDINATOR)
    wrong = replace(someone(), name=WRONG, identity_kind="passport", identity_number=WRONG_NUMBER)
    subjects.register_subject(desk, wrong)
    put_right(desk, name=WRONG, phone="010-5550100")
    put_right(desk)
    return study


def whole(where: Study) -> bool:
    assert where.unlocked is not None
    return studies.opening_checks(where.unlocked, lambda step, share: None).holds


def payloads(desk: Desk) -> list[str]:
    with desk.view() as session:
        asked = select(Audit.payload).where(Audit.table_name == "identity").order_by(Audit.number)
        return [each or "" for each in session.scalars(asked)]


@pytest.mark.parametrize("text", [WRONG, "李 无此人", WRONG_NUMBER.lower(), "010-5550100"])
def test_what_a_registration_said_before_it_was_put_right_goes_and_the_chain_stands(
    corrected: Study, text: str
) -> None:
    desk = corrected.sit("wu.min", roles.PI)
    known, found = subjects.identity_of(desk, 1), redaction.held(desk, text)
    assert (found.places, found.audit_rows, found.in_force) == ((), 2, ())
    redaction.redact(desk, corrected.folder, text, REASON, SIGNING)
    assert redaction.held(desk, text).is_empty
    assert subjects.identity_of(desk, 1) == known == someone()
    key = desk.database.data_key
    corrected.leave()
    kept = clear_pages(corrected.folder.study, key)
    stood = {"李 无此人": WRONG, WRONG_NUMBER.lower(): WRONG_NUMBER}.get(text, text)
    assert stood.encode() not in kept and someone().name.encode() in kept
    corrected.sit("chen.lan", roles.COORDINATOR)
    assert whole(corrected)


def test_a_name_in_force_is_refused_with_whose_it_is(corrected: Study) -> None:
    desk = corrected.sit("wu.min", roles.PI)
    before, head = payloads(desk), desk.head()
    for text, whose in ((someone().name, "SLE-001"), (someone().name[1:], "SLE-001"), ("wu min", "wu.min")):
        with pytest.raises(RuleBroken, match=r"redaction\.in_force") as refused:
            redaction.redact(desk, corrected.folder, text, REASON, SIGNING)
        assert refused.value.facts == {"whose": whose}
    assert (payloads(desk), desk.head()) == (before, head)


def test_a_name_that_another_subject_has_now_stays_in_the_audit_of_both(corrected: Study) -> None:
    desk = corrected.sit("chen.lan", roles.COORDINATOR)
    second = replace(someone(initials="LW", identity_number=""), name=f"{WRONG} Li")
    subjects.register_subject(desk, second)
    desk = corrected.sit("wu.min", roles.PI)
    before = payloads(desk)
    with pytest.raises(RuleBroken, match=r"redaction\.in_force") as refused:
        redaction.redact(desk, corrected.folder, WRONG, REASON, SIGNING)
    assert refused.value.facts == {"whose": "SLE-002"} and payloads(desk) == before


def test_a_note_loses_a_name_in_force_and_the_registration_keeps_it(noted: Study) -> None:
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    visits.record_not_done(desk, 1, "W8", "other", f"{someone().name} is ill")
    desk = noted.sit("wu.min", roles.PI)
    before = payloads(desk)
    found = redaction.redact(desk, noted.folder, someone().name, REASON, SIGNING)
    assert len(found.places) == 1 and found.in_force == ("SLE-001",)
    assert payloads(desk) == before and subjects.identity_of(desk, 1).name == someone().name
    assert whole(noted)


def test_a_name_between_two_that_are_the_same_goes_and_the_registration_is_corrected_again(
    corrected: Study,
) -> None:
    desk = corrected.sit("chen.lan", roles.COORDINATOR)
    put_right(desk, name="Wang Nobody")
    put_right(desk)
    desk = corrected.sit("wu.min", roles.PI)
    assert redaction.redact(desk, corrected.folder, "wang nobody", REASON, SIGNING).audit_rows == 2
    assert not any("Wang Nobody" in each for each in payloads(desk)) and whole(corrected)
    put_right(corrected.sit("chen.lan", roles.COORDINATOR), name="Zhao Nobody")
    assert whole(corrected)


def say(desk: Desk, times: int, said: str) -> None:
    for number in range(times):
        with desk.change("visit.record") as change:
            change.propose(1, "x", "minor", desk.today()).explanation = said.format(number)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("Aunt  Sun", "aunt sun"),
        ("孙 某人", "孙某人"),
        ("no. {}: the aunt of Sun came too", "the aunt of Sun came too"),
        ("第{}次：姑姑孙某人也来了", "姑姑孙某人也来了"),
    ],
)
def test_a_slip_made_more_than_twenty_times_goes_once_it_was_counted(
    noted: Study, said: str, text: str
) -> None:
    say(noted.sit("chen.lan", roles.COORDINATOR), redaction.MOST + 2, said)
    desk = noted.sit("wu.min", roles.PI)
    found, head = redaction.held(desk, text), desk.head()
    assert len(found.seen) == redaction.MOST + 2
    for counted in (None, redaction.MOST):
        with pytest.raises(RuleBroken, match=r"redaction\.count"):
            redaction.redact(desk, noted.folder, text, REASON, SIGNING, counted)
    assert desk.head() == head
    redaction.redact(desk, noted.folder, text, REASON, SIGNING, len(found.seen))
    assert redaction.held(desk, text).is_empty and whole(noted)


@pytest.mark.parametrize(("times", "text"), [(21, "weekly visit"), (21, "the aunt of Sun came to"), (20, "")])
def test_a_short_part_of_many_values_is_no_slip(noted: Study, times: int, text: str) -> None:
    """Where it is all that was typed it does not count: 20 as a part and 21 whole are taken out."""
    desk = noted.sit("chen.lan", roles.COORDINATOR)
    say(desk, times, f"{text or 'weekly visit'} missed")
    say(desk, redaction.MOST + 1, text or "weekly visit")
    desk = noted.sit("wu.min", roles.PI)
    if not text:
        assert len(redaction.held(desk, "weekly visit").seen) == 41
        return
    with pytest.raises(RuleBroken, match=r"redaction\.common") as refused:
        redaction.held(desk, text)
    assert refused.value.facts["found"] == times
