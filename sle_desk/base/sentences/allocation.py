"""Sentences about drawing a list, and about allocations made outside or in error."""

from __future__ import annotations

from sle_desk.base.language import message

SENTENCES: dict[str, str] = {
    "allocation.error_reason": message("Say why the allocation was made in error: the words stay beside it."),
    "allocation.error_twice": message("Allocation {number} is marked as made in error already."),
    "allocation.in_error": message(
        "Allocation {number} was made in error. It stays, and no row of the list is freed."
    ),
    "allocation.none": message("{code} has no allocation that could be marked."),
    "allocation.outside_after_reveal": message(
        "Allocation {number} was told outside before list {list} was revealed on {shown}, and recorded after "
        "it: the rows were known by then."
    ),
    "allocation.outside_disagrees": message(
        "Allocation {number} was told outside with another arm than row {row} of the sealed list holds. "
        "The arm as it was told is recorded, and the row is used."
    ),
    "allocation.outside_list_changed": message(
        "Allocation {number} was told outside and has no row: sealed list {list} no longer gives the digest "
        "that was shown, or its next row cannot be opened. No row of it was opened."
    ),
    "allocation.outside_list_ended": message(
        "Allocation {number} was told outside and has no row: all rows of list {list} were used."
    ),
    "allocation.outside_no_list": message(
        "Allocation {number} was told outside and has no row: no allocation list was loaded."
    ),
    "allocation.outside_unready": message(
        "When the arm was told outside, {count} of {of} preconditions of the allocation did not hold."
    ),
    "allocation.second_arm": message(
        "An arm was told outside for {subject}, the same person as {other}, who is randomised as {number}: "
        "one person has two allocations."
    ),
    "outside.after_recorded": message(
        "The arm cannot have been told at {told}: it was recorded here at {recorded}. Check day and time."
    ),
    "outside.again": message("Choose the arm once more, as it was told. Esc goes back to the first entry."),
    "outside.arms_differ": message(
        "The arm was entered twice, and not the same. Nothing was recorded. Look at the paper again, or ask "
        "again by telephone, and enter the arm anew both times. What else was typed is kept."
    ),
    "outside.future": message(
        "The arm cannot have been told at {told}; now it is {now}. Check day and time."
    ),
    "outside.incomplete": message(
        "Say which arm was told, how, by whom, when and why it was not opened here. Nothing was recorded."
    ),
    "drawing.many_sizes": message(
        "{found} block sizes were given; at most {allowed} are mixed here. Nothing was drawn. Take fewer."
    ),
    "drawing.place": message(
        "The list cannot be written into the study folder {folder}: everybody's backups are made of it. "
        "Nothing was drawn. Choose a place that only the statistician reads, best a stick."
    ),
    "drawing.typed": message(
        "“{typed}” is not a list of block sizes. Write whole numbers with commas between them, such as 3, 6."
    ),
    "list.not_drawn": message(
        "It was decided that the list is imported and not drawn here (D27). Nothing was drawn. Have D27 "
        "decided otherwise, or import the list."
    ),
}
