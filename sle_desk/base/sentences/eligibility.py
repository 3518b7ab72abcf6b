"""Sentences about eligibility, its evidence and the decisions behind it."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
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
    "decision.ink_before": message(
        "Signed on {signed}, but the document it rests on was approved on {approved}. Read the date beside "
        "the signature again, or the day of approval."
    ),
    "decision.withdrawn_before": message(
        "The withdrawal is signed on {signed}, but the decision was made on {decided}. Read the date beside "
        "the signature again."
    ),
    "decision.governed": message("“{setting}” is settled by clarification {clarification}. Decide it there."),
    "decision.not_computed_beside": message(
        "This program has no dose calendar for “{setting}: {chosen}” together with “{other}: {beside}”. "
        "Choose another option here, or decide “{other}” otherwise first."
    ),
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
        "This option of {decision} does not ask for {setting}. Leave it out, or take another option."
    ),
    "decision.withdrawn": message(
        "The decision on {code} was already withdrawn on {day}. Nothing was changed."
    ),
    "eligibility.against_evidence": message(
        "{leaf} ({label}) was decided against the evidence. A reason explains that and makes "
        "nobody eligible: correct the value, or decide by it."
    ),
    "eligibility.answer": message("“{answer}” is no answer to {leaf}. Allowed are {allowed}."),
    "eligibility.borderline": message(
        "{label} lies at its limit or close to it. That changes nothing: compare the value with its source."
    ),
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
    "eligibility.entries_differ": message(
        "The typed answer and the entries do not agree. Correct the one that is wrong; until then nothing is "
        "taken as met."
    ),
    "eligibility.entries_none_of_it": message("No entry speaks of it: only the typed answer does."),
    "eligibility.entries_uncertain": message(
        "What the entries leave open in their dates or amounts decides here. A person judges it."
    ),
    "eligibility.entry_end_unsaid": message(
        "Whether {name} (since {start}) goes on, or when it ended, is not said. Say it at its entry."
    ),
    "eligibility.entry_kind_unsaid": message(
        "“{name}” (since {start}) is no name that is known, and its kind is not said. Say it at its entry."
    ),
    "eligibility.entry_no_amount": message("{name} (since {start}) comes to no amount a day that is known."),
    "eligibility.entry_perhaps": message(
        "Whether “{name}” (since {start}) is what is asked for here cannot be told from its entry. A person "
        "judges it."
    ),
    "eligibility.entry_route_unsaid": message(
        "How {name} (since {start}) is given is not said. Say it at its entry."
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
    "eligibility.ink_before": message(
        "The paper is dated {signed}, before the consent or the registration of {since}. Compare both days."
    ),
    "eligibility.ink_differs": message(
        "{count} decisions were not typed from the paper of {signer}: {leaves}. Type them from it, or "
        "let who decided sign."
    ),
    "eligibility.ink_older": message(
        "The evidence of {leaf} is of {newest}, the paper of {signed}. Print the checklist and have it "
        "judged again."
    ),
    "eligibility.ink_readings": message(
        "The paper was signed on {signed}; since then the PI decided on {codes}. Print the checklist as it "
        "reads now and have it signed again."
    ),
    "eligibility.judged": message("“{label}” was answered so that a person has to judge it."),
    "eligibility.no_consent": message("No signed consent is recorded. Record it on the subject's page."),
    "eligibility.no_criteria": message("There is no criterion to judge by."),
    "eligibility.no_entries": message("No medicine was entered: only the typed answer speaks."),
    "eligibility.no_leaf": message("{leaf} does not stand in the checklist today. Open the checklist again."),
    "eligibility.no_result": message("There is no result of {label}. Enter it on the laboratory page."),
    "eligibility.no_screening_visit": message(
        "The screening visit is not recorded. Record it with its date."
    ),
    "eligibility.no_stays": message("No stay in hospital was entered: only the typed answer speaks."),
    "eligibility.no_upper_limit": message(
        "The result of {label} of {day} has no upper limit of normal. Enter the range of the laboratory."
    ),
    "eligibility.no_weight": message("There is no weight. Enter it with the vital signs."),
    "eligibility.not_answered": message("“{label}” is not answered in the form {form}. Enter it there."),
    "eligibility.not_computable": message(
        "The clearance cannot be computed from {label} by the formula decided. A person judges it."
    ),
    "eligibility.not_delegated": message(
        "Deciding eligibility is not delegated to {name} today. Nothing was signed. The principal "
        "investigator can delegate it in the delegation log or sign."
    ),
    "eligibility.not_shown": message("Not all criteria were shown: {leaves}. Look at each before signing."),
    "eligibility.open": message(
        "{waits} is open, and the whole verdict waits for it. The principal investigator decides "
        "that on the Study page."
    ),
    "eligibility.other_set": message(
        "The classification was made by {used}; the reading in force is {wanted}. Classify by that set."
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
        "Consent and first procedure are of one day and a time is missing. A person judges which came first."
    ),
    "eligibility.score_incomplete": message("{label} has no total: not assessed are {items}. Assess them."),
    "eligibility.signed": message(
        "The checklist is signed. A change of a decision needs a reason and voids the signature."
    ),
    "eligibility.undecided": message("{leaf} ({label}) is not decided."),
    "eligibility.void": message("{leaf} is not judged: the decision on {codes} made it void."),
    "eligibility.void_after_allocation": message(
        "Eligibility evidence changed after the allocation ({leaves}); the eligibility signature is void."
    ),
    "eligibility.waived": message(
        "Criteria waived for a subject who is not eligible: {leaves}. The verdict stays “not eligible”."
    ),
    "eligibility.waiver_void": message(
        "The waiver of {leaves} went void after the allocation: nothing bears it any more."
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
    "precondition.allocated": message("{code} is randomised already. Nothing is drawn again."),
    "precondition.approval": message("Ethics approval of the protocol has not ended"),
    "precondition.approval_not_ended": message("no end has passed"),
    "precondition.approval_over": message(
        "Ethics approval {number} ended on {until}. Nobody is randomised until what goes on with it is "
        "recorded in the ethics register on the Study page."
    ),
    "precondition.baseline": message("Baseline PGA, then SLEDAI-2K, BILAG, joints: saved and signed"),
    "precondition.checked": message("checked now"),
    "precondition.consent": message("Consent signed before any study procedure"),
    "precondition.consent_late": message(
        "A study procedure of {day} came before the consent of {signed}. This subject cannot be randomised."
    ),
    "precondition.consent_not_in_force": message(
        "The consent of {day} was signed on version {version}, which was not in force that day. Have the "
        "version in force signed, or put the version right on the Study page."
    ),
    "precondition.consent_version": message("Version of the consent in force, newer one signed where asked"),
    "precondition.consent_version_of": message("{version}, {day}"),
    "precondition.reconsent_overdue": message(
        "Version {version} of the consent was to be signed by {by} and is not. Have it signed first."
    ),
    "precondition.reconsent_refused": message(
        "Version {version} of the consent was not signed ({reason}). This subject cannot be randomised "
        "without it; once it is signed, record that consent."
    ),
    "precondition.consent_on": message("{version}, {day} {time}"),
    "precondition.goes_on": message(
        "{code} is the same person as {other}, under which the study goes on. One person is randomised once."
    ),
    "precondition.duplicate": message(
        "This may be {codes} again: the same identity number, the same name and birth date (or its day and "
        "month the other way round), or the same birth date, sex and initials. "
        "Settle it on the subject's page."
    ),
    "precondition.eligibility": message("All criteria decided, eligibility signed once"),
    "precondition.enrolled": message("{count} of {target} randomised"),
    "precondition.enrolment": message("Number decided not reached, list of the ratio decided"),
    "precondition.evidence_changed": message(
        "Evidence changed after the eligibility signature: {leaves}. Decide again and sign."
    ),
    "precondition.form_incomplete": message("{label} of the baseline lacks “{field}”. Enter it."),
    "precondition.form_not_saved": message("{label} of the baseline is not saved. Fill it in."),
    "precondition.form_not_signed": message("{label} of the baseline is not signed. Have it signed."),
    "precondition.list_ended": message(
        "All {size} rows of list {code} are used, {count} subjects are randomised and {target} were decided "
        "(D09). The program loads one list, and a list in use is neither continued nor replaced: no row can "
        "be opened. Tell the principal investigator and the statistician. Either the number is decided again "
        "as the list has it, or the statistician goes on outside the program: each arm told outside is "
        "recorded with F7 in the dialog of the allocation, without a row and under a number of its own."
    ),
    "precondition.newer_values": message("Newer values exclude: {leaves}. Decide again on them."),
    "precondition.died": message(
        "Death of {code} is recorded on {day}. Nobody is randomised after it; if it is wrong, "
        "correct it first."
    ),
    "precondition.signer_not_delegated": message(
        "Eligibility was signed by {name} on {day}, to whom it was not delegated that day. Somebody who is "
        "delegated signs it, or the delegation log is put right."
    ),
    "precondition.target_reached": message(
        "{count} subjects are randomised and {target} were decided (D09): enrolment stops and no row is "
        "opened. If more are to be enrolled, the principal investigator decides the number again on the "
        "Study page."
    ),
    "precondition.treatment_withdrawn": message(
        "Consent for study drugs was withdrawn on {day}. This subject cannot be randomised."
    ),
    "precondition.data_withdrawn": message(
        "Consent for the use of data was withdrawn on {day}. This subject cannot be randomised."
    ),
    "precondition.visits_withdrawn": message(
        "Consent for visits was withdrawn on {day}. This subject cannot be randomised."
    ),
    "precondition.not_before": message("Not randomised before; no duplicate (birth date, sex, initials)"),
    "precondition.not_eligible": message(
        "The signed decision is “not eligible”. This subject cannot be randomised."
    ),
    "precondition.waived": message("not eligible; {leaves} waived by {name}, {day}"),
    "precondition.waiver_not_enough": message(
        "The signed decision is “not eligible”; {leaves} were waived by {name} on {day}. Whether a subject "
        "with a waiver may be randomised is not decided with yes. The principal investigator decides that "
        "on the Study page."
    ),
    "precondition.waiver_not_pi": message(
        "The waiver carries the signature of {name} of {day}, who was not the principal investigator that "
        "day. This subject cannot be randomised on it."
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
    "precondition.randomised_elsewhere": message(
        "{code} is the same person as {other}, who was randomised as {number} (screened again, registered "
        "twice, or one identity number). One person is randomised once, whatever became of that record: no "
        "row is opened. Tell the principal investigator. If they are two people, correct the identity number "
        "that is wrong."
    ),
    "precondition.same_number": message(
        "{code} has the same identity number as {codes}: one number is one person, who is randomised once. "
        "Before an arm is opened for either, correct the number that is wrong, or mark the record that should"
        " not stand as entered in error; who is screened again goes on from the earlier record."
    ),
    "precondition.ratio_changed": message(
        "The ratio decided is {decided} (D27), and list {code} was made for {made}: no row of it is opened. "
        "The principal investigator decides the ratio of the list again, or, while none of its rows is used, "
        "the statistician replaces the list."
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
        "The weight of {kg} kg of {day} is {age} days old; at most {allowed} are accepted. Weigh again."
    ),
    "precondition.window": message("In the screening window, laboratory values within their age"),
    "precondition.window_days": message("day {days} of {allowed} · oldest value {oldest} d"),
    "precondition.window_passed": message(
        "The screening visit of {day} is {age} days old; the window is {allowed} days. Screen again."
    ),
    "precondition.window_undecided": message("{days} d since screening · oldest value {oldest} d"),
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
    "words.needed": message(
        "The approved protocol's words need the words, the version of the document and the "
        "section. Fill in all three."
    ),
    "words.target": message(
        "{target} is no criterion and no clarification of this protocol. Choose one from the list."
    ),
    "waiver.ink_before": message(
        "The paper was signed on {signed}, before the verdict of {decided}. Look at its date."
    ),
    "waiver.not_signed": message(
        "There is nothing to waive: no verdict “not eligible” is signed for {code}. Sign the checklist first."
    ),
    "waiver.reason_needed": message("Write why the criteria are waived. The deviation keeps it."),
    "waiver.signed": message(
        "This deviation is a waiver that the principal investigator signed. It is not opened again; one "
        "that is wrong is entered in error."
    ),
    "waiver.twice": message("The criteria of {code} are waived already. Nothing was recorded."),
}
