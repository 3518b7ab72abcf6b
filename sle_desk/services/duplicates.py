"""Who may be registered already: refused until a reason is given; one identity number is a deviation too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from sle_desk.base.errors import RuleBroken
from sle_desk.domain.dosing import MAJOR
from sle_desk.models.safety import Deviation
from sle_desk.models.subject import Subject
from sle_desk.services.desk import Change

SAME_NUMBER = "subject.same_number"
# Noted where a correction makes two people look alike, and somebody says that they are two.
OTHER_PERSON = "subject.other_person"


@dataclass(frozen=True)
class Duplicate:
    """A subject who may be the same person, and why; `one_paper` tells that the identity number is one."""

    code: str
    same: tuple[str, ...]
    one_paper: bool = False


def refuse_duplicates(doubles: Sequence[Duplicate]) -> None:
    """Refuse somebody who may be registered already; one identity number says more than looking alike."""
    numbered = [double.code for double in doubles if double.one_paper]
    if numbered:
        raise RuleBroken("subject.duplicate_number", codes=", ".join(numbered))
    if doubles:
        raise RuleBroken("subject.duplicate", codes=", ".join(double.code for double in doubles))


def propose_same_number(change: Change, subject: Subject, doubles: Sequence[Duplicate]) -> None:
    """Propose that a subject has the number of another: a reason given does not make two people of one."""
    told = select(Deviation.facts).where(
        Deviation.subject_id == subject.id, Deviation.code == SAME_NUMBER, Deviation.progress != "void"
    )
    known = [json.loads(facts) for facts in change.session.scalars(told)]
    for double in doubles:
        if double.one_paper:
            facts = {"subject": subject.code, "other": double.code}
            # One that was settled, on whatever day it was proposed, is not proposed beside that.
            if facts not in known:
                day, same = change.at.date(), tuple(facts)
                change.propose_once(subject.id, SAME_NUMBER, MAJOR, day, same=same, **facts)


def note_other_person(change: Change, subject: Subject, doubles: Sequence[Duplicate]) -> None:
    """Note that a subject was said to be another person than those who look the same by a correction."""
    for double in doubles:
        change.event(OTHER_PERSON, {"subject": subject.code, "other": double.code})
