"""Sentences about people, roles and subjects."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "clock.back": message(
        "The computer's clock shows {now}, but the last entry was made at {last}. Nothing is saved while "
        "the clock is behind. Set it right; or the PI or the administrator says at sign-in why it stands so."
    ),
    "clock.ahead": message(
        "The computer's clock shows {now}, {days} days after the last entry at {last}. Look at the clock; if "
        "it is right, say why nothing was entered so long."
    ),
    "name.taken": message(
        "Somebody named {name} has an account already. Add what tells the two apart, as a department."
    ),
    "role.knows_list": message(
        "This person imported the allocation list and knows it: never a role that enrols, judges or doses."
    ),
    "idle.range": message(
        "{typed} minutes cannot be set. The screen locks after {least} to {most} whole minutes."
    ),
    "people.last_day_past": message(
        "{typed} is past; today is {today}. The last day is today or later. To end it now close the account."
    ),
    "sign_in.wait": message(
        "Too many wrong passwords. The next one is heard from {until} on. Nothing typed before counts."
    ),
    "delegation.missing": message("{name} had not been delegated “{task}” on that day."),
    "signer.unknown": message(
        "The paper is signed by {signer}, who has no account here and so no line in the delegation log."
    ),
    "signer.not_pi": message("The paper is signed by {signer}, who was not the PI on that day."),
    "consent.after_death": message(
        "A consent is dated {signed}, after the death on {died}. Compare both days, and whose consent it is."
    ),
    "consent.after_procedure": message("Something was done on {procedure}, before consent was signed."),
    "consent.copy_not_given": message(
        "No copy of the consent signed on {day} (version {version}) was given to the participant."
    ),
    "consent.explainer_not_delegated": message(
        "Consent was explained by {name}, to whom that was not delegated on {day}."
    ),
    "consent.explainer_unknown": message(
        "Consent was explained by {name}, who has no account here and so no line in the delegation log."
    ),
    "consent.reason_needed": message(
        "Something was done for the study on {day}, before this consent was signed. Say why; it is recorded "
        "and proposed as a deviation."
    ),
    "consent.samples_withdrawn": message(
        "A sample was drawn on {drawn}; consent for samples was withdrawn from {since} on."
    ),
    "consent.data_withdrawn": message(
        "What was entered is of {on}; consent for the use of data was withdrawn on {since}."
    ),
    "consent.unknown_version": message("Consent was signed on version {version}, which is not recorded."),
    "consent.version_expired": message("Consent was signed on version {version}, which was no longer valid."),
    "consent.version_not_approved": message(
        "Consent was signed on version {version}, which was not approved yet."
    ),
    "consent.taken_up_before": message(
        "“{scope}”: consent was withdrawn on {day}, and the consent is not known to be signed after that. "
        "Compare the day, and on one day the times; without them the withdrawal stands."
    ),
    "consent.taken_up_unsaid": message(
        "“{scope}”: consent was withdrawn on {day}. Ask the subject and answer yes or no; without a yes it "
        "stays withdrawn. Nothing was saved."
    ),
    "consent.version_not_in_use": message(
        "Consent was signed on version {version}, which is used from {first} on only."
    ),
    "consent.incomplete": message(
        "The version of the form and the date signed are needed. Nothing was saved."
    ),
    "consent_version.blank": message(
        "A consent version needs its code and the number of its ethics approval. Fill in both."
    ),
    "consent_version.ends_before": message(
        "A version that is used from {used} on cannot end on {until}, before that day."
    ),
    "consent_version.future": message(
        "{typed} lies ahead; today is {today}. A version is recorded once it was approved."
    ),
    "consent_version.used_before": message(
        "The version cannot be used from {used} on, before it was approved on {approved}."
    ),
    "consent_version.order": message(
        "The version of {version} cannot have been approved on {approved}, before it was written."
    ),
    "consent_version.twice": message("The consent version {code} is recorded already. Type the next one."),
    "delegation.order": message("The end {stop} lies before the start {start}."),
    "delegation.task": message("There is no task {task} in the delegation log."),
    "identity.birth_date": message("The identity number holds no day that exists. Compare it with the card."),
    "identity.birth_date_differs": message(
        "The identity number says another birth date than was entered. Compare both with the card."
    ),
    "identity.check": message(
        "The check character of the identity number does not fit. Compare it with the card."
    ),
    "identity.form": message(
        "A resident identity number has 18 characters: 17 digits and a digit or X. This one has {length}."
    ),
    "identity.sex_differs": message(
        "The identity number says another sex than was entered. Compare both with the card."
    ),
    "login.form": message(
        "“{typed}” cannot be a user name. Small letters, digits, points and hyphens are allowed, 2 "
        "to 40 of them."
    ),
    "login.taken": message(
        "The user name {login} was already given to somebody. Names are never given twice."
    ),
    "name.length": message("A name has 1 to {allowed} characters; {found} were typed."),
    "people.closed": message("The account of {name} is closed. It gets no role and no password."),
    "password.differ": message("The two passwords are not the same. Type the second one again."),
    "password.no_terminal": message(
        "The password of {user} cannot be asked for: there is no terminal here. Put it into the variable "
        "{variable}."
    ),
    "password.old_wrong": message("The present password is not right. Nothing was changed."),
    "password.same": message("The new password is the old one. Choose another."),
    "password.short": message("A password has at least {wanted} characters; this one has {found}."),
    "password.weak": message("This password is easy to guess. Avoid the user name and repeated characters."),
    "role.may_not": message("The role {role} may not do this ({action}). The try is noted in the audit."),
    "role.ended": message(
        "The role {role} is not held any longer since its last day is over, or it was ended. Nothing more is "
        "saved in it; what is half typed stays as a draft. Sign out; the administrator can extend it."
    ),
    "role.none": message("Choose at least one role."),
    "role.reads_no_audit": message("The role {role} reads no audit: the list and exports only."),
    "role.sees_no_names": message("The role {role} sees no names."),
    "role.sees_no_values": message("The role {role} sees no clinical values."),
    "role.together": message(
        "The statistician knows the allocation list and holds no role that enrols, judges or "
        "doses. Choose another combination."
    ),
    "role.unknown": message("There is no role {role}."),
    "sign_in.inactive": message("The account {login} is closed. Ask the study administrator."),
    "sign_in.no_role": message("The account {login} holds no role today. Ask the study administrator."),
    "sign_in.first_password": message(
        "{login} still has the password that somebody else set. Sign in once in the application and choose "
        "your own; then come back here."
    ),
    "sign_in.role": message("The role {role} is not yours to act in."),
    "sign_in.role_of": message("You do not hold the role {role} today. Give --role one of: {held}."),
    "sign_in.wrong": message("User name or password is not right."),
    "signature.password": message("The password is not right. Nothing was signed."),
    "signature.statement": message(
        "The statement above the password is not the one for this act as it now stands. Nothing "
        "was signed. Look at the page again, then sign."
    ),
    "subject.duplicate": message(
        "This may be {codes} again: the same identity number, the same name and birth date (or its day and "
        "month the other way round), or the same birth date, sex and initials. "
        "Look there first, or give the reason why it is another person."
    ),
    "subject.duplicate_number": message(
        "{codes} has this identity number already, and one number is one person. Either a number is wrong: "
        "correct it. Or it is the same person: go on with that record, or screen again from it. To register "
        "it all the same, give the reason in words; a deviation is proposed."
    ),
    "subject.same_number": message(
        "{subject} has the same identity number as {other}. One number is one person: correct the number "
        "that is wrong, or mark the record of a person who was registered twice."
    ),
    "subject.same_as_itself": message("{code} is this record itself. Choose the record that stands."),
    "subject.same_as_void": message(
        "{code} was itself entered in error. Choose the record of this person that stands."
    ),
    "subject.still_holds": message(
        "At {code} still stand: {what}. They would leave Today and every list with it. Mark each one as "
        "entered in error there first, and enter it at the record that stands; then mark {code}."
    ),
    "subject.void": message("This subject was entered in error. Open the record that stands."),
}
