"""Sentences about a faulty protocol package."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "package.added_leaf": message(
        "The protocol package cannot be used: in {file}, {key}: the leaf {found} is marked as not "
        "in the registry, but has words or stands among the registry's (or the other way round)."
    ),
    "package.band_empty": message(
        "The protocol package cannot be used: in {file}, {key}: no value can lie between its two "
        "bounds. Correct one of them."
    ),
    "package.bands_overlap": message(
        "The protocol package cannot be used: in {file}, {key}: the bands of grade {one} and grade "
        "{other} share values; at most one may hold. Correct their bounds."
    ),
    "package.blank": message("The file {file} cannot be used: {key} is empty."),
    "package.bound": message(
        "The protocol package cannot be used: in {file}, {key} is {found}. A bound is a number, or "
        "a multiple of ULN, LLN or BL such as 1.5 ULN."
    ),
    "package.bound_twice": message(
        "The protocol package cannot be used: in {file}, {key} and {other} are both given. Keep one of them."
    ),
    "package.choices": message(
        "The protocol package cannot be used: in {file}, {key}: a choice needs choices, and only a "
        "choice has them."
    ),
    "package.day_of_anchor": message(
        "The protocol package cannot be used: in {file}, {key} does not fit its anchor {found}: a "
        "day counts from day 1, an open stretch and a window around leaving need their settings."
    ),
    "package.days_are_whole": message(
        "The protocol package cannot be used: in {file}, {key}: days are whole and always limited."
    ),
    "package.empty_list": message(
        "The protocol package cannot be used: in {file}, {key} is empty; at least one entry is needed."
    ),
    "package.form_name": message(
        "The protocol package cannot be used: in {file}, {key} is {found}; a form stands in the "
        "file of its own code."
    ),
    "package.grade": message(
        "The protocol package cannot be used: in {file}, {key} is {found}. A laboratory grade is 1 to 4."
    ),
    "package.leaf_does_not_wait": message(
        "The protocol package cannot be used: in {file}, {key} lacks {found}: a leaf that needs an "
        "open setting has to wait for its clarification."
    ),
    "package.leaf_without_limit": message(
        "The protocol package cannot be used: in {file}, {key} leaves the leaf {found} in force "
        "without the setting {setting} that it is computed with."
    ),
    "package.limits_order": message(
        "The protocol package cannot be used: in {file}, {key} has a lower limit {low} that is not "
        "below {high}."
    ),
    "package.lost_text": message(
        "The protocol package cannot be used: in {file}, {key}: words cut off in the registry "
        "cannot be judged as they are; they wait for a clarification, are void, or take own words."
    ),
    "package.missing": message("The file {file} cannot be used: {key} is missing."),
    "package.missing_file": message(
        "The protocol package cannot be used: the file {file} is missing. Add it."
    ),
    "package.never_read": message(
        "The protocol package cannot be used: in {file}, no option of any clarification brings "
        "about the leaf {key}."
    ),
    "package.not_a_number": message("The file {file} cannot be used: {key} is not an exact number: {found}."),
    "package.not_a_table": message("The file {file} cannot be used: {key} is not a table."),
    "package.not_governed": message(
        "The protocol package cannot be used: in {file}, {key} names {found}, which its "
        "clarification does not govern."
    ),
    "package.not_one_of": message("The file {file} cannot be used: {key} is {found}; allowed are {allowed}."),
    "package.not_positive": message("The value is {found}; it has to be more than 0."),
    "package.not_text": message("The protocol package cannot be used: {file} is not UTF-8 text ({key})."),
    "package.not_toml": message("The protocol package cannot be used: {file} cannot be read: {found}."),
    "package.number_or_setting": message(
        "The protocol package cannot be used: in {file}, {key}: exactly one of a number and an "
        "open setting has to be given."
    ),
    "package.one_of_two": message('Exactly one of this key and "{other}" has to be given.'),
    "package.one_reading": message(
        "The protocol package cannot be used: in {file}, {key}: a leaf has exactly one reading: "
        "words, own words, or void."
    ),
    "package.option_leaves_open": message(
        "The protocol package cannot be used: in {file}, {key} says nothing about {found}: an "
        "option sets each setting of its clarification, asks for it, or names it as unneeded."
    ),
    "package.own_words": message(
        "The protocol package cannot be used: in {file}, {key}: a reading in own words belongs to "
        "an option that asks for own words."
    ),
    "package.printed": message(
        "The protocol package cannot be used: in {file}, {key} holds {found} texts; {wanted} are "
        "needed, one for each grade."
    ),
    "package.proposal": message(
        "The protocol package cannot be used: in {file}, {key} is a value that its setting does "
        "not allow ({why})."
    ),
    "package.ranges_overlap": message(
        "The protocol package cannot be used: in {file}, {key} is right for a sex and an age for "
        "which another range is right too. Keep one range for each."
    ),
    "package.registry_hash": message(
        "The protocol package cannot be used: {file} is not the registry text it was made for. Its "
        "SHA-256 is {found}; {wanted} is expected."
    ),
    "package.scope": message(
        "The protocol package cannot be used: in {file}, {key}: a question has scopes exactly when "
        "its leaf has a scope setting."
    ),
    "package.severity": message(
        'The protocol package cannot be used: in {file}, {key} is {found}: "blocks" says that '
        "something waits, anything else that nothing does."
    ),
    "package.soft_outside_hard": message(
        "The protocol package cannot be used: in {file}, {key} lies outside the hard limits."
    ),
    "package.sum": message(
        "The values sum to {found}; the file says {wanted}. Correct the values or the sum."
    ),
    "package.too_long": message(
        "The protocol package cannot be used: in {file}, {key} is {found}, longer than {allowed} "
        "characters. Shorten it."
    ),
    "package.twice": message("The file {file} cannot be used: {key} holds {found} twice."),
    "package.two_readers": message(
        "The protocol package cannot be used: in {file}, the leaf {key} is read by more than one "
        "clarification: {found}."
    ),
    "package.unknown_act": message(
        "The protocol package cannot be used: in {file}, {key} names the act {found}, which does not exist."
    ),
    "package.unknown_check": message(
        "{file}: {key} names the check “{found}”, which does not exist. Correct the package."
    ),
    "package.unknown_file": message(
        "The protocol package cannot be used: the file {file} belongs to no package. Remove it or "
        "correct its name."
    ),
    "package.unknown_key": message("The file {file} cannot be used: nobody knows the key {key}."),
    "package.log_at_visit": message(
        "The protocol package cannot be used: in {file}, {key} asks for {found}, which is an entry "
        "of its own and belongs to no visit."
    ),
    "package.unknown_reference": message(
        "The protocol package cannot be used: in {file}, {key} names {found}, which does not exist."
    ),
    "package.visit_order": message(
        "The protocol package cannot be used: in {file}, {key}: visits stand in the order of their "
        "numbers, each number once."
    ),
    "package.waits_twice": message(
        "The protocol package cannot be used: in {file}, {key} repeats what waits: for a setting "
        "with a clarification it stands at the clarification alone."
    ),
    "package.week_of_day": message(
        "The protocol package cannot be used: in {file}, {key} is {found}; the day of a week is 7 "
        "times the week, plus 1."
    ),
    "package.words_left_out": message(
        "The protocol package cannot be used: in {file}, {key} leaves out words of the registry "
        "text: “{found}”. Every word has to stand in a criterion and a leaf."
    ),
    "package.words_not_in_criterion": message(
        "The protocol package cannot be used: in {file}, {key} holds words that its sentence does "
        "not have, or has in another order: “{found}”."
    ),
    "package.words_not_in_registry": message(
        "The protocol package cannot be used: in {file}, {key} holds words that the registry text "
        "does not have: “{found}”. They have to be the same byte for byte."
    ),
    "package.words_order": message(
        "The protocol package cannot be used: in {file}, {key} holds words that stand earlier in "
        "the registry text: “{found}”. Keep the registry's order."
    ),
    "package.wrong_type": message("The file {file} cannot be used: {key} must be {wanted}, not {found}."),
}
