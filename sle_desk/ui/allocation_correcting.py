"""What was told of an arm outside, and why an allocation was in error, put right on the page of a subject."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sle_desk.services import allocation, allocation_corrections, allocation_errors
from sle_desk.services.allocation import AllocationRow
from sle_desk.services.allocation_corrections import OutsideFacts
from sle_desk.services.allocation_marks import InError, Outside
from sle_desk.services.allocations_outside import WAYS
from sle_desk.services.record_corrections import Why
from sle_desk.services.signatures import Signing
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.allocation_error import ERROR_FORM
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.dialogs.correct_record import Correctable, Right, ToSign
from sle_desk.ui.dialogs.sign import Asked
from sle_desk.ui.pages.side_form import text_of
from sle_desk.ui.state import State
from sle_desk.ui.told_outside import facts_form, told_of
from sle_desk.ui.wording import arm_words

Offer = tuple[str, Callable[[], Correctable]]


def allocation_offers(state: State, subject: SubjectRow) -> list[Offer]:
    """Return what this person may put right of an allocation, each with its words."""
    row, language = allocation.allocation_of(state.desk, subject.id), state.language
    offers: list[Offer] = []
    if row is None:
        return offers
    if row.outside is not None and subject.state != "void" and state.may(allocation_corrections.OUTSIDE):
        words = language.text("Allocation told outside of {day}", day=row.outside.told_at.date().isoformat())
        offers.append((words, partial(outside_record, state, subject, row, row.outside)))
    if row.error is not None and state.may(allocation_corrections.IN_ERROR):
        words = language.text("Allocation marked as made in error")
        offers.append((words, partial(error_record, state, subject, row, row.error)))
    return offers


def outside_record(state: State, subject: SubjectRow, row: AllocationRow, outside: Outside) -> Correctable:
    """Return what was told of an arm outside: how, by whom, when and why; never the arm."""
    desk, language = state.desk, state.language

    def save(right: Right) -> None:
        allocation_corrections.check_outside(desk, _why(outside, right), _facts(right, outside))

    def to_sign(right: Right) -> ToSign:
        facts, said = _facts(right, outside), allocation_corrections.signing_for(language.code, "")
        arm = arm_words(desk.protocol, row.arm, language)[1]
        asked = Asked(
            language.text("{code}: told outside, {arm}", code=subject.code, arm=arm),
            _told_words(state, facts),
            said.meaning,
            said.statement,
        )

        def act(signing: Signing) -> None:
            assert state.unlocked is not None
            folder, why = state.unlocked.folder, _why(outside, right)
            allocation_corrections.correct_outside(desk, folder, why, facts, signing)

        return ToSign(asked, act)

    day = outside.told_at.date().isoformat()
    return Correctable(
        title=title_of(state, subject.code, language.text("the allocation told outside of {day}", day=day)),
        about=language.text(
            "The arm and its number stay. What rests on the day is judged again, and you sign it anew."
        ),
        form=facts_form(),
        saved={
            "way": outside.way,
            "told_by": outside.told_by,
            "day": day,
            "time": f"{outside.told_at:%H:%M}",
            "reason": outside.reason,
        },
        save=save,
        born=subject.birth_date,
        places={"outside.future": "time", "outside.after_recorded": "time", "text.too_long": "told_by"},
        to_sign=to_sign,
    )


def _facts(right: Right, outside: Outside) -> OutsideFacts:
    # In the zone in which it was told; of the same minute it is the same instant.
    told = told_of(dict(right.values), outside.told_at)
    at = told.told_at
    if at == outside.told_at.replace(second=0, microsecond=0):
        at = outside.told_at
    return OutsideFacts(told.way, told.told_by, at, told.reason)


def _told_words(state: State, facts: OutsideFacts) -> str:
    return state.language.text(
        "{way}, by {who}, {at}. Reason: {reason}",
        way=state.language.words(WAYS[facts.way]),
        who=facts.told_by,
        at=f"{facts.told_at:%Y-%m-%d %H:%M}",
        reason=facts.reason,
    )


def error_record(state: State, subject: SubjectRow, row: AllocationRow, error: InError) -> Correctable:
    """Return why an allocation was made in error; that it was stays."""
    desk, language = state.desk, state.language

    def save(right: Right) -> None:
        allocation_corrections.check_error(desk, _why(error, right), _reason(right))

    def to_sign(right: Right) -> ToSign:
        said, reason = allocation_errors.signing_for(language.code, ""), _reason(right)
        number = row.randomisation_number
        title = language.text("{code}: allocation {number}", code=subject.code, number=number)

        def act(signing: Signing) -> None:
            assert state.unlocked is not None
            folder, why = state.unlocked.folder, _why(error, right)
            allocation_corrections.correct_error(desk, folder, why, reason, signing)

        return ToSign(Asked(title, reason, said.meaning, said.statement), act)

    return Correctable(
        title=title_of(state, subject.code, language.text("why the allocation was in error")),
        about=language.text("It stays marked as made in error. You sign the corrected reason anew."),
        form=ERROR_FORM,
        saved={"reason": error.reason},
        save=save,
        places={"allocation.error_reason": "reason"},
        to_sign=to_sign,
    )


def _reason(right: Right) -> str:
    return text_of(dict(right.values), "reason").strip()


def _why(seen: Outside | InError, right: Right) -> Why:
    return Why(seen.id, seen.version, right.reason, right.note)
