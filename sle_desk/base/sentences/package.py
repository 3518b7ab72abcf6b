"""Sentences about a faulty protocol package."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "package.blank": message("The protocol package cannot be used: in {file}, {key} is empty."),
    "package.choices": message(
        "The protocol package cannot be used: in {file}, {key}: a choice needs choices, and only a "
        "choice has them."
    ),
    "package.limits_order": message(
        "The protocol package cannot be used: in {file}, {key} has a lower limit {low} that is not "
        "below {high}."
    ),
    "package.missing": message("The protocol package cannot be used: in {file}, {key} is missing."),
    "package.not_a_number": message(
        "The protocol package cannot be used: in {file}, {key} is not an exact number: {found}."
    ),
    "package.not_a_table": message("The protocol package cannot be used: in {file}, {key} is not a table."),
    "package.not_one_of": message(
        "The protocol package cannot be used: in {file}, {key} is {found}; allowed are {allowed}."
    ),
    "package.not_positive": message("The value is {found}; it has to be more than 0."),
    "package.not_toml": message("The protocol package cannot be used: {file} cannot be read: {found}."),
    "package.one_of_two": message("Exactly one of this key and \"{other}\" has to be given."),
    "package.soft_outside_hard": message(
        "The protocol package cannot be used: in {file}, {key} lies outside the hard limits."
    ),
    "package.sum": message(
        "The values sum to {found}; the file says {wanted}. Correct the values or the sum."
    ),
    "package.twice": message("The protocol package cannot be used: in {file}, {key} holds {found} twice."),
    "package.unknown_check": message(
        "The protocol package cannot be used: in {file}, {key} names the check {found}, which does "
        "not exist."
    ),
    "package.unknown_key": message(
        "The protocol package cannot be used: in {file}, nobody knows the key {key}."
    ),
    "package.unknown_reference": message(
        "The protocol package cannot be used: in {file}, {key} names {found}, which does not exist."
    ),
    "package.wrong_type": message(
        "The protocol package cannot be used: in {file}, {key} must be {wanted}, not {found}."
    ),
}
