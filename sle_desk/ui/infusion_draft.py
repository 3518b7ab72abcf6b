"""What stands in a step of an infusion before it is recorded: what is proposed, and what was typed before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sle_desk.domain.values import plain
from sle_desk.services import drafts
from sle_desk.services.desk import Desk
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.drafts import Place, infusion_place
from sle_desk.services.infusions import InfusionProposal
from sle_desk.ui.dose_holds import prepared_hold
from sle_desk.ui.infusion_entry import MOST_LOTS, WEIGHT_DAY, proposed_vials, strength_code
from sle_desk.ui.infusion_sum import GIVE, PREPARE, WHOLE
from sle_desk.ui.state import State
from sle_desk.ui.typed_draft import TypedDraft

# Kept with a draft and no field of it: on which day it was typed.
TYPED_ON = "typed_on"
_DAYS = ("given_on", WEIGHT_DAY)
# Of preparing, which asks for no day: they are of the day on which they are typed.
_OF_THE_DAY = ("weight", "prepared_time", "prescribed")


def proposed_answers(
    desk: Desk, step: str, proposal: InfusionProposal, prepared: DoseRow | None
) -> dict[str, str]:
    """Return what is proposed; the reaction, the lots and who checked never are."""
    person, now = desk.actor.name, desk.now()
    weight = plain(proposal.weight) if proposal.weight is not None else ""
    if step == PREPARE:
        made = {"weight": weight, "prepared_by": person, "prepared_time": f"{now:%H:%M}"}
        return {**made, **proposed_vials(proposal)}
    given = {"given_on": now.date().isoformat(), "place": "ward", "given_by": person}
    if step == GIVE and proposal.prepared is not None and proposal.prepared.past(now):
        # Its time is over: when it was given, if it was, has to be said.
        given.pop("given_on")
    if prepared is not None and prepared.given.prescribed is not None:
        given["administered"] = plain(prepared.given.prescribed)
    return {**given, **prepared_hold(desk.protocol, prepared)}


def step_place(proposal: InfusionProposal, step: str) -> Place:
    """Return where what is typed in a step is kept."""
    dose_id = proposal.prepared_id if step == GIVE else None
    return infusion_place(proposal.subject_id, proposal.drug, step, dose_id)


def kept_beside(typed: Mapping[str, str], today: date) -> dict[str, str]:
    """Return what is kept with each field: the days that stand there, proposed too, and the day of now."""
    return {**{code: typed.get(code, "") for code in _DAYS}, TYPED_ON: today.isoformat()}


def outdated(
    step: str, kept: Mapping[str, str], strengths: Sequence[Decimal], today: date
) -> tuple[str, ...]:
    """Return the fields of a draft that were of another day: a weight of then is none of today."""
    if step != PREPARE or kept.get(TYPED_ON, "") in ("", today.isoformat()):
        return ()
    counts = [strength_code("vials", each, lot) for each in strengths for lot in range(1, MOST_LOTS + 1)]
    return tuple(code for code in (*_OF_THE_DAY, *counts) if kept.get(code))


def lots_begun(kept: Collection[str], strengths: Sequence[Decimal]) -> int:
    """Return how many lots of a strength a draft speaks of."""

    def speaks(lot: int) -> bool:
        return any(strength_code(code, each, lot) in kept for code in ("lot", "vials") for each in strengths)

    return next((lot for lot in range(MOST_LOTS, 1, -1) if speaks(lot)), 1)


class InfusionDraft(TypedDraft):
    """The draft of the step in sight; `told` is what has to be said of one that does not stand any more."""

    def __init__(self, state: State) -> None:
        super().__init__(state, lambda typed: kept_beside(typed, state.desk.today()))
        self.told = ""

    def resumed(self, proposal: InfusionProposal, step: str) -> dict[str, str]:
        """Return what was typed in a step and still stands; what does not is let go, and `told`."""
        desk, language, said = self._state.desk, self._state.language, []
        place = step_place(proposal, step)
        others = drafts.elsewhere(desk, step_place(proposal, GIVE))
        kept = self.kept(place)
        if gone := outdated(step, kept, proposal.strengths, desk.today()):
            self.drop(place, gone)
            kept = {code: words for code, words in kept.items() if code not in gone}
            said.append(
                language.text("What was typed here on another day stands, but for weight, time and vials.")
            )
        for other in others:
            self.drop(other)
            said.append(language.text("What was typed of an infusion that was settled meanwhile is let go."))
        if step != WHOLE and self.kept(step_place(proposal, WHOLE)):
            said.append(language.text("What you typed of an infusion that was given already: F7 shows it."))
        self.told = " ".join(said)
        return kept
