"""Sentences about visits, laboratory values, doses, eligibility, allocation and papers."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "classification.unknown_item": message(
        "{item} is not a criterion of EULAR/ACR 2019. Check the form against the protocol package."
    ),
    "decision.contradicts": message(
        "This option of {decision} contradicts the decision on {other} that is in force. Change "
        "{other} first, or choose another option."
    ),
    "decision.governed": message("“{setting}” is settled by clarification {clarification}. Decide it there."),
    "decision.no_own_words": message(
        "This option of {decision} has its own wording. Take the option for own words, or leave "
        "the words out."
    ),
    "decision.option": message("{option} is not an option of {decision}. Choose one of those shown."),
    "decision.own_words": message(
        "This option of {decision} needs your own words. Write the reading as it shall hold."
    ),
    "decision.unknown": message("{decision} is neither a clarification nor a setting of this protocol."),
    "decision.value_missing": message("This option of {decision} needs a value for “{setting}”. Enter it."),
    "decision.value_not_asked": message(
        "This option of {decision} does not ask for {setting}. Leave it out, or take another "
        "option."
    ),
    "dose.after_stop": message("Given on {on}, after the drug was stopped on {stopped}."),
    "dose.amount": message("{given} {unit} given for {planned} {unit} planned, more than {limit} % off."),
    "dose.amount_fold": message(
        "{given} {unit} given for {planned} {unit} planned, off by {limit} times or more. Check "
        "the amount."
    ),
    "dose.amount_reason": message(
        "{given} {unit} given for {planned} {unit} planned, more than {limit} % off. Give the "
        "reason."
    ),
    "dose.amount_rule_open": message(
        "{given} {unit} given for {planned} {unit} planned; the limits for a difference are not "
        "decided."
    ),
    "dose.amount_unknown": message(
        "The amount given on {on} is not known. Enter it, or say that it is unknown."
    ),
    "dose.amount_unplanned": message("{given} {unit} given; no planned amount to compare with."),
    "dose.before_allocation": message("Given on {on}, before an arm was allocated."),
    "dose.before_consent": message("Given on {on}, before consent was signed on {consented}."),
    "dose.consent_order_unknown": message(
        "Given on {on}, the day of consent; a time is missing, so which came first is not known. "
        "Enter both times."
    ),
    "dose.gap_long": message("More than {hours} hours after the dose of {last}."),
    "dose.gap_short": message("Less than {hours} hours after the dose of {last}."),
    "dose.ineligible": message("Given on {on} to a subject who was judged not eligible."),
    "dose.missed": message("Dose {number} was missed on {on}."),
    "dose.no_consent": message("Given on {on}; no consent is recorded."),
    "dose.no_weight": message("Given on {on}; the weight it was computed from is not recorded."),
    "dose.not_delegated": message("Given on {on} by a person to whom this was not delegated on that day."),
    "dose.off_arm": message("{drug} was given; it is not a drug of the allocated arm."),
    "dose.old_weight": message(
        "Computed from the weight of {weighed}, {age} days before the dose; at most {allowed} days "
        "are allowed."
    ),
    "dose.outside_plan": message("Given on {on}; no planned dose has this day in its window."),
    "dose.outside_window": message(
        "Dose {number} given on {on}; planned {planned}, window {opens} to {closes}."
    ),
    "dose.rounding": message(
        "The rounding rule {rule} with step {step} is not known. Decide nearest, up or down, with "
        "a step above 0."
    ),
    "dose.same_site": message(
        "The same site as at the last dose on {last}. Choose another site where possible."
    ),
    "dose.second_on_day": message("Dose {number} of the same drug on {on}."),
    "dose.weight": message(
        "A dose cannot be computed from a weight of {weight} kg. Weigh the patient and enter the "
        "weight in kg."
    ),
    "dose.weight_rule_open": message(
        "Computed from the weight of {weighed}, {age} days before the dose; how old a weight may "
        "be is not decided."
    ),
    "drawing.block_sizes": message(
        "Block sizes {sizes} do not hold the ratio of the arms. Each has to be a multiple of "
        "{multiple}."
    ),
    "drawing.size": message(
        "{size} allocations cannot be filled with blocks of {sizes}. Choose another number or "
        "other block sizes."
    ),
    "evidence.no_limit": message("no limit of the laboratory recorded"),
    "evidence.not_measured": message("not measured"),
    "evidence.other_unit": message("in another unit"),
    "evidence.outside_window": message("outside the days the score looks back on"),
    "evidence.uncertain": message("the limit lies inside what the value can mean"),
    "flare.unknown_item": message(
        "{item} is not an item of the flare index. Check the form against the protocol package."
    ),
    "form.twice": message("This form was already saved at this visit. Open it and correct a value with F2."),
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
        "{name} is given in {unit}. The formula takes {allowed}. Enter or convert it in one of "
        "these units."
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
    "installation.font_source_missing": message(
        "The package {package}, from which the fonts are made, is not installed. Run python3 "
        "run.py once with a package index or a folder of packages."
    ),
    "installation.fonts_missing": message(
        "The fonts {files} are not in {folder}. Nothing can be shown or printed without them: run "
        "python3 run.py, or install sle_desk again."
    ),
    "installation.no_translation": message(
        "The translation {language} is missing from this installation. Run “python3 run.py test” "
        "or install again."
    ),
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
    "lab.unit": message(
        "{analyte} is not reported in {unit}. Allowed are {allowed}. Choose one of these units."
    ),
    "laboratory.blank": message("A laboratory needs a short code and a name."),
    "laboratory.reference": message("Name the printed list that the ranges were compared with."),
    "laboratory.twice": message("The laboratory {laboratory} was already recorded."),
    "list.blank": message("A number or an arm is missing in rows {rows}. Each row needs both."),
    "list.block_not_balanced": message(
        "The blocks that begin in rows {rows} are not complete or not balanced. Check the block "
        "size with the statistician."
    ),
    "list.empty": message("The list holds no row below its header. Import the whole list."),
    "list.gap": message("A number is left out before row {rows}. Numbers have to run 1, 2, 3 without a gap."),
    "list.header": message(
        "Row 1 has to be the header number,arm with a comma and nothing else. Correct the header."
    ),
    "list.not_a_number": message("The number in rows {rows} is not a whole number. Write 1, 2, 3 and so on."),
    "list.not_balanced": message(
        "The arms do not stand in the ratio that was decided. Ask the statistician for a balanced "
        "list."
    ),
    "list.number_twice": message("The same number stands in rows {rows}. Each number may stand once."),
    "list.opened_out_of_order": message(
        "Row {number} was opened out of order, so the next row is not certain. Nothing was "
        "allocated. Verify the study file and tell the statistician."
    ),
    "list.order": message(
        "The number in row {rows} is out of order. Numbers have to run 1, 2, 3 from the top."
    ),
    "list.refused": message(
        "The allocation list was not taken over: {faults} faults, in rows {rows}. Nothing was "
        "stored. Correct the file and import it again."
    ),
    "list.shares": message(
        "The ratio of the {arms} arms is not usable: each arm needs one share of 1 or more. "
        "Correct the ratio."
    ),
    "list.too_many_cells": message("More than two cells in rows {rows}. Each row is a number and an arm."),
    "list.unknown_arm": message(
        "The arm in rows {rows} is not an arm of this trial. Use the arm codes of the protocol "
        "package."
    ),
    "list.unreadable": message(
        "The file cannot be read as comma-separated text. Save it as CSV with the header "
        "number,arm."
    ),
    "list.used_up": message(
        "All {size} allocations of the list are used. Ask the statistician for a further list."
    ),
    "paper.form": message(
        "“{typed}” is not an audit number and a code. Type them as on the paper: "
        "18204:LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ."
    ),
    "paper.no_glyph": message(
        "The paper cannot be printed: no font here has {characters}. Nothing was left out. Write "
        "the text with other characters, then print again."
    ),
    "plan.no_day_zero": message(
        "There is no study day 0: day 1 is the day of the first dose, the day before it is day -1. "
        "Correct the day."
    ),
    "plan.no_doses": message(
        "The rules for {drug} make no plan: numbers of doses and days between them have to be 1 or "
        "more. Check the settings."
    ),
    "plan.two_on_one_day": message(
        "The rules for {drug} reach study day {day} before the dose planned ahead of it: two doses "
        "would fall together. Decide the number of injections of stage 1 and the start of stage 2 "
        "so that they fit."
    ),
    "plan.unknown_mode": message(
        "The reading of \"every month\" is given as {found}. Allowed: {allowed}. Decide it again "
        "on the Study page."
    ),
    "plan.unknown_start": message(
        "The start of stage 2 is given as {found}, which is not known. Decide it again on the "
        "Study page."
    ),
    "range.age": message("No reference range of this laboratory is for this age. Complete its list."),
    "range.day": message(
        "No reference range of this laboratory is valid on the day of the sample. Check the dates "
        "of its list."
    ),
    "range.none": message(
        "This laboratory has no reference range for this test. Enter it from the laboratory's list."
    ),
    "range.sex": message("No reference range of this laboratory is for this sex. Complete its list."),
    "register.incomplete": message(
        "Name, initials, sex and date of birth are needed to register somebody. Nothing was saved."
    ),
    "result.significance": message("A result is judged CS or NCS; {typed} is neither."),
    "sample.future": message(
        "The sample is dated {drawn}, which lies ahead of now, {now}. Type when it was drawn."
    ),
    "sample.incomplete": message(
        "Type when the sample was taken, day and time. Nothing was saved yet; every value is kept "
        "as a draft."
    ),
    "sample.panel": message("There is no panel {panel} in this protocol."),
    "sample.twice": message("A sample of {panel} drawn at {drawn} was already saved. Open it there."),
    "score.bilag_letter": message("The letter {letter} does not exist in BILAG. Allowed: {allowed}."),
    "score.bilag_system": message(
        "{system} is not one of the nine systems of BILAG. Check the form against the protocol "
        "package."
    ),
    "score.unknown_item": message(
        "{item} is not an item of {version}. Check the form against the protocol package."
    ),
    "setting.choice": message("“{given}” is not one of the choices of “{setting}”. Choose one of them."),
    "setting.decimals": message("{given} has more decimals than “{setting}” allows: at most {allowed}."),
    "setting.length": message("“{setting}” takes {allowed} values; {given} were given."),
    "setting.limits": message("{given} is outside what “{setting}” allows: {low} to {high} {unit}."),
    "setting.list": message("“{setting}” takes a list with at least one value."),
    "setting.not_allowed": message("{given} is not allowed for “{setting}”. Allowed are {allowed}."),
    "setting.one_value": message("“{setting}” takes one value, not several."),
    "setting.open": message(
        "“{setting}” is not decided. The principal investigator has to settle {waits} first."
    ),
    "setting.twice": message("“{setting}” holds a value twice. Give each once."),
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
    "vials.no_dose": message("A dose of {dose} mg needs no vials. Compute the dose from the weight first."),
    "vials.none_stocked": message(
        "No vial strength is recorded as stocked. Decide on the Study page which strengths the "
        "site stocks."
    ),
    "visit.twice": message("The visit {code} was already recorded on {day}. Open it there."),
    "workbook.control": message(
        "Sheet {sheet}, row {row}, column {column} holds the invisible character {character}, "
        "which a workbook cannot keep. Correct the value, then export again."
    ),
    "workbook.day": message(
        "Sheet {sheet}, row {row}, column {column}: a workbook counts days from {first} on; {day} "
        "is earlier. Nothing was written."
    ),
    "workbook.digits": message(
        "Sheet {sheet}, row {row}, column {column}: {value} has more than {most} digits, which a "
        "workbook would change. Nothing was written."
    ),
    "workbook.not_a_number": message(
        "Sheet {sheet}, row {row}, column {column}: {value} is no number. Nothing was written."
    ),
    "workbook.rows": message(
        "Sheet {sheet} has {rows} rows; a workbook keeps {most}. Export as CSV instead."
    ),
    "workbook.too_long": message(
        "Sheet {sheet}, row {row}, column {column} holds a text of {length} characters; a cell "
        "keeps {most}. It was not cut. Shorten the text, then export again."
    ),
    "workbook.unreadable": message(
        "{name} is not a workbook of this application, or it was changed: sheet {sheet}, {reason}. "
        "Nothing was taken from it."
    ),
    "workbook.unsafe_reader": message(
        "{name} was not read: this installation reads workbooks without the guard against hostile "
        "XML. Install the package defusedxml."
    ),
}
