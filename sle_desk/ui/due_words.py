"""What is due, in words: one message for each code, with its facts spoken."""

from __future__ import annotations

from collections.abc import Mapping

from sle_desk.base.language import Language, message
from sle_desk.domain.protocol import Protocol
from sle_desk.exports.wording import ENUMERATED
from sle_desk.ui.dose_words import drug_words
from sle_desk.ui.wording import due_visit_words, open_words

# What asks for a step out that nobody recorded: short, since the second line says where.
STEPS_LACKING = {
    "death": message("Death entered: record leaving the study"),
    "treatment_withdrawn": message("Consent for drugs withdrawn: record the stop"),
    "visits_withdrawn": message("Consent for visits withdrawn: record leaving"),
    "pregnancy": message("Pregnant, a study drug is still planned"),
    "event_stop": message("Stopped for good by an event: record the stop of {drugs}"),
}
# What asks for an entry that nobody made.
ENTRIES_LACKING = {
    "pregnancy_test": message("Pregnancy test positive: enter the pregnancy"),
    "death_entry": message("A death is told of: enter the death"),
    "fatal_event": message("Death entered: enter the fatal event"),
}
# What was told and nobody followed, and where it is settled.
QUESTIONS = {
    "stay_event": message("Unplanned hospital stay of {day}: no serious event"),
    "live_vaccine": message("Live vaccine of {day}: not judged yet"),
    "complaint": message("{visit}: a complaint was told, no event entered"),
    "no_contraception": message("{visit}: contraception needed, none used"),
    "test_repeat": message("{visit}: pregnancy test indeterminate, repeat it"),
    "biologics": message("{visit}: biologics before are told of, none is entered"),
    "sponsor": message("Changed since it was reported, sponsor not told: {term}"),
    "wrong_subject": message("Reported under {subjects}, sponsor not told of the error: {term}"),
    "grounds": message("Settled deviations that no longer stand by the records: {count}"),
}
SETTLED_BY = {
    "stay_event": message("enter the event, or say in the entry why it is none"),
    "live_vaccine": message("the investigator says in the entry what follows"),
    "complaint": message("enter the event, or say on the form why it is none"),
    "no_contraception": message("say on the form why, or what was agreed"),
    "test_repeat": message("a later test with a result settles it"),
    "biologics": message("enter each with its last dose: wash-outs rest on it"),
    "sponsor": message("a follow-up report that was sent settles it"),
    "wrong_subject": message("a report that says when and how it was told settles it"),
}
SAID = {
    "consent": message("Informed consent is not recorded"),
    "reconsent": message("Sign consent version {version} too"),
    "amendment": message("Amendment, version {version}: approve or reject it"),
    "approval": message("Ethics approval {number}, valid until {day}"),
    "paused": message("{drug} paused, planned so far: {count}"),
    "allocation": message("Eligible: open the allocation"),
    "allocation_waits": message("Before the allocation, lacking: {count}"),
    "eligibility": message("Eligibility: {undecided} of {of} undecided"),
    "queries": message("Open queries: {count}"),
    "results": message("{visit}: report awaited"),
    "bag": message("{drug} infusion prepared on {day}"),
    "serious": message("Serious event, not reported: {term}"),
    "final_report": message("Serious event, outcome known: {term}"),
    "graded": message("{test} grade {grade}: event?"),
    "to_type": message("{visit}: {forms} of {of} forms to type in"),
    "panels": message("{visit}: nothing told of {panels}"),
    "sent_elsewhere": message(
        "sent under {subjects}, {sent}: report it here and tell the sponsor of the error"
    ),
    "entries": message("Entries that lack answers: {count}"),
    "deviations": message("Proposed deviations: {count} (major: {major})"),
    "prepare_waits": message("{drug}: preparing waits; open: {codes}"),
    **STEPS_LACKING,
    **ENTRIES_LACKING,
    **QUESTIONS,
}


def spoken_facts(facts: Mapping[str, object], protocol: Protocol, language: Language) -> dict[str, object]:
    """Return facts with the words of what their codes name."""
    said = {name: fact for name, fact in facts.items() if name != "language"}
    said.setdefault("day", facts.get("until", facts.get("prepared_on")))
    if "visit" in facts:
        said["visit"] = due_visit_words(protocol, facts, language)
    drug = facts.get("drug", facts.get("part"))
    if any(each.code == drug for each in protocol.drugs):
        said["drug"] = drug_words(protocol, str(drug), language)
    listed = language.words(ENUMERATED)
    said["drugs"] = listed.join(drug_words(protocol, code, language) for code in codes_of(facts.get("drugs")))
    said["codes"] = open_words(protocol, codes_of(facts.get("codes")), language)
    laboratory = protocol.laboratory
    if "analyte" in facts:
        said["test"] = language.words(laboratory.analytes[str(facts["analyte"])].label)
    panels = (laboratory.panel(code).label for code in codes_of(facts.get("panels")))
    said["panels"] = listed.join(map(language.words, panels))
    return said


def codes_of(fact: object) -> tuple[str, ...]:
    """Return codes that stand together in one fact; none where there are none."""
    return tuple(map(str, fact)) if isinstance(fact, tuple) else ()
