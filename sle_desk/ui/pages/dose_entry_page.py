"""What the pages have in common on which doses of one subject are typed: the strip, the way here and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt

from sle_desk.services import subjects
from sle_desk.services.subjects import SubjectRow
from sle_desk.ui.desk_page import DeskPage, Go
from sle_desk.ui.form import FormView
from sle_desk.ui.page import Step
from sle_desk.ui.state import State
from sle_desk.ui.strip import Strip
from sle_desk.ui.subject_strip import SubjectStrip
from sle_desk.ui.typed_draft import TypedDraft


class DoseEntryPage(DeskPage):
    """A page under the doses of a subject; leaving it upwards leads to them."""

    name: ClassVar[str]

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._subject: SubjectRow | None = None
        self.strip, self.notice = SubjectStrip(), Strip()
        self.view: FormView | None = None
        self._draft = TypedDraft(state)
        # Where nothing can be recorded now the page shows what is known, and no lines to type into.
        self.writes = self.may("dose.record")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def target(self, go: Go) -> None:
        """Take the subject; it is read anew, for the page may have been about another."""
        assert go.subject_id is not None
        self._stale = True
        # What stood here was kept when it was left.
        self._draft.follow(None)
        self._subject = subjects.subject_row(self.state.desk, go.subject_id)
        self.notice.clear()

    def left(self) -> None:
        """Keep what was typed and is not recorded, half typed too."""
        self._draft.keep_half_typed()

    def path(self) -> Sequence[Step]:
        """Return the way here."""
        code = self._subject.code if self._subject else ""
        return (Step(code, self._to_subject), Step(self.language.text("Doses"), self._to_doses),
                Step(self.language.text(self.name)))  # fmt: skip

    def go_up(self) -> bool:
        """Go to the doses of the subject."""
        self._to_doses()
        return True

    def _to_subject(self) -> None:
        if self._subject is not None:
            self.state.go(Go("subject", subject_id=self._subject.id))

    def _to_doses(self) -> None:
        if self._subject is not None:
            self.state.go(Go("doses", subject_id=self._subject.id))

    def _record_given(self, drug: str) -> None:
        """Go where a drug is recorded that was given, of the arm or not."""
        assert self._subject is not None
        infused = self.state.desk.protocol.drug(drug).preparation is not None
        self.state.go(Go("infusion" if infused else "doses", subject_id=self._subject.id, about_drug=drug))

    def save_view(self, *_: object) -> None:
        """Ask the form in sight to save."""
        if self.view is not None:
            self.view.save()

    def load(self) -> None:
        """Read the subject; what is being typed is not touched."""
        if self._subject is not None:
            self._subject = subjects.subject_row(self.state.desk, self._subject.id)
            self.strip.show_subject(self.state, self._subject)
