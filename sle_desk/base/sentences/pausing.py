"""Sentences about a study drug that is paused for a time."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "dose.during_pause": message("Given on {on}, while the drug was paused since {since}."),
    "dose.slot_paused": message(
        "Dose {number} lies in a pause of the drug since {since}: it is paused, not missed. If it was given, "
        "record it as given; if the pause is wrong, correct it."
    ),
    "prepare.paused": message(
        "{drug} is paused since {day}. Nothing is to be prepared; record first that it was resumed."
    ),
    "pause.after_end": message(
        "{day} lies after the last day on which the drug was to be given, {ended}. Check both days in the "
        "source."
    ),
    "pause.before": message(
        "{day} lies before {since}, the first day on which a dose can have been planned. Check the day in "
        "the source."
    ),
    "pause.end_has_none": message(
        "A drug that is given again has neither the reason of a pause nor an end of its own. Leave both out, "
        "or record another pause."
    ),
    "pause.incomplete": message(
        "A pause and its end need their day and the investigator who decided it. Enter both."
    ),
    "pause.kind": message("“{kind}” cannot be recorded here. Choose paused or resumed."),
    "pause.not_declared": message(
        "The protocol package of this study has no form for pauses. Record the doses as missed, with their "
        "reason, until an amended package brings it."
    ),
    "pause.not_of_arm": message("{drug} is not a drug of this arm: nothing of it is planned to be paused."),
    "pause.not_paused": message(
        "The drug is not paused on {day}: there is nothing to resume, or a pause stands without its "
        "beginning. Record the pause first, or mark its end as entered in error first."
    ),
    "pause.same_day": message(
        "Something is recorded for {day} already. A pause lasts a day at least; correct the step of that day."
    ),
    "pause.twice": message(
        "The drug is paused since {day} already. Record first that it was resumed, or correct that pause."
    ),
}
