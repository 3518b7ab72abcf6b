"""Sentences about visits, laboratory values, doses, eligibility, allocation and papers."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "allocation.already": message(
        "{code} is already allocated as {number}. Nothing was drawn again; the arm is shown from "
        "the record."
    ),
    "allocation.birth_year": message(
        "The year of birth does not fit this subject. Nothing was opened. Read it from the "
        "identity card again."
    ),
    "allocation.digits": message(
        "The last three digits do not fit this subject. Nothing was opened. Read them from the "
        "subject's file again."
    ),
    "allocation.not_delegated": message(
        "Opening an allocation is not delegated to {name} today. Nothing was opened. The principal "
        "investigator can delegate it or open it."
    ),
    "allocation.void": message(
        "{code} was entered in error and cannot be allocated. Open the record that stands."
    ),
    "classification.unknown_item": message(
        "{item} is not a criterion of EULAR/ACR 2019. Check the form against the protocol package."
    ),
    "decision.approval_number_needed": message(
        "A decision by an amendment needs the number of its ethics approval. Write it."
    ),
    "decision.backdated": message(
        "The decision would take effect on {effective}, before today, {today}. A decision never "
        "cures what came before it. Choose today or a later day."
    ),
    "decision.basis": message(
        "“{basis}” is no basis of a decision. It rests on the approved protocol, a memo or an "
        "amendment ({allowed}). Choose one."
    ),
    "decision.contradicts": message(
        "This option of {decision} contradicts the decision on {other} that is in force. Change "
        "{other} first, or choose another option."
    ),
    "decision.document_needed": message("The decision names no document. Write its title and version."),
    "decision.governed": message("“{setting}” is settled by clarification {clarification}. Decide it there."),
    "decision.no_own_words": message(
        "This option of {decision} has its own wording. Take the option for own words, or leave "
        "the words out."
    ),
    "decision.option": message("{option} is not an option of {decision}. Choose one of those shown."),
    "decision.own_words": message(
        "This option of {decision} needs your own words. Write the reading as it shall hold."
    ),
    "decision.reason_needed": message(
        "The decision has no reason. Write why this reading holds, or why it is withdrawn."
    ),
    "decision.section_needed": message(
        "A decision by the approved protocol quotes its section. Write the section."
    ),
    "decision.unknown": message("{decision} is neither a clarification nor a setting of this protocol."),
    "decision.value_missing": message("This option of {decision} needs a value for “{setting}”. Enter it."),
    "decision.value_not_asked": message(
        "This option of {decision} does not ask for {setting}. Leave it out, or take another "
        "option."
    ),
    "decision.withdrawn": message(
        "The decision on {code} was already withdrawn on {day}. Nothing was changed."
    ),
    "deviation.explanation_needed": message("Say why this is no deviation. The words stay beside it."),
    "deviation.settled": message("This deviation was already settled ({progress}). Nothing was changed."),
    "deviation.severity": message("“{severity}” is no severity. Allowed are {allowed}."),
    "diary.after_collection": message(
        "A dose of {day} cannot stand in a diary collected on {collected}. Check both dates."
    ),
    "diary.empty": message("The diary has no row. Enter at least one dose, or close it."),
    "diary.missed_number": message(
        "A missed dose needs its number. Choose the planned dose that was missed."
    ),
    "diary.reference": message("Name the paper diary: its number or where it is filed."),
    "diary.refused": message(
        "Nothing of the diary was recorded: rows {rows} cannot stand as they are. Correct them and "
        "record the diary again."
    ),
    "dispensing.incomplete": message("A kit needs its lot, the strength of a vial and at least one vial."),
    "disposition.allocated": message(
        "This subject has an arm and can no longer fail screening. Record a stop of the drug or an "
        "exit."
    ),
    "disposition.drug": message(
        "A stop of one drug names the drug, and nothing else does. Check the kind and the drug."
    ),
    "disposition.drug_not_in_arm": message(
        "{drug} is not a drug of this arm. If it was given and is stopped all the same, say so in "
        "a note."
    ),
    "disposition.kind": message(
        "“{kind}” cannot be recorded here. Choose screen failure, one drug stopped, completed or "
        "left."
    ),
    "disposition.not_allocated": message(
        "Who was never allocated has not completed the study. Record a screen failure or an exit."
    ),
    "disposition.reason": message("Choose one of the coded reasons."),
    "disposition.twice": message(
        "This was already recorded for {day}. Correct that record, or mark it as entered in error."
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
    "dose.code": message("“{typed}” is not one of the answers for {field}. Choose one of those shown."),
    "dose.consent_order_unknown": message(
        "Given on {on}, the day of consent; a time is missing, so which came first is not known. "
        "Enter both times."
    ),
    "dose.day_and_time": message(
        "The day {day} and the time {time} do not belong together. Correct one of them."
    ),
    "dose.gap_long": message("More than {hours} hours after the dose of {last}."),
    "dose.gap_short": message("Less than {hours} hours after the dose of {last}."),
    "dose.ineligible": message("Given on {on} to a subject who was judged not eligible."),
    "dose.is_infusion": message("{drug} is infused. Record it as an infusion."),
    "dose.is_injection": message("{drug} is injected. Record it as an injection."),
    "dose.lot_not_dispensed": message("Lot {lot} was not dispensed to this subject."),
    "dose.lot_unknown": message(
        "No lot is recorded for the dose of {on}. Enter it, or say that it is unknown."
    ),
    "dose.missed": message("Dose {number} was missed on {on}."),
    "dose.missed_ahead": message(
        "Dose {number} is planned for {day}. It can be recorded as missed from that day on."
    ),
    "dose.missed_reason": message("Choose why the dose was missed."),
    "dose.mistaken_unit": message(
        "{typed} is not a dose in {unit}. Enter 1 for 1 million IU, or the number of vials."
    ),
    "dose.no_consent": message("Given on {on}; no consent is recorded."),
    "dose.no_such_slot": message("Dose {number} is not in the plan of this subject. Look at the calendar."),
    "dose.no_weight": message("Given on {on}; the weight it was computed from is not recorded."),
    "dose.none_planned": message(
        "This arm has no such drug in its plan. If it was given all the same, record it with the "
        "drug named."
    ),
    "dose.not_allocated": message(
        "No arm was allocated to this subject, so no dose is planned. A dose that was given can "
        "still be recorded."
    ),
    "dose.not_correctable": message(
        "{field} cannot be corrected. If the dose belongs to another subject, mark it as entered "
        "in error."
    ),
    "dose.not_delegated": message("Given on {on} by a person to whom this was not delegated on that day."),
    "dose.not_given": message(
        "Only a dose that was given can be entered for another subject. Mark this one as entered "
        "in error."
    ),
    "dose.not_observed": message(
        "Infusion {number}: the end of the observation is not recorded. Enter it when it is known."
    ),
    "dose.not_positive": message(
        "{typed} cannot be an amount. Enter a number above 0, or leave it empty where it is not "
        "known."
    ),
    "dose.not_prepared": message(
        "This infusion is not waiting to be given: it was given or marked void meanwhile. Look at "
        "it again."
    ),
    "dose.off_arm": message("{drug} was given; it is not a drug of the allocated arm."),
    "dose.old_weight": message(
        "Computed from the weight of {weighed}, {age} days before the dose; at most {allowed} days "
        "are allowed."
    ),
    "dose.outside_plan": message("Given on {on}; no planned dose has this day in its window."),
    "dose.outside_window": message(
        "Dose {number} given on {on}; planned {planned}, window {opens} to {closes}."
    ),
    "dose.plan_open": message(
        "The plan of this drug waits for {codes}; whether the dose fits it is not judged."
    ),
    "dose.prepared_long_ago": message(
        "{minutes} minutes from preparation to the end of the infusion; at most {allowed} are "
        "allowed."
    ),
    "dose.proof_needed": message(
        "A dose given in another hospital needs its proof: name the slip and where it is filed."
    ),
    "dose.reaction_needed": message("Save waits for one answer: the reaction. Nothing is recorded yet."),
    "dose.reason_needed": message(
        "This dose was not as planned. Choose the reason; then it is recorded and the deviation is "
        "proposed."
    ),
    "dose.rounding": message(
        "The rounding rule {rule} with step {step} is not known. Decide nearest, up or down, with "
        "a step above 0."
    ),
    "dose.same_site": message(
        "The same site as at the last dose on {last}. Choose another site where possible."
    ),
    "dose.second_on_day": message("Dose {number} of the same drug on {on}."),
    "dose.slot_answered": message(
        "Dose {number} already has a record of {day}. Correct that record, or mark it as entered "
        "in error."
    ),
    "dose.times_order": message(
        "The times are not in order: {times}. Preparation comes first, then start, end and "
        "observation."
    ),
    "dose.unknown_drug": message("{drug} is not a drug of this study. Choose one of the study drugs."),
    "dose.vials": message("Each lot needs at least one vial and the strength of a vial above 0."),
    "dose.vials_short": message(
        "The vials hold {held} {unit}, and {given} {unit} were given. Check the vials and the "
        "amount."
    ),
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
    "eligibility.against_evidence": message(
        "{leaf} ({label}) was decided against the evidence. A reason explains that and makes "
        "nobody eligible: correct the value, or decide by it."
    ),
    "eligibility.answer": message("“{answer}” is no answer to {leaf}. Allowed are {allowed}."),
    "eligibility.cannot_be_judged": message(
        "The checklist cannot be signed: {count} entries are open, wait or lack evidence "
        "({leaves}). See what is missing."
    ),
    "eligibility.change_reason": message("{leaf} was decided before. Write why the decision is changed."),
    "eligibility.closed": message("{code} was entered in error or has left: nothing is judged any more."),
    "eligibility.comparator": message(
        "{label} is reported with a sign < or > that leaves the limit open. A person judges it."
    ),
    "eligibility.contradicts": message(
        "The answer to {leaf} ({label}) goes against the evidence shown. Correct the value where "
        "it is wrong, or give the reason."
    ),
    "eligibility.evidence_changed": message(
        "{leaf} ({label}) was decided on other evidence than is there now. Decide it again."
    ),
    "eligibility.evidence_missing": message(
        "{leaf} ({label}) lacks evidence and cannot be decided in favour of inclusion. Enter what "
        "is listed as missing."
    ),
    "eligibility.excluded": message("{leaf} ({label}) excludes."),
    "eligibility.indeterminate": message("{label} is indeterminate. A person judges it, or it is repeated."),
    "eligibility.judged": message("“{label}” was answered so that a person has to judge it."),
    "eligibility.no_consent": message("No signed consent is recorded. Record it on the subject's page."),
    "eligibility.no_criteria": message("There is no criterion to judge by."),
    "eligibility.no_leaf": message("{leaf} does not stand in the checklist today. Open the checklist again."),
    "eligibility.no_result": message("There is no result of {label}. Enter it on the laboratory page."),
    "eligibility.no_screening_visit": message(
        "The screening visit is not recorded. Record it with its date."
    ),
    "eligibility.no_upper_limit": message(
        "The result of {label} of {day} has no upper limit of normal. Enter the range of the "
        "laboratory."
    ),
    "eligibility.no_weight": message("There is no weight. Enter it with the vital signs."),
    "eligibility.not_answered": message("“{label}” is not answered in the form {form}. Enter it there."),
    "eligibility.not_computable": message(
        "The clearance cannot be computed from {label} by the formula decided. A person judges it."
    ),
    "eligibility.not_shown": message("Not all criteria were shown: {leaves}. Look at each before signing."),
    "eligibility.open": message(
        "{waits} is open, and the whole verdict waits for it. The principal investigator decides "
        "that on the Study page."
    ),
    "eligibility.other_set": message(
        "The classification was made by {used}; the reading in force is {wanted}. Classify by that "
        "set."
    ),
    "eligibility.other_unit": message(
        "{label} is in {unit} and cannot be compared in {wanted}. A person judges it."
    ),
    "eligibility.own_words": message("Nothing is computed: the words of the decision on {codes} hold."),
    "eligibility.partial_day": message(
        "The date {typed} is not complete enough to count the days. A person judges it."
    ),
    "eligibility.reason_needed": message(
        "Nothing is computed for {leaf} ({label}). Write on what it is decided."
    ),
    "eligibility.result_stale": message(
        "{label} of {day} is {age} days old; at most {allowed} are accepted. Repeat it."
    ),
    "eligibility.same_day": message(
        "Consent and first procedure are of one day and a time is missing. A person judges which "
        "came first."
    ),
    "eligibility.score_incomplete": message("{label} has no total: not assessed are {items}. Assess them."),
    "eligibility.signed": message(
        "The checklist is signed. A change of a decision needs a reason and voids the signature."
    ),
    "eligibility.undecided": message("{leaf} ({label}) is not decided."),
    "eligibility.void": message("{leaf} is not judged: the decision on {codes} made it void."),
    "eligibility.void_after_allocation": message(
        "Eligibility evidence changed after the allocation ({leaves}); the eligibility signature "
        "is void."
    ),
    "eligibility.waits": message(
        "{leaf} waits for {waits} and cannot be judged. The principal investigator decides that on "
        "the Study page."
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
    "list.changed": message(
        "The sealed list {code} no longer gives the digest that was shown. Nothing was opened. "
        "Verify the study file and tell the statistician."
    ),
    "list.code": message(
        "“{typed}” cannot name a list. Use 1 to 12 letters, digits and hyphens, such as R1."
    ),
    "list.code_taken": message("There is already a list {code}. Give the new list another code."),
    "list.empty": message("The list holds no row below its header. Import the whole list."),
    "list.gap": message("A number is left out before row {rows}. Numbers have to run 1, 2, 3 without a gap."),
    "list.header": message(
        "Row 1 has to be the header number,arm with a comma and nothing else. Correct the header."
    ),
    "list.none": message("No allocation list is loaded. Ask the statistician to import it."),
    "list.not_a_number": message("The number in rows {rows} is not a whole number. Write 1, 2, 3 and so on."),
    "list.not_balanced": message(
        "The arms do not stand in the ratio that was decided. Ask the statistician for a balanced "
        "list."
    ),
    "list.not_imported": message(
        "It was decided that the list is drawn here and not imported (D27). Nothing was stored. "
        "Have D27 decided otherwise, or have the list drawn."
    ),
    "list.not_text": message(
        "The file is not UTF-8 text. Nothing was stored. Save it as CSV in UTF-8 and import it "
        "again."
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
    "list.replace_reason": message(
        "List {code} is loaded and not used yet. It is replaced only with a reason."
    ),
    "list.seal_broken": message(
        "The seal of row {number} of list {code} is broken. Nothing was opened. Verify the study "
        "file and tell the statistician."
    ),
    "list.shares": message(
        "The ratio of the {arms} arms is not usable: each arm needs one share of 1 or more. "
        "Correct the ratio."
    ),
    "list.size": message(
        "The list has {found} rows; {target} subjects were decided (D09). Nothing was stored. Ask "
        "the statistician for a list of that size."
    ),
    "list.target_ratio": message(
        "{target} subjects cannot be shared {ratio}. Have the target or the ratio decided again "
        "(D09, D27)."
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
    "list.used": message("List {code} is in use: rows of it were opened. No other list is taken over."),
    "list.used_up": message(
        "All {size} allocations of the list are used. Ask the statistician for a further list."
    ),
    "list.waits": message(
        "The list waits for a decision: {waits}. Nothing was stored. Have it decided on the Study "
        "page first."
    ),
    "lock.password": message(
        "The password is not right. The screen stays locked; the try is noted in the audit."
    ),
    "paper.form": message(
        "“{typed}” is not an audit number and a code. Type them as on the paper: "
        "18204:LHZS-BMGJ-YLAX-ODSQ-7LKD-TWYQ."
    ),
    "paper.no_glyph": message(
        "The paper cannot be printed: no font here has {characters}. Nothing was left out. Write "
        "the text with other characters, then print again."
    ),
    "people.last_of_role": message(
        "Nobody would be left in the role {role}. Give it to somebody else first."
    ),
    "people.own_account": message("This is your own account. Another administrator can close it."),
    "place.full": message("{path} has {free} MB free; at least {wanted} MB are needed. Choose another disk."),
    "place.inside_study": message(
        "{path} lies in the study folder {study}, or around it. Choose a folder elsewhere, best on "
        "another disk."
    ),
    "place.not_whole": message("“{typed}” is not a whole path. Type it from the disk on, or browse for it."),
    "place.not_writable": message("Nothing can be written in {path}. Choose a folder of your own."),
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
    "precondition.allocated": message("{code} is randomised already. Nothing is drawn again."),
    "precondition.baseline": message("Baseline PGA, then SLEDAI-2K, BILAG, joints: saved and signed"),
    "precondition.checked": message("checked now"),
    "precondition.consent": message("Consent signed before any study procedure"),
    "precondition.consent_late": message(
        "A study procedure of {day} came before the consent of {signed}. This subject cannot be "
        "randomised."
    ),
    "precondition.consent_on": message("{version}, {day} {time}"),
    "precondition.duplicate": message(
        "This may be {codes} again: the same identity number, or birth date, sex and initials. "
        "Settle it on the subject's page."
    ),
    "precondition.eligibility": message("All criteria decided, eligibility signed once"),
    "precondition.evidence_changed": message(
        "Evidence changed after the eligibility signature: {leaves}. Decide again and sign."
    ),
    "precondition.form_incomplete": message("{label} of the baseline lacks “{field}”. Enter it."),
    "precondition.form_not_saved": message("{label} of the baseline is not saved. Fill it in."),
    "precondition.form_not_signed": message("{label} of the baseline is not signed. Have it signed."),
    "precondition.newer_values": message("Newer values exclude: {leaves}. Decide again on them."),
    "precondition.not_before": message("Not randomised before; no duplicate (birth date, sex, initials)"),
    "precondition.not_eligible": message(
        "The signed decision is “not eligible”. This subject cannot be randomised."
    ),
    "precondition.not_needed": message("not needed"),
    "precondition.not_screening": message("{code} is not in screening any more. Look at the subject's page."),
    "precondition.not_signed": message("Eligibility is not signed: {decided} of {of} criteria are decided."),
    "precondition.open": message("{code}: {title}"),
    "precondition.pregnancy": message("Pregnancy test negative, before the eligibility signature"),
    "precondition.pregnancy_after_signature": message(
        "No negative pregnancy test was taken before the eligibility signature. Decide eligibility "
        "again and sign after the test."
    ),
    "precondition.pregnancy_negative": message("{day} {time}"),
    "precondition.pregnancy_not_negative": message(
        "The newest pregnancy test is not negative. This subject cannot be randomised on it."
    ),
    "precondition.samples": message("Pre-dose samples taken"),
    "precondition.samples_not_taken": message(
        "The pre-dose samples were not taken. Take them before the dose."
    ),
    "precondition.samples_taken": message("{day} {time}, {tubes} tubes"),
    "precondition.scored_by": message("{name} {day} {time}"),
    "precondition.scored_out_of_order": message("{name} {day} {time}; PGA was not the first"),
    "precondition.signed_by": message("{name} {day} {time}, {count} criteria, readings of that day"),
    "precondition.undecided": message(
        "{code} ({title}) is not decided, and the allocation waits for it. The principal "
        "investigator decides it on the Study page."
    ),
    "precondition.weighed": message("{kg} kg, {day}"),
    "precondition.weight": message("Weight within its age"),
    "precondition.weight_old": message(
        "The weight of {kg} kg of {day} is {age} days old; at most {allowed} are accepted. Weigh "
        "again."
    ),
    "precondition.window": message("In the screening window, laboratory values within their age"),
    "precondition.window_days": message("day {days} of {allowed} · oldest value {oldest} d"),
    "precondition.window_passed": message(
        "The screening visit of {day} is {age} days old; the window is {allowed} days. Screen "
        "again."
    ),
    "precondition.window_undecided": message("{days} d since screening · oldest value {oldest} d"),
    "prepare.already": message(
        "An infusion is already prepared for this subject and waits to be given. Record it as "
        "given, or mark it as entered in error."
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
        "The sum gives {computed} mg, prescribed were {prescribed} mg. If that is meant, choose "
        "the reason."
    ),
    "prepare.other_weight": message(
        "The weight saved for that day is {saved} kg, typed was {typed} kg. Use the saved one, or "
        "correct it first."
    ),
    "prepare.same_person": message(
        "{name} prepared it and cannot be the one who checks it. A second person checks."
    ),
    "prepare.stopped": message("{drug} was stopped on {day}. It is not to be prepared."),
    "prepare.strength": message("Vials of {strength} mg are not stocked here; stocked are {stocked} mg."),
    "prepare.two_people": message("Name both who prepared it and who checked it."),
    "prepare.vials_short": message(
        "The vials hold {held} {unit}, prescribed are {prescribed} {unit}. Add vials."
    ),
    "prepare.waits": message("Nothing is prepared before this is decided: {waits}. Open the Study page."),
    "prepare.weight_changed": message(
        "{typed} kg differs by more than {percent} % from {before} kg of {day}. Weigh again."
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
    "words.needed": message(
        "The approved protocol's words need the words, the version of the document and the "
        "section. Fill in all three."
    ),
    "words.target": message(
        "{target} is no criterion and no clarification of this protocol. Choose one from the list."
    ),
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
