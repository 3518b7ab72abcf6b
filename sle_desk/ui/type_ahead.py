"""The field of a choice with many answers: typing narrows them, Enter or Tab takes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Language
from sle_desk.domain.forms import Field
from sle_desk.ui.field_box import FieldContext
from sle_desk.ui.field_keys import Act
from sle_desk.ui.fields import LineField
from sle_desk.ui.keys import KEY, NONE, modifiers
from sle_desk.ui.line_input import LineInput
from sle_desk.ui.suggestions import Suggestion, SuggestionList


@dataclass(frozen=True)
class _Offered:
    """The offers in one language, the code of each by its words and the words by the code."""

    language: str
    offers: tuple[Suggestion, ...]
    codes: Mapping[str, str]
    words: Mapping[str, str]


class TypeAheadField(LineField):
    """A line over a list of declared answers; what is on no list is kept as typed and refused."""

    plain = False
    characters = 28

    def __init__(self, asked: Field, context: FieldContext, parent: QWidget | None = None) -> None:
        self._list: SuggestionList | None = None
        self._made: _Offered | None = None
        super().__init__(asked, context, parent)
        # Made with the form, so that the first key does not wait for it.
        self._in_language()

    def make_editor(self) -> LineInput:
        """Return the line."""
        line = super().make_editor()
        line.textEdited.connect(self._narrow)
        return line

    def _suggestions(self) -> SuggestionList:
        # Made on first use: only then does the line stand in its window.
        if self._list is None:
            self._list = SuggestionList(self.line)
            self._list.taken.connect(self._take)
        return self._list

    def _in_language(self) -> _Offered:
        language = self.context.language
        if self._made is None or self._made.language != language.code:
            offers = tuple(
                Suggestion(
                    choice.code,
                    language.words(choice.label),
                    (choice.label.en, choice.label.zh, choice.code, *choice.also),
                )
                for choice in self.asked.choices
            )
            self._made = _Offered(
                language.code,
                offers,
                # Of two with the same words or code the first one counts.
                {offer.words: offer.code for offer in reversed(offers)},
                {offer.code: offer.words for offer in reversed(offers)},
            )
        return self._made

    def _offers(self) -> tuple[Suggestion, ...]:
        return self._in_language().offers

    def _narrow(self, typed: str) -> None:
        everything = typed in ("", "*")
        if everything and not typed:
            self._suggestions().hide()
        else:
            self._suggestions().offer(self._offers(), "" if everything else typed)

    def text(self) -> str:
        """Return the code of the answer whose words stand in the line, or the words as typed."""
        shown = self.line.text()
        return self._in_language().codes.get(shown, shown)

    def put(self, text: str) -> None:
        """Show the words of a code."""
        super().put(self._in_language().words.get(text, text))

    def said(self) -> str:
        """Return the words that stand in the line, or why nothing was answered."""
        return self.line.text() or super().said()

    def retranslate(self, language: Language) -> None:
        """Show the answer in a language; its code stays."""
        code = self.text()
        super().retranslate(language)
        self.put(code)

    def act_for(self, event: QKeyEvent) -> Act | None:
        """Move in the open list, take from it, open it; else what every field does."""
        key = event.key()
        if modifiers(event) == NONE and not self.question.is_open() and not self.read_only:
            if key == KEY.Key_Down and not self._suggestions().is_open():
                return partial(self._suggestions().offer, self._offers(), "")
            if self._suggestions().is_open():
                steps = {KEY.Key_Down: 1, KEY.Key_Up: -1}
                if key in steps:
                    return partial(self._suggestions().move_by, steps[KEY(key)])
                if key == KEY.Key_Escape:
                    return self._suggestions().hide
        return super().act_for(event)

    def enter(self) -> None:
        """Take the marked answer before accepting it."""
        self._take_marked()
        super().enter()

    def _take_marked(self) -> None:
        offer = self._suggestions().marked()
        self._suggestions().hide()
        if offer is not None:
            self.put(offer.code)
            self.edited()

    def _take(self, code: str) -> None:
        self.put(code)
        self.edited()
        self.commit()

    def left(self, event: QFocusEvent) -> None:
        """Take the marked answer on Tab, and on nothing else that leaves."""
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._take_marked()
        self._suggestions().hide()
        super().left(event)
