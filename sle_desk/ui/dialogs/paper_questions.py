"""What is asked of a sheet of paper: whose ink it bears, and whether its code agrees."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Words
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import papers
from sle_desk.services.papers import PaperRow
from sle_desk.services.signatures import Ink
from sle_desk.ui.dialogs.ask_form import ask_form
from sle_desk.ui.dialogs.ask_ink import ask_ink
from sle_desk.ui.state import State

SIGNATURE = Words("Signature on paper", "纸质签字")
CHECK = Form(
    "check",
    "1",
    Words("Check a paper", "核对纸质文件"),
    (
        Section(
            Words("From the foot of the page, or scanned from its square", "页脚所印，或扫描二维码"),
            (Field("typed", Words("Audit number and code", "稽查号与校验码"), "text"),),
        ),
    ),
)
_CODE = re.compile(
    r"(?<!\d)(?P<number>\d{1,3}(?:[ \u00a0]\d{3})+|\d+)\W+(?P<code>[A-Za-z2-7]{4}(?:-?[A-Za-z2-7]{4}){5})\s*$"
)


def read_anchor(typed: str) -> tuple[int, str] | None:
    """Return audit number and code from what was typed or scanned, or None when both are not there."""
    found = _CODE.search(typed.strip())
    if found is None:
        return None
    return int("".join(found["number"].split())), found["code"]


def ask_paper_ink(parent: QWidget, state: State, row: PaperRow, done: Callable[[], object]) -> None:
    """Ask for the signature that stands on a paper and record it."""
    language = state.language
    note = language.text("Transcribed from {number}: the ink is the signature.", number=row.report_number)

    def keep(ink: Ink) -> None:
        papers.record_ink(state.desk, row.id, ink)
        done()

    ask_ink(parent, state, language.text("Record signature"), note, keep, SIGNATURE)


def ask_check(parent: QWidget, state: State, say: Callable[[str, str], object]) -> None:
    """Ask for a printed audit number and code, and say whether they agree with the study."""
    language = state.language
    note = language.text("The code proves that the chain up to this number is unchanged.")
    ask_form(parent, state, CHECK, language.text("Check"), note, partial(_checked, state, say))


def _checked(state: State, say: Callable[[str, str], object], values: dict[str, Value]) -> None:
    language = state.language
    anchor = read_anchor((values["typed"].text or "") if "typed" in values else "")
    if anchor is None:
        say(language.text("Not read: type the audit number, a colon and the code of 24 characters."), "warn")
    elif papers.check_paper(state.desk, *anchor):
        say(language.text("Audit {number} agrees with this study.", number=anchor[0]), "ok")
    else:
        words = language.text(
            "Audit {number} does not agree: keep the sheet and call the administrator.", number=anchor[0]
        )
        say(words, "bad")
