"""A form on screen, built from its declaration: sections, fields, live checks, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from sle_desk.base.language import Language
from sle_desk.domain.checks import MISSING, MISSING_REASONS, NOTABLE, Entry, Finding, Value, judge, read
from sle_desk.domain.form_checks import check_form, compared, shown_fields
from sle_desk.domain.forms import Field, Form
from sle_desk.ui.cards import Card
from sle_desk.ui.field_box import FieldBox, FieldContext, Sentence
from sle_desk.ui.field_maker import make_field
from sle_desk.ui.flow import FlowLayout
from sle_desk.ui.focus_path import FocusPath, bring_into_view
from sle_desk.ui.missing_list import MissingList
from sle_desk.ui.theme import current

# What values say beside other records of the subject.
Beside = Callable[[Mapping[str, Value]], tuple[Finding, ...]]


def nothing_beside(values: Mapping[str, Value]) -> tuple[Finding, ...]:
    """Say nothing: a form that is compared with no other record."""
    return ()


class FormView(QWidget):
    """One form. Each accepted field is told at once, to be kept as a draft; saving is the page's."""

    field_kept = Signal(str, str)
    save_requested = Signal()
    correction_requested = Signal(str)
    corrected = Signal(str, str, str)
    history_requested = Signal(str)
    progressed = Signal(int, int)
    ended = Signal()

    def __init__(
        self,
        form: Form,
        language: Language,
        now: Callable[[], datetime],
        sentence: Sentence,
        *,
        previous: Mapping[str, Value] = MappingProxyType({}),
        born: date | None = None,
        day_one: date | None = None,
        codes: Collection[str] = (),
        queries: Collection[str] = (),
        beside: Beside = nothing_beside,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.form, self.language = form, language
        self._now, self._previous, self._born, self._beside = now, previous, born, beside
        self._kept: list[tuple[Finding, str]] = []
        self._as_saved: tuple[Finding, ...] = ()
        # What is told of the form as a whole, with the field below which it stands.
        self._told: list[tuple[str, Finding]] = []
        self._fields: dict[str, FieldBox] = {}
        self._cards: list[Card] = []
        self._path = FocusPath(self)
        self._missing = MissingList()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current().px(16))
        context = FieldContext(language, now, sentence, born, day_one)
        for section in form.sections:
            boxes = []
            for asked in section.fields:
                own = replace(context, queries=asked.code in queries)
                boxes.append((asked, make_field(asked, own, code=asked.code in codes)))
            self._add_section(boxes)
        self._column.addWidget(self._missing)
        self._column.addStretch(1)
        self._missing.chosen.connect(self.go_to)
        self._missing.left.connect(self._close_missing)
        self._missing.save_requested.connect(self.save)
        self._path.follow(list(self._fields.values()))
        self._path.ended.connect(self.ended)
        self.set_language(language)
        self._refresh()

    def _add_section(self, fields: list[tuple[Field, FieldBox]]) -> None:
        px = current().px
        card = Card()
        holder = QWidget()
        flow = FlowLayout(holder, px(20), px(12))
        for asked, box in fields:
            if box.fills_width:
                flow.add_whole(box)
            else:
                flow.addWidget(box)
                flow.add_below(box, box.take_strip())
            self._fields[asked.code] = box
            self._listen(box)
        card.body.addWidget(holder)
        self._cards.append(card)
        self._column.addWidget(card)

    def _listen(self, box: FieldBox) -> None:
        box.answer.judge = self._judge
        box.committed.connect(self._accepted)
        box.settled.connect(self._settled)
        box.unlikely_kept.connect(self._keep)
        box.save_requested.connect(self.save)
        box.correction_requested.connect(self.correction_requested)
        box.corrected.connect(self.corrected)
        box.history_requested.connect(self.history_requested)

    # What stands in the form.

    def field(self, code: str) -> FieldBox:
        """Return the field with this code."""
        return self._fields[code]

    def values(self) -> dict[str, Value]:
        """Return every accepted value of the fields that are asked for; half-typed ones are not there."""
        now = self._now()
        read_now = {
            code: read(box.asked, box.answer.accepted, now)
            for code, box in self._fields.items()
            if box.answer.accepted
        }
        shown = {asked.code for asked in shown_fields(self.form, read_now)}
        return {code: value for code, value in read_now.items() if code in shown}

    def typed(self) -> dict[str, str]:
        """Return what stands in every field, accepted or half typed, for a draft."""
        return {code: box.typed() for code, box in self._fields.items() if box.typed()}

    def kept_unlikely(self) -> tuple[tuple[Finding, str], ...]:
        """Return the unlikely findings that stand, each with its coded reason."""
        found = self._found()
        return tuple((finding, reason) for finding, reason in self._kept if finding in found)

    def _found(self) -> tuple[Finding, ...]:
        values = self.values()
        said = (*self._checked(values), *self._beside(values))
        return tuple(finding for finding in said if finding not in self._as_saved)

    def _checked(self, values: Mapping[str, Value]) -> tuple[Finding, ...]:
        return check_form(self.form, values, self._now(), previous=self._previous, born=self._born)

    def take_as_saved(self) -> None:
        """Let what a saved record says against itself stand: a correction puts it right, not saving more."""
        self._as_saved = ()
        self._as_saved = tuple(finding for finding in self._found() if finding.level != MISSING)

    def show_signer(self, name: str) -> None:
        """Let every correction say whose signature goes void with it; nothing where none stands."""
        for box in self._fields.values():
            box.signed_by = name

    def findings(self) -> tuple[Finding, ...]:
        """Return what stands against saving: refused fields, unlikely ones not kept, missing ones."""
        found = self._found()
        kept = [finding for finding, _ in self._kept]
        refused = [finding for box in self._fields.values() for finding in box.answer.refusing(box.typed())]
        in_doubt = {finding.field for finding in refused}
        against = (finding for finding in found if finding.level != NOTABLE and finding not in kept)
        return (*refused, *(finding for finding in against if finding.field not in in_doubt))

    def progress(self) -> tuple[int, int]:
        """Return how many of the required fields asked for are entered, and how many there are."""
        values = self.values()
        required = [each.code for each in shown_fields(self.form, values) if each.required and not each.later]
        return sum(code in values for code in required), len(required)

    def unsaid(self) -> list[str]:
        """Return the required fields asked for that hold no value: why something was not done is none."""
        values = self.values()
        required = (each.code for each in shown_fields(self.form, values) if each.required and not each.later)
        return [code for code in required if code not in values or values[code].missing]

    def progress_words(self) -> str:
        """Return the progress in words."""
        entered, required = self.progress()
        return self.language.text("{entered} of {required} entered", entered=entered, required=required)

    def ask_rest_not_done(self, question: str) -> None:
        """Ask once why everything that is still empty was not done."""
        empty = self._empty()
        if empty:
            focused = next((box for box in self._fields.values() if box.editor.hasFocus()), empty[0])
            focused.ask_reason(question, MISSING_REASONS, self._mark_rest)

    def _empty(self) -> list[FieldBox]:
        asked = shown_fields(self.form, self.values())
        boxes = [self._fields[each.code] for each in asked if each.required]
        return [box for box in boxes if not box.read_only and not box.typed()]

    def _mark_rest(self, reason: str) -> None:
        for box in self._empty():
            box.resume(Entry(missing=reason).typed)
            self.field_kept.emit(box.asked.code, box.typed())
        self._refresh()
        self.ended.emit()

    # Showing.

    def load(self, values: Mapping[str, Value]) -> None:
        """Show saved values as they were typed."""
        for code, box in self._fields.items():
            value = values.get(code)
            box.show_text(value.as_typed if value else "")
        self._told = []
        self._refresh()

    def resume(self, drafts: Mapping[str, str]) -> None:
        """Show drafts: what can be read is accepted, the rest stands as it was left."""
        for code, typed in drafts.items():
            if code in self._fields:
                self._fields[code].resume(typed)
        self._refresh()
        self._compare()

    def set_language(self, language: Language) -> None:
        """Show every word in a language; what was typed, and the focus, stay."""
        self.language = language
        for box in self._fields.values():
            box.retranslate(language)
        for section, card in zip(self.form.sections, self._cards, strict=True):
            card.set_title(language.words(section.label))
        if self._missing.codes():
            self._show_missing(self.findings())

    def set_read_only(self, only: bool | Collection[str]) -> None:
        """Show a saved record, or some fields of it, that F2 corrects; else let it be filled."""
        for code, box in self._fields.items():
            box.set_read_only(only if isinstance(only, bool) else code in only)

    def only_read(self, codes: Collection[str] | None = None) -> None:
        """Show the fields, or some of them, to who can neither enter nor correct them now."""
        for code, box in self._fields.items():
            if codes is None or code in codes:
                box.only_read()

    def correct(self, code: str) -> None:
        """Open one saved field for correction: Enter asks for the reason, Esc gives up."""
        self._fields[code].begin_correction()

    def code_in_focus(self) -> str:
        """Return the code of the field that the keys are in, or nothing."""
        focused = QApplication.focusWidget()
        inside = (code for code, box in self._fields.items() if focused and box.isAncestorOf(focused))
        return next(inside, "")

    def go_to(self, code: str) -> None:
        """Put the focus into a field."""
        box = self._fields[code]
        box.setFocus(Qt.FocusReason.OtherFocusReason)
        bring_into_view(box)
        # A form that was just built has no places yet: it is scrolled once it is laid out.
        QTimer.singleShot(0, self, partial(self._keep_in_sight, box))

    def go_to_first(self) -> None:
        """Put the focus into the first field that is empty, else into the first one."""
        shown = [box for box in self._fields.values() if box.isVisibleTo(self)]
        target = next((box for box in shown if not box.typed()), shown[0] if shown else None)
        if target is not None:
            self.go_to(target.asked.code)

    def _keep_in_sight(self, box: FieldBox) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and (focused is box or box.isAncestorOf(focused)):
            bring_into_view(box)

    def _refresh(self) -> None:
        shown = {asked.code for asked in shown_fields(self.form, self.values())}
        for section, card in zip(self.form.sections, self._cards, strict=True):
            for asked in section.fields:
                self._fields[asked.code].setVisible(asked.code in shown)
            card.setVisible(any(asked.code in shown for asked in section.fields))
        self.progressed.emit(*self.progress())

    # What fields tell.

    def _judge(self, asked: Field, typed: str) -> tuple[str, tuple[Finding, ...]]:
        previous = self._previous.get(asked.code)
        return judge(asked, typed, self._now(), previous=previous, born=self._born)

    def _accepted(self, typed: str) -> None:
        box = self.sender()
        assert isinstance(box, FieldBox)
        self._refresh()
        self.field_kept.emit(box.asked.code, typed)

    def _keep(self, code: str, finding_code: str, reason: str) -> None:
        box = self._fields[code]
        told = [finding for place, finding in self._told if place == code]
        self._kept += [(each, reason) for each in (*box.answer.findings, *told) if each.code == finding_code]

    # The answers beside each other.

    def _settled(self) -> None:
        box = self.sender()
        assert isinstance(box, FieldBox)
        self._compare(box.asked.code)

    def _compare(self, place: str = "") -> None:
        """Tell what the answers say against each other, below the one just given, as soon as they do.

        What was put right in any of them is told no more. Without a place it stands below its own field.
        """
        values = self.values()
        others = self._beside(values)
        settled = [*self._as_saved, *(finding for finding, _ in self._kept)]
        standing = [each for each in (*self._checked(values), *others) if each not in settled]
        told = [each for each in self._told if each[1] in standing]
        known = [finding for _, finding in told]
        found = (*compared(self.form, values), *others)
        new = (each for each in found if each in standing and each not in known and each.level != MISSING)
        self._told = [*told, *((place or each.field, each) for each in new)]
        self._show_told(place)

    def _show_told(self, but: str = "") -> None:
        """Let each field show what is told below it; the one that is being accepted shows it by itself."""
        for code, box in self._fields.items():
            beside = tuple(replace(finding, field=code) for place, finding in self._told if place == code)
            if beside != box.answer.beside:
                box.answer.beside = beside
                if code != but:
                    box.show_answer(aloud=False)

    # Saving.

    def save(self) -> None:
        """Ask the page to save; what is in doubt or missing is shown first, and the focus put there."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QWidget):
            for box in self._fields.values():
                # A button pressed with the mouse leaves the focus, and the half-typed value, in its field.
                if box.editor is focused and not box.read_only and not box.commit():
                    return
        found = self.findings()
        doubts = [finding for finding in found if finding.level != MISSING]
        missing = [finding.field for finding in found if finding.level == MISSING]
        if doubts:
            self.point_out(doubts[0])
        elif missing and missing != self._missing.codes():
            self._show_missing(found)
        else:
            # Asked again with the same gaps in sight: saved as incomplete, as the list says.
            self.save_requested.emit()

    def point_out(self, finding: Finding) -> None:
        """Tell what stands against saving below its field, and put the focus there."""
        place = next((place for place, told in self._told if told == finding), finding.field)
        box = self._fields[place]
        if finding not in box.answer.findings and (place, finding) not in self._told:
            self._told.append((place, finding))
            self._show_told(place)
        box.show_answer(aloud=True)
        self.go_to(place)

    def _show_missing(self, found: tuple[Finding, ...]) -> None:
        missing = [finding.field for finding in found if finding.level == MISSING]
        entered, _ = self.progress()
        title = self.language.text(
            "{missing} of {required} not entered", missing=len(missing), required=entered + len(missing)
        )
        hint = self.language.text("Enter goes there. Ctrl+Enter again saves as incomplete. Esc goes back.")
        words = [(code, self.language.words(self._fields[code].asked.label)) for code in missing]
        self._missing.show_missing(title, hint, words)

    def _close_missing(self) -> None:
        self._missing.hide()
        self.go_to_first()
