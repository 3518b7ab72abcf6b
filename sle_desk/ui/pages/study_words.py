"""The lists of words that are offered while typing: a file is looked at first, and then taken over or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from sle_desk.base.errors import SleDeskError
from sle_desk.base.language import Language, Words, message
from sle_desk.base.words import error_sentence
from sle_desk.domain.dictionary import OFFERS
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.domain.word_file import CELLS, CONTROL, DUPLICATE, EMPTY, LONG, LONGEST_NAME, WHYS
from sle_desk.services import word_lists
from sle_desk.services.word_lists import Preview, WordListRow
from sle_desk.ui.labels import label
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.side_form import SideForm, Values, text_of
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.table import Column

TITLE = Words("Load a word list", "载入词表")
OFFER_WORDS = dict(
    zip(
        OFFERS,
        (Words("Medicines", "药物"), Words("Events and diagnoses", "事件与诊断"), Words("Vaccines", "疫苗")),
        strict=True,
    )
)
CHOICES = tuple(Choice(code, OFFER_WORDS[code], str(place)) for place, code in enumerate(OFFERS, 1))
LOAD_FORM = Form(
    code="word_list",
    version="1",
    label=TITLE,
    sections=(
        Section(
            TITLE,
            (
                Field(
                    code="offers",
                    label=Words("Offered for", "提示用于"),
                    kind="choice",
                    choices=CHOICES,
                    hint=Words(
                        "It replaces the list in use; words the site wrote itself still come first.",
                        "将替换现用词表；本中心已写过的词仍排在最前。",
                    ),
                ),
            ),
        ),
    ),
)
WHY_WORDS = {
    DUPLICATE: message("{count} twice, in lines {lines}: other names belong in their own column"),
    EMPTY: message("{count} without a name, in lines {lines}"),
    CONTROL: message("{count} with characters that show nothing, in lines {lines}"),
    LONG: message("{count} longer than {most} characters, in lines {lines}"),
    CELLS: message("{count} with more cells than the first row, in lines {lines}"),
}
LINES_SHOWN, HASH_SHOWN = 12, 16


def ask_word_file(parent: QWidget, title: str) -> Path | None:
    """Return the file that was chosen."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, "", "CSV (*.csv)")
    return Path(chosen) if chosen else None


class LoadForm(SideForm):
    """What a file comes to, and for what it is to be offered."""

    def __init__(self, state: State, seen: Preview, act: Callable[[Values], object]) -> None:
        self._seen = seen
        self.lines = label(role="body", wrap=True)
        super().__init__(state, LOAD_FORM, None, act, _verb)
        self.more.addWidget(self.lines)

    def retranslate(self) -> None:
        """Say in the chosen language what the file comes to."""
        super().retranslate()
        self.lines.setText("\n".join(preview_words(self._seen, self.state.language)))


def preview_words(seen: Preview, language: Language) -> Sequence[str]:
    """Return the counts of a file, and each reason for which rows are refused with their lines."""
    found = seen.found
    told = [
        language.text("File: {name}", name=seen.name),
        language.text("SHA-256: {hash}", hash=seen.sha256[:HASH_SHOWN]),
        language.text("Words to be taken over: {count}", count=len(found.words)),
        language.text("Rows refused: {count}", count=len(found.refused)),
    ]
    for why in WHYS:
        lines = [row.line for row in found.refused if row.why == why]
        if lines:
            shown = ", ".join(map(str, islice(lines, LINES_SHOWN)))
            more = "…" if len(lines) > LINES_SHOWN else ""
            count = {"count": len(lines), "lines": f"{shown}{more}", "most": LONGEST_NAME}
            told.append(language.text(WHY_WORDS[why], **count))
    return told


class WordListsTab(ListTab):
    """Every list that was ever loaded, the newest first; of each kind the newest is in use."""

    reads = frozenset({"word_list"})

    def __init__(self, state: State) -> None:
        self._refusal = Strip()
        super().__init__(state, key=lambda row: row.id)
        self.ask: Callable[[QWidget, str], Path | None] = ask_word_file
        self._writes = self.may(word_lists.LOAD)
        if self._writes:
            self.add_act("Ctrl+N", self._choose, on_row=False, icon="import")
        self.retranslate()

    def above(self) -> Sequence[QWidget]:
        """Return where a refused file is told."""
        return (self._refusal,)

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(
                language.text("Offered for"),
                lambda row: row.offers,
                lambda row: language.words(OFFER_WORDS[row.offers]),
                look="strong",
            ),
            Column(
                language.text("File"),
                lambda row: row.file_name,
                lambda row: row.file_name,
                second=lambda row: f"SHA-256 {row.sha256[:HASH_SHOWN]}",
                stretch=True,
            ),
            Column(
                language.text("Words"),
                lambda row: row.entries,
                lambda row: str(row.entries),
                align="right",
            ),
            Column(
                language.text("Refused"),
                lambda row: row.refused,
                lambda row: str(row.refused),
                align="right",
            ),
            Column(
                language.text("Loaded"),
                lambda row: row.loaded_at,
                lambda row: f"{row.loaded_at:%Y-%m-%d %H:%M}",
                second=lambda row: row.loaded_by,
            ),
            Column(
                language.text("Use"),
                lambda row: row.in_use,
                lambda row: language.text("in use" if row.in_use else "replaced"),
                look="chip",
                status=lambda row: "ok" if row.in_use else "neutral",
            ),
        )

    def rows(self) -> Sequence[WordListRow]:
        """Read the lists."""
        return word_lists.word_lists(self.state.desk)

    def load(self) -> None:
        """Read the lists, and say so where there is none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("Load a word list"),) if self._writes else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        language = self.language
        self._refusal.clear()
        self.card.set_title(language.text("Word lists"))
        self.note.setText(
            language.text(
                "No list is loaded: what the protocol package knows is offered. A list is a CSV file whose "
                "first row names the columns english, chinese, other names and class."
            )
        )

    def _choose(self) -> None:
        path = self.ask(self, self.language.text("Load a word list"))
        if path is None:
            return
        self._refusal.clear()
        try:
            seen = word_lists.preview(path)
        except SleDeskError as error:
            self._refusal.say(error_sentence(error, self.language), "bad")
            return
        self.open_form(LoadForm(self.state, seen, partial(self._load, seen)))

    def _load(self, seen: Preview, values: Values) -> None:
        made = word_lists.load_words(self.state.desk, text_of(values, "offers"), seen)
        self.state.say(
            self.language.text("{count} words of {name} are offered now.", count=made.entries, name=seen.name)
        )


def _verb(language: Language) -> str:
    return language.text("Take it over")
