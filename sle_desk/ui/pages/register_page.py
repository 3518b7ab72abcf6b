"""Register a subject: who it is, from the identity card; then the consent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QVBoxLayout

from sle_desk.base.errors import RuleBroken, SleDeskError
from sle_desk.base.language import Words
from sle_desk.base.words import error_sentence, sentence
from sle_desk.domain.checks import LATE_CONSENT_REASONS
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import consent_records, subjects
from sle_desk.services.answers import Given
from sle_desk.services.drafts import Place
from sle_desk.services.initials import propose_initials
from sle_desk.services.subjects import SubjectRow
from sle_desk.services.taking_up import scopes_asked, scopes_offered
from sle_desk.ui.consent_form import consent_form
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.dialogs.ask_clock import ask_why
from sle_desk.ui.dialogs.reason import ask_reason
from sle_desk.ui.form_host import FormHost, Setting
from sle_desk.ui.page import Step
from sle_desk.ui.record_entry import new_consent, new_subject
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip, WayOut
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.theme import current

INSIST = "Ctrl+Shift+Enter"
REASON_NEEDED = "consent.reason_needed"
COMPARED = "another person, identity cards compared"
ALIKE, ONE_NUMBER = "subject.duplicate", "subject.duplicate_number"
WHY = Form(
    "same_number",
    "1",
    Words("The same identity number", "证件号码相同"),
    (
        Section(
            Words("Why it is registered all the same", "仍予登记的原因"),
            (Field("reason", Words("Reason", "原因"), "text"),),
        ),
    ),
)


class RegisterPage(DeskPage):
    """The first form of a subject; the number is given when it is saved."""

    reads = frozenset[str]()

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._not_duplicate = self._refused = ""
        self._goes_on: Callable[[], object] = self._another_person
        self._insist = self.add_key(INSIST, "", self._insists)
        self._insist.setShortcuts([QKeySequence("Ctrl+Shift+Return"), QKeySequence(INSIST)])
        self._insist.setEnabled(False)
        self.strip = Strip()
        self._column = QVBoxLayout(self)
        px = current().px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(12))
        self._column.addWidget(self.strip)
        self.host: FormHost | None = None

    def title(self) -> str:
        """Return the title."""
        return self.language.text("New subject")

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        language = self.language
        return (
            Step(language.text("Subjects"), lambda: self.state.go(Go("subjects"))),
            Step(language.text("New subject")),
        )

    def entered(self) -> None:
        """Start a form, with what this person left here before."""
        super().entered()
        self._start()

    def _start(self) -> None:
        self._insist.setEnabled(False)
        if self.host is not None:
            self._column.removeWidget(self.host)
            self.host.deleteLater()
        form = self.state.desk.protocol.form("register")
        self.host = FormHost(
            self.state,
            form,
            Place("register"),
            self._save,
            "subject.register",
            Setting(codes=("initials", "identity_number")),
        )
        self.host.view.field_kept.connect(self._kept)
        self._column.addWidget(self.host, 1)
        self.host.focus_first()

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        self._name_key()
        if self.host is not None:
            self.host.retranslate()

    def left(self) -> None:
        """Keep what is half typed."""
        if self.host is not None:
            self.host.keep_half_typed()

    def go_up(self) -> bool:
        """Go back to the list."""
        self.state.go(Go("subjects"))
        return True

    def _kept(self, code: str, typed: str) -> None:
        assert self.host is not None
        view = self.host.view
        if code == "name" and not view.field("initials").typed():
            # A proposal in the open field: nothing is accepted until the person presses Enter there.
            view.field("initials").put(propose_initials(typed))
            view.field("initials").edited()
        if code in ("identity_number", "birth_date", "sex"):
            self._show_doubts()

    def _show_doubts(self) -> None:
        assert self.host is not None
        self.strip.clear()
        try:
            new = new_subject(self.host.view.values())
        except RuleBroken:
            return  # nothing to compare yet
        facts = {"length": len(new.identity_number)}
        doubts = [sentence(code, facts, self.language) for code in subjects.identity_doubts(new)]
        if doubts:
            self.strip.say("\n".join(doubts), "warn")

    def _save(self, given: Given) -> None:
        new, language, desk = new_subject(given.values), self.language, self.state.desk
        # A reason is of one save: what is changed after a refusal is asked about anew.
        reason, self._not_duplicate = self._not_duplicate, ""
        if reason == COMPARED and any(each.one_paper for each in subjects.possible_duplicates(desk, new)):
            reason = ""
        try:
            row = subjects.register_subject(desk, new, not_duplicate=reason)
        except RuleBroken as error:
            if error.code == ALIKE:
                self._ask_duplicate(
                    error, language.text("Another person, cards compared"), self._another_person
                )
            if error.code == ONE_NUMBER:
                self._ask_duplicate(error, language.text("Register with a reason"), self._ask_why)
            raise
        self._registered(row)

    def _ask_duplicate(self, error: SleDeskError, words: str, act: Callable[[], object]) -> None:
        said = error_sentence(error, self.language)
        self._goes_on, self._refused = act, said
        self.strip.say(said, "bad", [WayOut(words, INSIST, act)])
        self._name_key()
        self._insist.setEnabled(True)

    def _name_key(self) -> None:
        asks, language = self._goes_on == self._ask_why, self.language
        self._insist.setText(
            language.text("register with a reason")
            if asks
            else language.text("another person, cards compared")
        )

    def _insists(self, *_: object) -> None:
        self._goes_on()

    def _another_person(self) -> None:
        self._register_for(COMPARED)

    def _ask_why(self) -> None:
        """Ask for the reason in words: no card that was compared gives two people one number."""
        verb = self.language.text("Register with this reason")
        ask_why(self, self.state, WHY, verb, self._refused, self._register_for)

    def _register_for(self, reason: str) -> None:
        assert self.host is not None
        self._not_duplicate = reason
        self._insist.setEnabled(False)
        self.strip.clear()
        self.host.view.save_requested.emit()

    def _registered(self, row: SubjectRow) -> None:
        self.state.say(self.language.text("{code} registered. Now the consent.", code=row.code))
        self.state.go(Go("consent", subject_id=row.id))


class ConsentPage(DeskPage):
    """The consent of a subject; a new subject comes here first."""

    reads = frozenset({"consent", "subject", "identity"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self._why_late = ""
        self.strip = SubjectStrip()
        self.host: FormHost | None = None
        self._column = QVBoxLayout(self)
        px = current().px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(12))
        self._column.addWidget(self.strip)

    def target(self, go: Go) -> None:
        """Take the subject."""
        assert go.subject_id is not None
        self._subject = subjects.subject_row(self.state.desk, go.subject_id)

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        assert self._subject is not None
        subject = self._subject
        return (
            Step(subject.code, lambda: self.state.go(Go("subject", subject_id=subject.id))),
            Step(self.language.text("Informed consent")),
        )

    def entered(self) -> None:
        """Start the form."""
        super().entered()
        assert self._subject is not None
        if self.host is not None:
            self._column.removeWidget(self.host)
            self.host.deleteLater()
        desk, subject_id = self.state.desk, self._subject.id
        form = consent_form(self.state, scopes_asked(desk, subject_id), scopes_offered(desk, subject_id))
        place = Place(f"consent:{self._subject.id}")
        self.host = FormHost(
            self.state,
            form,
            place,
            self._save,
            "consent.record",
            Setting(born=self._subject.birth_date, codes=("consent_version",)),
        )
        self._column.addWidget(self.host, 1)
        self.host.focus_first()

    def load(self) -> None:
        """Show the subject."""
        if self._subject is not None:
            self._subject = subjects.subject_row(self.state.desk, self._subject.id)
            self.strip.show_subject(self.state, self._subject)

    def retranslate(self) -> None:
        """Speak the chosen language; what is typed stays."""
        if self.host is not None:
            self.host.retranslate()
        self.load()

    def left(self) -> None:
        """Keep what is half typed."""
        if self.host is not None:
            self.host.keep_half_typed()

    def go_up(self) -> bool:
        """Go to the subject."""
        assert self._subject is not None
        self.state.go(Go("subject", subject_id=self._subject.id))
        return True

    def _save(self, given: Given) -> None:
        assert self._subject is not None
        new, reason = new_consent(self._subject.id, given.values), self._why_late
        self._why_late = ""
        try:
            consent_records.record_consent(self.state.desk, new, reason)
        except RuleBroken as error:
            if error.code == REASON_NEEDED:
                self._ask_why_late(error)
            raise
        self.state.say(self.language.text("Consent of {code} recorded.", code=self._subject.code))
        self.state.go(Go("subject", subject_id=self._subject.id))

    def _ask_why_late(self, error: SleDeskError) -> None:
        language = self.state.language

        def save(code: str, note: str) -> None:
            assert self.host is not None
            self._why_late = f"{code}: {note}" if note else code
            self.host.view.save_requested.emit()

        title = language.text("Why was consent signed later?")
        ask_reason(self, self.state, title, error_sentence(error, language), LATE_CONSENT_REASONS, save)
