"""Drawing the list at the window: block sizes, the figure before it is drawn, the place of the copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.exports.list_certificates import figure_words
from sle_desk.services import list_drawing
from sle_desk.services.list_drawing import Planned
from sle_desk.services.list_kept import Commitment
from sle_desk.ui.dialogs.ask_form import ask_form
from sle_desk.ui.dialogs.sure import Sure
from sle_desk.ui.file_choice import Ask
from sle_desk.ui.pages.side_form import text_of
from sle_desk.ui.state import State

TITLE = Words("Draw a list", "生成分配表")
REPLACING = Words("Import another list", "导入另一分配表")
NAME = Field(code="code", label=Words("Name of the list, such as R1", "分配表代号（如 R1）"), kind="text")
WHY = Field(
    code="reason",
    label=Words("Why the list before is replaced", "替换前一分配表的原因"),
    kind="text",
    required=False,
    hint=Words("Only where a list is loaded already.", "仅在已有分配表时填写。"),
)
# A list that nobody has used yet is replaced by a file: under another name, and with the reason.
REPLACE_FORM = Form(
    code="list_replace",
    version="1",
    label=REPLACING,
    sections=(Section(REPLACING, (NAME, replace(WHY, required=True, hint=None))),),
)
DRAW_FORM = Form(
    code="list_draw",
    version="1",
    label=TITLE,
    sections=(
        Section(
            TITLE,
            (
                NAME,
                Field(
                    code="block_sizes",
                    label=Words("Block sizes, mixed at random", "区组大小（随机混合）"),
                    kind="text",
                    hint=Words(
                        "Up to three, with commas between them. They are sealed with the list: tell nobody.",
                        "最多三种，以逗号分隔。将与分配表一并密封，请勿告知他人。",
                    ),
                ),
                WHY,
            ),
        ),
    ),
)


@dataclass(frozen=True)
class _Wanted:
    code: str
    block_sizes: str
    reason: str


class ListDrawing:
    """Asks for what a list is drawn with, shows how well it could be guessed, and draws it."""

    def __init__(
        self,
        page: QWidget,
        state: State,
        drawn: Callable[[Commitment, str], object],
        said: Callable[[str], object],
    ) -> None:
        """`drawn` takes the list and the place of the copy; `said` takes the sentence of a refusal."""
        self._page, self._state, self._drawn, self._said = page, state, drawn, said
        self._planned: Planned | None = None
        self._wanted = _Wanted("", "", "")

    def ask(self, ask_file: Ask) -> None:
        """Ask for name and block sizes; only what can be drawn goes on."""
        language = self._state.language
        note = language.text("Nothing is drawn yet: how well it could be guessed is shown first.")
        if not ask_form(self._page, self._state, DRAW_FORM, language.text("Go on"), note, self._plan):
            return
        planned, code = self._planned, self._wanted.code
        assert planned is not None
        title = language.text("Draw list {code} with {size} rows?", code=code, size=planned.size)
        said = language.words(figure_words(planned.figure))
        more = language.text(
            "Next you choose where your one copy is written: the program keeps none, and the seed stays "
            "sealed."
        )
        Sure(
            self._page,
            (title, f"{said}\n{more}"),
            language.text("Choose the place"),
            language,
            lambda: self._draw(ask_file),
        ).open()

    def _plan(self, values: dict[str, Value]) -> None:
        wanted = _Wanted(*(text_of(values, name).strip() for name in ("code", "block_sizes", "reason")))
        self._planned = list_drawing.planned(self._state.desk, wanted.block_sizes, wanted.code, wanted.reason)
        self._wanted = wanted

    def _draw(self, ask_file: Ask) -> None:
        language, wanted = self._state.language, self._wanted
        title = language.text("Where your copy of the list is written")
        path = ask_file(self._page, title, f"{wanted.code}.csv")
        if path is None:
            return
        try:
            made = list_drawing.draw(self._state.desk, wanted.code, wanted.block_sizes, path, wanted.reason)
        except SleDeskError as error:
            self._said(error_sentence(error, language))
            return
        self._drawn(made, str(path))
