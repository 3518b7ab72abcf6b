"""Any form of the package at a visit: filled, kept as a draft, saved, read, corrected, its history told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from sle_desk.domain import record_source
from sle_desk.domain.checks import read
from sle_desk.domain.form_checks import disagreements
from sle_desk.domain.forms import Form
from sle_desk.exports.wording import SEMICOLON, taken_out_words
from sle_desk.services import drafts, entered_in_error, form_records, signatures, subjects
from sle_desk.services.answers import Given
from sle_desk.services.drafts import Place
from sle_desk.services.form_records import Correction, FormRow, NewForm
from sle_desk.services.form_signing import SIGN, SIGN_TRANSCRIBED
from sle_desk.services.record_sources import ink_told
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.buttons import Button
from sle_desk.ui.correcting import correct
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.entered_in_error import ask_entered_in_error
from sle_desk.ui.dialogs.history import show_history
from sle_desk.ui.dialogs.voided import error_words
from sle_desk.ui.form_host import FormHost, finding_sentence
from sle_desk.ui.form_signing import ask_signature
from sle_desk.ui.page import Step
from sle_desk.ui.pages.classification_line import ClassificationLine
from sle_desk.ui.pages.entry_links import EntryLinks
from sle_desk.ui.pages.entry_place import EntryPlace
from sle_desk.ui.pages.entry_source import EntrySource
from sle_desk.ui.pages.scoring_line import ScoringLine
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.theme import current
from sle_desk.ui.void_cases import add_void_key, form_case

ANSWER_COLUMNS = ("typed", "number", "comparator", "unit", "text", "day", "choice", "missing", "kept_reason")


class FormPage(DeskPage):
    """One form of one visit of one subject."""

    reads = frozenset({"form_record", "answer", "identity", "signature"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._where: EntryPlace | None = None
        self._record: FormRow | None = None
        self.strip = SubjectStrip()
        self.notice = Strip()
        self.meanwhile = Strip()
        self.host: FormHost | None = None
        self.sign_button = Button("", "primary", keys="Ctrl+G", icon="pen")
        self.sign_button.clicked.connect(self._sign)
        self._sign_key = self.add_key("Ctrl+G", "", self._sign)
        add_void_key(state, self.add_key, self._in_error)
        self.links = EntryLinks(self, state)
        self.source = EntrySource(self, state)
        self.classification = ClassificationLine(state)
        self.scoring = ScoringLine(self)
        self._drop_key = self.add_key("Ctrl+Backspace", "", self._drop_draft)
        self._rest_key = self.add_key("Ctrl+D", "", self._rest_not_done)
        self._next_key = self.add_key("F6", "", lambda: self._go_on(saved=False))
        self._saved = False
        self._made: int | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current().px(12))
        self._column.addWidget(self.strip)
        self._column.addWidget(self.notice)
        self._column.addWidget(self.meanwhile)
        self._column.addWidget(self.source.line)
        self._column.addWidget(self.links.widget)
        self._column.addWidget(self.classification)
        self._column.addWidget(self.scoring)
        self._column.addWidget(self.sign_button, alignment=Qt.AlignmentFlag.AlignRight)
        self.sign_button.hide()
        self.retranslate()

    def target(self, go: Go) -> None:
        """Take the subject and the form: at a visit, or an entry of a log."""
        assert go.subject_id is not None
        self._subject = subjects.subject_row(self.state.desk, go.subject_id)
        self._where = EntryPlace.of(self.state, go)
        self.notice.clear()

    @property
    def where(self) -> EntryPlace:
        """Return which form is shown."""
        assert self._where is not None
        return self._where

    @property
    def _code(self) -> str:
        return self.where.form

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        if self._subject is None or self._where is None:
            return ()
        return (Step(self._subject.code, self._to_subject), *self._where.steps())

    def go_up(self) -> bool:
        """Go to the subject."""
        self._to_subject()
        return True

    def _to_subject(self) -> None:
        self.state.go(self.where.back())

    def entered(self) -> None:
        """Show the form: saved, or as this person left it."""
        super().entered()
        self._start()
        if self.host is not None:
            self.host.focus_first()

    def _to_sign(self) -> bool:
        if self._record is None:
            return False
        form = self.state.desk.protocol.form(self._code)
        return form.signed and not self._is_signed() and (self.may(SIGN) or self.may(SIGN_TRANSCRIBED))

    def _is_signed(self) -> bool:
        assert self._record is not None
        rows = signatures.signatures_of(self.state.desk, "form_record", self._record.id)
        return any(row.valid for row in rows)

    def _sign(self) -> None:
        if self._to_sign() and self._record is not None and self._subject is not None:
            ask_signature(self, self.state, self._record, self._subject.code, self._signed)

    def _signed(self) -> None:
        form = self.state.desk.protocol.form(self._code)
        self.state.say(self.language.text("{form} signed.", form=self.language.words(form.label)))
        self._show_signed()

    def _show_signed(self) -> None:
        self.links.show_record(self._record)
        visit = self.where.visit
        code = self._subject.code if self._subject is not None else ""
        self.source.show_record(self._record, code, visit.on_day if visit is not None else None)
        self._sign_key.setEnabled(self._to_sign())
        self.sign_button.setVisible(self._to_sign())
        if self._record is None:
            self._show_void()
            return
        signer = ""
        rows = signatures.signatures_of(self.state.desk, "form_record", self._record.id)
        if rows:
            last = rows[-1]
            who = last.source_signer if last.transcribed else last.name
            when = f"{last.signed_at:%Y-%m-%d %H:%M}"
            if last.valid:
                signer = who
                words = self.language.text("Signed by {who}, {when}", who=who, when=when)
                since = taken_out_words(last.taken_out, self.language)
                self.notice.say(f"{words}. {since}" if since else words, "warn" if since else "ok")
            else:
                words = self.language.text("The signature of {who}, {when}, is void", who=who, when=when)
                self.notice.say(words, "warn")
        if not signer:
            self._show_disagreements()
        if self.host is not None:
            self.host.view.show_signer(signer)

    def _show_disagreements(self) -> None:
        """Say what the answers of a saved form say against each other: F2 puts them right one by one."""
        assert self._record is not None
        found = disagreements(self._form(), self._record.values)
        if found:
            self.notice.say(finding_sentence(found[0], self.language), "warn")

    def _form(self) -> Form:
        """Return the form as it stands here: of a record as the version asks it that it was written under."""
        return self.state.desk.protocol.form(self._code) if self.host is None else self.host.view.form

    def _show_void(self) -> None:
        if self.where.visit is None:
            return
        row = entered_in_error.void_at(self.state.desk, self.where.visit.id, "form_record", self._code)
        if row is not None:
            self.notice.say(error_words(self.state, row), "neutral")

    def _in_error(self) -> None:
        if self._record is None:
            words = self.language.text("Nothing is saved here yet that could be marked as entered in error.")
            self.notice.say(words, "neutral")
            return
        ask_entered_in_error(self, self.state, form_case(self.state, self._record), self._marked)

    def _go_on(self, *, saved: bool) -> None:
        """Go to what stands next on the worksheet that is being typed, else back to the subject."""
        following = self.where.following(saved=saved, made=self._made)
        self.state.go(following if following is not None else self.where.back())

    def _after_save(self) -> None:
        # What was typed is a record now: nothing of it is kept as a draft when the page is left.
        self._saved = True
        self._go_on(saved=True)

    def _marked(self) -> None:
        # What stood here no longer does: nothing of it may be saved again from this page.
        self._start()
        self._to_subject()

    def left(self) -> None:
        """Keep what is half typed."""
        if self._saved or self.host is None:
            return
        if self._record is None or self._to_complete():
            self.host.keep_half_typed()

    def load(self) -> None:
        """Read the subject; a form being filled is not touched."""
        if self._subject is None:
            return
        self._subject = subjects.subject_row(self.state.desk, self._subject.id)
        self.strip.show_subject(self.state, self._subject)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        if self.host is not None:
            self.host.retranslate()
        self.sign_button.set_words(self.language.text("Sign the form"))
        self._sign_key.setText(self.language.text("sign the form"))
        self.links.retranslate()
        self.source.retranslate()
        self.classification.retranslate()
        self.scoring.retranslate()
        self._drop_key.setText(self.language.text("let my draft go"))
        self._rest_key.setText(self.language.text("mark rest not done"))
        self._next_key.setText(self.language.text("next on the worksheet"))
        if self._subject is not None:
            self.strip.show_subject(self.state, self._subject)

    def _to_complete(self) -> bool:
        """Tell whether answers can still be added to what is shown: an entry that stands, by who may."""
        standing = self._record is not None and not self._record.void
        return standing and self.where.visit is None and self.may("form.complete")

    def _start(self) -> None:
        assert self._subject is not None
        self._record = self.where.record()
        self._saved, self._made = False, None
        self._next_key.setEnabled(self.where.worksheet is not None)
        self._next_key.setVisible(self.where.worksheet is not None)
        if self.host is not None:
            self._column.removeWidget(self.host)
            self.host.hide()
            self.host.deleteLater()
        setting = self.where.setting(self._subject.birth_date, self._subject.day_one, self._record)
        place = self._place() if self._record is None or self._to_complete() else None
        action = "form.save" if self._record is None else "form.complete"
        self.host = FormHost(self.state, self.where.asked(self._record), place, self._save, action, setting)
        self.host.corrected.connect(self._correct)
        self.host.history_requested.connect(self._history)
        self.host.saved.connect(self._after_save)
        if self._record is not None and self._to_complete():
            self.host.show_to_complete(self._record.values)
        elif self._record is not None:
            self.host.show_saved(self._record.values)
        self.classification.follow(self.host.view)
        self.scoring.follow(self._code)
        enters = self._record is None and self.may("form.save")
        self._rest_key.setEnabled(enters and self.where.visit is not None)
        self._column.addWidget(self.host, 1)
        self._show_signed()
        self._tell_meanwhile()

    def _rest_not_done(self) -> None:
        assert self.host is not None
        self.host.view.ask_rest_not_done(self.language.text("The rest was not done. Why?"))

    def _place(self) -> Place:
        return self.where.draft(self._record)

    def _tell_meanwhile(self) -> None:
        """Show what this person had typed here before somebody else saved it: both stand."""
        self.meanwhile.clear()
        typed = self._typed_before()
        self._drop_key.setEnabled(bool(typed))
        differing = [words for code, mine in typed.items() if (words := self._differing(code, mine))]
        if differing:
            words = self.language.text(
                "This form was saved meanwhile. You had typed otherwise: {differing}. F2 corrects a value; "
                "Ctrl+Backspace lets what you had typed go.",
                differing=self.language.words(SEMICOLON).join(differing),
            )
            self.meanwhile.say(words, "warn")

    def _typed_before(self) -> dict[str, str]:
        """Return the drafts that a saved answer stands beside; of an entry to complete, not the open ones."""
        if self._record is None:
            return {}
        typed = drafts.drafts(self.state.desk, self._place())
        if not self._to_complete():
            return {code: mine for code, mine in typed.items() if code not in record_source.ASKED}
        return {code: mine for code, mine in typed.items() if code in self._record.values}

    def _differing(self, code: str, mine: str) -> str:
        """Return a field with what was typed and what was saved, or nothing where they agree."""
        assert self._record is not None
        value = self._record.values.get(code)
        saved = value.as_typed if value is not None else ""
        if not mine or mine == saved:
            return ""
        label = self.language.words(self._form().field(code).label)
        return self.language.text(
            "{label}: you {mine}, saved {saved}", label=label, mine=mine, saved=saved or "–"
        )

    def _drop_draft(self) -> None:
        if self._record is not None:
            drafts.drop_drafts(self.state.desk, self._place(), self._typed_before().keys())
            self._tell_meanwhile()

    def _save(self, given: Given) -> None:
        desk, where = self.state.desk, self.where
        label = self.language.words(desk.protocol.form(self._code).label)
        if self._record is None:
            visit_id = where.visit.id if where.visit is not None else None
            told = record_source.told(given.values)
            given = replace(given, values=record_source.without_source(given.values))
            new = NewForm(
                where.subject_id, visit_id, self._code, told.on_day or where.day(), given,
                source=told.source, source_reference=told.reference, ink=ink_told(told),
                parent_id=where.about, link=where.own_link,
            )  # fmt: skip
            self._made = form_records.save_form(desk, new).id
        else:
            saved = self._record
            added = {code: value for code, value in given.values.items() if code not in saved.values}
            form_records.complete_form(desk, saved.id, replace(given, values=added), saved.version)
        self.state.say(self.language.text("{form} saved. F2 corrects a value.", form=label))

    def _correct(self, code: str, typed: str, reason: str) -> None:
        assert self.host is not None
        box = self.host.view.field(code)
        save = partial(self._save_correction, code, typed)
        correct(self, self.state, box, reason, save, self._read_again)

    def _save_correction(self, code: str, typed: str, reason: str, note: str) -> None:
        assert self._record is not None and self.host is not None
        desk = self.state.desk
        kept = self.host.view.field(code).answer.kept()
        correction = Correction(
            form_record_id=self._record.id,
            field=code,
            value=read(self._form().field(code), typed, desk.now()),
            reason=reason,
            seen_version=self._record.answer_versions.get(code, 0),
            note=note,
            kept={code: kept} if kept else {},
        )
        form_records.correct_value(desk, correction)

    def _read_again(self) -> None:
        assert self._record is not None and self.host is not None
        if self._to_complete():
            # What is typed beside the corrected value is kept, and shown again.
            self.host.keep_half_typed()
        self._record = form_records.form_row(self.state.desk, self._record.id)
        if self._to_complete():
            self.host.show_to_complete(self._record.values)
        else:
            self.host.view.load(self._record.values)
        self._show_signed()

    def _history(self, code: str) -> None:
        if self._record is None or code not in self._record.answer_ids:
            return
        label = self._form().field(code).label
        show_history(
            self,
            self.state,
            self.language.words(label),
            "answer",
            self._record.answer_ids[code],
            ANSWER_COLUMNS,
        )
