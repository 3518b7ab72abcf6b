"""Sentences about laboratory values, grades, formulas and scores."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "classification.excluded": message("The set is not met: a condition that excludes it is present."),
    "classification.no_clinical": message("The set is not met: the points are there, none of them clinical."),
    "classification.no_entry": message("The set is not met whatever the points: ANA is not 1:80 or higher."),
    "classification.no_items": message(
        "{set} has no items in the protocol package. Choose a set that has a form of items."
    ),
    "classification.no_objective": message(
        "The set is not met: enough items are present, but neither histology nor antibodies."
    ),
    "classification.not_of_set": message(
        "{item} is not an item of {set}. Check the form against the protocol package."
    ),
    "classification.open": message(
        "Items that are unknown could still decide: {items}. Answer them in the form {form}."
    ),
    "classification.unknown_item": message(
        "{item} is not a criterion of EULAR/ACR 2019. Check the form against the protocol package."
    ),
    "flare.unknown_item": message(
        "{item} is not an item of the flare index. Check the form against the protocol package."
    ),
    "formula.age": message(
        "Age is {age} years. The formula is defined from {lowest} to {highest} years. Check the "
        "birth date, or judge without it."
    ),
    "formula.negative": message("{name} is {value}. It cannot be less than 0. Check the value."),
    "formula.not_positive": message(
        "{name} is {value}. It has to be more than 0. Check the value and its unit."
    ),
    "formula.percent": message(
        "The percentage is {percent}. It has to lie between 0 and 100. Check the values."
    ),
    "formula.sex": message(
        "Sex is recorded as {sex}. The formula is defined for F and M only: the investigator "
        "judges without it."
    ),
    "formula.unit": message(
        "{name} is given in {unit}. The formula takes {allowed}. Enter or convert it in one of these units."
    ),
    "grade.at_least": message(
        "At least this grade: a limit that could raise it is missing. Enter the reference range of "
        "this laboratory."
    ),
    "grade.baseline_unknown": message(
        "No grade: the baseline cannot be called normal or abnormal, because its own range is "
        "missing. Enter that range."
    ),
    "grade.clinical": message("No grade by the number alone: the investigator grades by what was done."),
    "grade.fasting_unknown": message(
        "No grade: it is not recorded whether the patient was fasting. Record it with the sample."
    ),
    "grade.gap": message("No grade: the sheet prints nothing for this value."),
    "grade.no_baseline": message(
        "There is no baseline yet: what is graded rests on the laboratory's limits."
    ),
    "grade.no_limit": message(
        "No grade: the laboratory's limit is missing. Enter the reference range of this laboratory."
    ),
    "grade.no_term": message("No grade: this version has no such term."),
    "grade.not_reached": message("Below the lowest grade."),
    "grade.other_unit": message(
        "No grade: the sheet prints no limits in this unit, and it cannot be converted."
    ),
    "grade.straddles": message("No grade: a value with < or > can belong to more than one grade."),
    "lab.answer": message("{found} is no result of {analyte}. Allowed are {allowed}. Choose one of these."),
    "lab.cross_check": message(
        "{check} does not hold: entered is {found} {unit}, the other values give {expected} "
        "{unit}. Check them on the report, or keep them with a reason."
    ),
    "lab.no_conversion": message(
        "{analyte} in {unit} cannot be converted into {to}: they measure different things. Enter "
        "the value in the unit of the report."
    ),
    "lab.not_in_panel": message("{analyte} does not belong to the panel {panel}."),
    "lab.ranges_overlap": message(
        "Two reference ranges of {analyte} hold on {day}. Put their days or ages right first."
    ),
    "lab.range_age": message(
        "The ages are {first} to {last}. They are completed years from 0 to {oldest}, the first not above "
        "the last."
    ),
    "lab.range_days": message(
        "The range is valid from {first} until {last}, which lies before. Put the days right."
    ),
    "lab.range_incomplete": message(
        "A range needs at least its first age and the day from which it is valid. Fill them in."
    ),
    "lab.range_order": message(
        "The lower limit {low} has to be less than the upper limit {high}. Compare them with the printed "
        "list."
    ),
    "lab.range_stands": message(
        "A range of {analyte} that holds for some of these people begins on {day} too. Correct that one "
        "with F2, or type the day from which the new one is valid."
    ),
    "lab.range_unchanged": message("Nothing is changed yet. Change a value, or leave with Esc."),
    "lab.range_unreadable": message(
        "{typed} cannot be read as a range. Type it as it is printed: 3.5-9.5, <5, ≤5, >60 or ≥60."
    ),
    "lab.unit": message(
        "{analyte} is not reported in {unit}. Allowed are {allowed}. Choose one of these units."
    ),
    "laboratory.blank": message("A laboratory needs a short code and a name."),
    "laboratory.reference": message("Name the printed list that the ranges were compared with."),
    "laboratory.twice": message("The laboratory {laboratory} was already recorded."),
    "range.age": message("No reference range of this laboratory is for this age. Complete its list."),
    "range.day": message(
        "No reference range of this laboratory is valid on the day of the sample. Check the dates "
        "of its list."
    ),
    "range.none": message(
        "This laboratory has no reference range for this test. Enter it from the laboratory's list."
    ),
    "range.sex": message("No reference range of this laboratory is for this sex. Complete its list."),
    "result.change_reason": message(
        "This result is already judged {before}. A changed judgement needs its reason."
    ),
    "result.ink_before": message(
        "The paper is dated {signed}, before the sample of {drawn}. Compare both days with the paper."
    ),
    "result.nothing_to_judge": message(
        "There is no value to judge here: the result is missing. Enter the value first."
    ),
    "result.significance": message("A result is judged CS or NCS; {typed} is neither."),
    "sample.after_dose": message(
        "The sample was drawn at {drawn}, after the dose of {dose}, and is called pre-dose. Put it right, "
        "or keep it with a reason."
    ),
    "sample.before_dose": message(
        "The sample was drawn at {drawn}, before the dose of {dose}, and is called post-dose. Put it right, "
        "or keep it with a reason."
    ),
    "sample.future": message(
        "The sample is dated {drawn}, which lies ahead of now, {now}. Type when it was drawn."
    ),
    "sample.incomplete": message(
        "Type when the sample was taken, day and time; where no blood was drawn, mark every line not done "
        "for one reason. Nothing was saved yet; every value is kept as a draft."
    ),
    "sample.panel": message("There is no panel {panel} in this protocol."),
    "sample.twice": message("A sample of {panel} drawn at {drawn} was already saved. Open it there."),
    "score.bilag_letter": message("The letter {letter} does not exist in BILAG. Allowed: {allowed}."),
    "score.bilag_system": message(
        "{system} is not one of the nine systems of BILAG. Check the form against the protocol package."
    ),
    "score.unknown_item": message(
        "{item} is not an item of {version}. Check the form against the protocol package."
    ),
    "sri.low_baseline": message("The baseline score is lower than the fall that is asked for."),
    "sri.missing": message("A part is missing: {missing}."),
    "sri.other_instrument": message("Baseline and visit were scored with different versions of SLEDAI."),
    "steroid.sources_differ": message(
        "For {drug} the sources give {low} to {high} mg for 5 mg of prednisone. The principal "
        "investigator decides which one counts."
    ),
    "steroid.unknown": message(
        "{drug} is not in the table of glucocorticoids. Choose one of the table, or ask for it to "
        "be added by an amendment."
    ),
}
