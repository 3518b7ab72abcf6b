"""Sentences about amendments of the protocol package."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "amendment.altered": message(
        "The protocol package of version {version} in the study is not the one that was imported: its "
        "hash is another one. Restore the last verified backup."
    ),
    "amendment.character": message(
        "The protocol package cannot be used: in {file}, {key} holds the character {character}, which "
        "nobody sees. Take it out."
    ),
    "amendment.code": message(
        "The package cannot be imported: {key} has a code that an export cannot name a column by. Use up "
        "to 28 letters, digits and underscores, a letter first."
    ),
    "amendment.decision": message(
        "The package cannot be imported: the signed decision on {code} would not be one that it allows. "
        "Keep what was decided among its choices and limits."
    ),
    "amendment.effective_from": message("Type the day from which it is in force, {earliest} or later."),
    "amendment.followed": message(
        "Version {version} cannot be withdrawn while version {later} follows it. Reject or withdraw version "
        "{later} first."
    ),
    "amendment.form_version": message(
        "The package cannot be imported: the form {form} asks otherwise, but is still version {version}. "
        "Give it a new version, so that a record tells which one it was written under."
    ),
    "amendment.holds_data": message(
        "The package cannot be imported: it leaves out {key}, and {count} records hold an answer there, "
        "which would stand nowhere. Keep the field and make it optional instead."
    ),
    "amendment.in_force": message(
        "Version {version} cannot be withdrawn: it is in force since {day}, and what was entered since then "
        "stands under it. A later amendment can change it back."
    ),
    "amendment.list_changed": message(
        "The list of dates that would move is not the one that was shown. Look at it again before you sign."
    ),
    "amendment.member": message(
        "The file cannot be used: {file} in it is locked, too large, packed too tightly or named so that "
        "it would stand outside the package. Make the zip file again from the folder of the package."
    ),
    "amendment.no_difference": message(
        "The package cannot be imported: it differs from the version in the study in nothing but its version."
    ),
    "amendment.not_a_zip": message(
        "The file cannot be used: it is no whole zip file. Copy it from its source once more."
    ),
    "amendment.not_computed": message(
        "The package cannot be imported: with what was decided the program would have no dose calendar for "
        "it ({settings})."
    ),
    "amendment.not_newer": message(
        "The package cannot be imported: it is version {found}; the study has version {wanted}, and an "
        "amendment has to be newer."
    ),
    "amendment.not_registered": message(
        "The ethics register has no approval {number}. Record it first on the Study page, Ethics."
    ),
    "amendment.not_supported": message(
        "The package cannot be imported: this version of the program cannot follow what it changes at "
        "{keys}. An amendment can add, and change words, windows, days to come and limits; arms, doses, "
        "units, kinds, scores and grades stay as they are."
    ),
    "amendment.number": message(
        "The package cannot be imported: {key} is {found}; a day or a count is at most {allowed}."
    ),
    "amendment.one_at_a_time": message(
        "Version {version} waits for the PI already. It is approved or rejected before another one is "
        "imported."
    ),
    "amendment.other_trial": message(
        "The package cannot be imported: it is for another trial ({found}); this study is {wanted}."
    ),
    "amendment.removed": message(
        "The package cannot be imported: it leaves out {keys}. This version of the program cannot follow "
        "that: records and decisions may rest on it. Keep it; a field can become optional, and a visit "
        "can list what it still expects."
    ),
    "amendment.same_name": message(
        "The package cannot be imported: {key} would be called {name} in an export, where something else "
        "is or could be called so. Give it another code."
    ),
    "amendment.too_late": message(
        "An amendment cannot be in force from {effective}: that is more than a year ahead. Check the year."
    ),
    "amendment.too_early": message(
        "An amendment cannot be in force from {effective}. The first day is {earliest}: no day has two "
        "versions, and none is in force before it is approved."
    ),
    "amendment.too_large": message("The file is too large to be a protocol package: at most {allowed} MB."),
    "amendment.too_many_files": message(
        "The file is no protocol package: it holds {found} files, and at most {allowed} are allowed."
    ),
    "amendment.unreadable": message("The file {file} cannot be read. Check the stick and choose it again."),
    "amendment.version": message(
        "The package cannot be imported: its version {found} is no number such as 4 or 4.1."
    ),
    "amendment.withdrawal_reason": message("The withdrawal has no reason. Write why it is withdrawn."),
    "amendment.withdrawn_before": message(
        "The withdrawal is signed on {signed}, but the approval was signed on {approved}. Read the date "
        "beside the signature again."
    ),
}
