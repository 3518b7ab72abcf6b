"""Sentences about preparing an infusion."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "prepare.already": message(
        "The infusion prepared on {day} waits. Record it as given, or that it was not given, before another "
        "one is prepared."
    ),
    "prepare.given_today": message(
        "{drug} was given on {day} already. Prepare a second one only if it is meant, and choose the reason."
    ),
    "prepare.not_planned": message(
        "No dose of {drug} has {day} in its window, and none is to come. Prepare it only if it is meant, and "
        "choose the reason."
    ),
    "prepare.not_planned_yet": message(
        "No dose of {drug} has {day} in its window; the next one is planned for {next}. Prepare it only if "
        "it is meant, and choose the reason."
    ),
    "prepare.left": message(
        "The subject left or completed the study on {day}. {drug} is not to be prepared."
    ),
    "prepare.lot": message("Each vial needs its lot. Read it from the vial."),
    "prepare.no_consent": message(
        "No consent is recorded for this subject. Nothing is to be prepared before it."
    ),
    "prepare.off_arm": message("{drug} is not a drug of the arm of this subject. It is not to be prepared."),
    "prepare.old_weight": message(
        "The weight of {day} is {age} days old; allowed are {allowed}. Weigh the subject and "
        "compute the dose again."
    ),
    "prepare.other_dose": message(
        "The sum gives {computed} mg, prescribed were {prescribed} mg. If that is meant, choose the reason."
    ),
    "prepare.other_weight": message(
        "The weight saved for that day is {saved} kg, typed was {typed} kg. Use the saved one, or "
        "correct it first."
    ),
    "prepare.same_person": message(
        "{name} prepared it and cannot be the one who checks it. A second person checks."
    ),
    "prepare.died": message(
        "Death is recorded on {day}. Nothing is to be prepared; correct the death if it is wrong."
    ),
    "prepare.withdrawn": message(
        "Consent for study drugs was withdrawn on {day}. Nothing is to be prepared."
    ),
    "prepare.pregnant": message(
        "A pregnancy of the subject is recorded since {day}. Prepare only with a reason, on the word of the "
        "investigator."
    ),
    "prepare.stopped": message("{drug} was stopped on {day}. It is not to be prepared."),
    "prepare.strength": message("Vials of {strength} mg are not stocked here; stocked are {stocked} mg."),
    "prepare.two_people": message("Name both who prepared it and who checked it."),
    "prepare.vials_over": message(
        "The vials hold {held} {unit}, a whole vial more than the {prescribed} {unit} prescribed need. "
        "Correct the number; if they were taken, choose the reason."
    ),
    "prepare.vials_short": message(
        "The vials hold {held} {unit}, prescribed are {prescribed} {unit}. Add vials."
    ),
    "prepare.waits": message("Nothing is prepared before this is decided: {waits}. Open the Study page."),
    "prepare.weight_changed": message(
        "{typed} kg differs by more than {percent} % from {before} kg of {day}. Weigh again."
    ),
}
