"""Sentences about the ethics register, signing consent anew, screening again, and the identity list."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "consent.approval_over": message(
        "Consent was signed on version {version}, whose ethics approval {number} had ended on {until}."
    ),
    "consent.reconsent_late": message(
        "Version {version} was to be signed by {by}; that was settled on {on} only."
    ),
    "consent.reconsent_overdue": message(
        "Version {version} was to be signed by {by}; it is not signed, and nothing says why."
    ),
    "consent_version.reconsent": message(
        "Say whether subjects who signed an older version sign this one too: yes or no."
    ),
    "consent_version.reconsent_before": message(
        "The last day {by} to sign this version lies before {used}, from which it is used."
    ),
    "consent_version.reconsent_by": message(
        "The last day to sign anew is asked where subjects sign this version too, and only there."
    ),
    "consent_version.day_needed": message(
        "Type the day of the approval: its number stands in no line of the ethics register."
    ),
    "ethics.blank": message(
        "An approval needs its number, the committee and the document it stands in. Fill in all three."
    ),
    "ethics.ends_before": message("An approval of {approved} cannot have ended on {until}, before that day."),
    "ethics.kind": message("Say what was approved: one of the kinds that are offered."),
    "ethics.no_such_approval": message(
        "This approval does not stand in the ethics register any more. Choose another, or type it."
    ),
    "ethics.not_of_version": message(
        "Version {version} of the consent form takes its approval from here and cannot have been approved on "
        "{approved}. Put the version right first."
    ),
    "ethics.other_day": message(
        "The ethics register has approval {number} of {days}, not of {typed}. Compare the day with the paper."
    ),
    "ethics.still_pointed_at": message(
        "{versions} of the consent form take their approval from this line. Point them at another first."
    ),
    "ethics.amendment_rests": message(
        "Version {versions} of the protocol package was approved on the ground of this line, which cannot be "
        "marked in error. Put right what is wrong in it, or withdraw the amendment before its day."
    ),
    "ethics.after_amendment": message(
        "Approved on {approved} would be after version {version} of the protocol package came into force on "
        "{began}, which rests on this line. Compare the paper."
    ),
    "ethics.twice": message(
        "Approval {number} of {day} stands in the register with this kind. Look there first."
    ),
    "identity_list.empty": message("Nobody is registered yet: there is no identity list to print."),
    "reconsent.before_use": message(
        "{typed} lies before {first}, from which that version is used. Type the day on which it was clear."
    ),
    "reconsent.day_needed": message("Type the day since which it is known that it will not be signed."),
    "reconsent.not_asked": message(
        "This subject is not asked to sign version {version} any more: it was signed, or it was told why not."
    ),
    "rescreen.not_ended": message(
        "{code} has neither failed screening nor left it nor withdrawn consent. Only somebody alive who has "
        "is screened again, from that record."
    ),
    "rescreen.allocated": message("{code} is allocated as {number}. Who has an arm is not screened again."),
    "rescreen.again_already": message(
        "{code} was screened again already as {other}. The next time begins from that record."
    ),
    "rescreen.too_often": message(
        "Screened again {before} times before; the rule of the study allows {allowed}."
    ),
    "rescreen.too_soon": message(
        "Screened again {days} days after the screening ended; the rule of the study asks for {allowed}."
    ),
}
