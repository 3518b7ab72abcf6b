"""Amendment packages for tests: the installed one with some of its words changed, carried as a zip file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from registered_package import installed_bytes, registered
from study_fixtures import PASSWORD, Study

from sle_desk.domain import roles
from sle_desk.services import amendments, ethics, studies
from sle_desk.services.amendments import APPROVE, AmendmentApproval, AmendmentRow
from sle_desk.services.desk import Desk
from sle_desk.services.ethics import NewApproval

# What is changed: of a file, words and what stands there instead.
Changes = Mapping[str, tuple[tuple[str, str], ...]]
PROTOCOL, CRITERIA, VITALS = "protocol.toml", "criteria.toml", "forms/vitals.toml"
# The installed version, and the one that an amendment of it is.
BASE = registered().version
NEXT = str(int(BASE) + 1)
NEWER = (f'version = "{BASE}"', f'version = "{NEXT}"')
# A sentence that reads otherwise.
SENTENCE: Changes = {
    CRITERIA: (('label = { en = "Age", zh = "年龄" }', 'label = { en = "Age in years", zh = "周岁年龄" }'),)
}
FIELD = """
[[section.field]]
code = "waist"
label = { en = "Waist <b>&</b>", zh = "腰围" }
kind = "number"
unit = "cm"
decimals = 1
hard = { low = "30", high = "250" }
"""
# A field more in vital signs, which are another version of their form then.
ADDED_FIELD: Changes = {VITALS: (('version = "1"', 'version = "2"'), ("", FIELD))}
# Week 8 a week later, and another window at week 16.
MOVED: Changes = {
    PROTOCOL: (
        ("week = 8\nday = 57\n", "week = 9\nday = 64\n"),
        (
            'day = 113\nwindow = "visit.window_days"',
            'day = 113\nwindow = "visit.window_week_24_days"',
        ),
    )
}
# A criterion that reads otherwise.
READING: Changes = {CRITERIA: (("abuse in the past 3 years included", "abuse in the past 5 years included"),)}
_LEAVING = '[[visit]]\ncode = "ET"\n'


def _visit(week: int) -> str:
    return f"""[[visit]]
code = "W{week}"
label = {{ en = "Week {week}", zh = "第{week}周" }}
number = {week + 10}
anchor = "day_1"
week = {week}
day = {7 * week + 1}
window = "visit.window_days"
forms = ["vitals"]
panels = ["CBC"]
source = "amendment 1"
unconfirmed = true

"""


# Two visits more, in weeks 10 and 14.
ADDED_VISITS: Changes = {PROTOCOL: ((_LEAVING, f"{_visit(10)}{_visit(14)}{_LEAVING}"),)}


def packed(path: Path, *changes: Changes, version: tuple[str, str] = NEWER, folder: str = "") -> Path:
    """Write the installed package with changes as a zip file; a word that is not there fails the test."""
    contents = {name: content.decode("utf-8") for name, content in installed_bytes().items()}
    for each in ({PROTOCOL: (version,)}, *changes):
        for name, pairs in each.items():
            for before, after in pairs:
                assert before in contents[name], (name, before)
                whole = contents[name]
                contents[name] = whole.replace(before, after, 1) if before else whole + after
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in contents.items():
            target.writestr(f"{folder}{name}", text)
    return path


def imported(study: Study, path: Path) -> AmendmentRow:
    """Let the administrator import a package."""
    row = amendments.import_amendment(study.sit("xu.feng", roles.ADMINISTRATOR), path)
    study.leave()
    return row


NUMBER, APPROVED_ON = "2026PHB-102", date(2026, 11, 20)


def register(desk: Desk) -> None:
    """Record the approval of the committee once, at a desk that may."""
    if NUMBER not in ethics.numbers_offered(desk):
        new = NewApproval("amendment", NUMBER, "PKUPH IRB", APPROVED_ON, "Protocol 2.0")
        ethics.record_approval(desk, new)


def approval(
    desk: Desk,
    amendment_id: int,
    effective: date | None = None,
    number: str = NUMBER,
    approved_on: date = APPROVED_ON,
) -> AmendmentApproval:
    """Return what the PI gives to approve an amendment, with the list of dates as it is now."""
    day = effective or amendments.earliest_day(desk)
    return AmendmentApproval(
        document="Protocol 2.0 of 2026-11-10",
        approval_number=number,
        approved_on=approved_on,
        effective_from=day,
        reason="Amendment 1.",
        shown=amendments.effects(desk, amendment_id, day).shown_as,
    )


def approve(study: Study, row: AmendmentRow, effective: date | None = None) -> Desk:
    """Let the PI approve an amendment; return the desk where the PI sits."""
    desk = study.sit("wu.min", roles.PI)
    register(desk)
    given = approval(desk, row.id, effective)
    signing = amendments.signing_for(APPROVE, "en", PASSWORD)
    amendments.approve(desk, study.folder, row.id, row.version, given, signing)
    return desk


def in_force(study: Study, path: Path, *changes: Changes, version: tuple[str, str] = NEWER) -> Desk:
    """Import and approve an amendment and wait for its day; return the coordinator's desk."""
    approve(study, imported(study, packed(path, *changes, version=version)))
    study.clock.advance(timedelta(days=1))
    return study.sit("chen.lan", roles.COORDINATOR)


def opens_whole(study: Study) -> None:
    """Open the study anew with every check of an opening; each of them holds."""
    study.leave()
    unlocked = studies.unlock(study.folder.path, "chen.lan", PASSWORD, study.clock)
    try:
        assert studies.opening_checks(unlocked, lambda step, share: None).holds
    finally:
        studies.leave(unlocked)
