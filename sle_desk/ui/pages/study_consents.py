"""The versions of the consent form that the ethics committee approved."""

from __future__ import annotations

from collections.abc import Sequence

from sle_desk.base.language import Language, Words
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import subjects
from sle_desk.services.drafts import Place
from sle_desk.services.subjects import ConsentVersionRow
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.side_form import SideForm, Values, day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

TITLE = Words("New consent version", "新增知情同意书版本")
VERSION_FORM = Form(
    code="consent_version",
    version="1",
    label=TITLE,
    sections=(
        Section(
            TITLE,
            (
                Field(code="code", label=Words("Version, as printed", "版本号（同纸质文件）"), kind="text"),
                Field(code="version_day", label=Words("Version date", "版本日期"), kind="day"),
                Field(code="approval", label=Words("Ethics approval no.", "伦理批件号"), kind="text"),
                Field(code="approved_on", label=Words("Approved on", "批准日期"), kind="day"),
            ),
        ),
    ),
)

PLACES = {"consent_version.order": "approved_on", "consent_version.twice": "code"}


class ConsentsTab(ListTab):
    """The versions, newest first."""

    reads = frozenset({"consent_version"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id)
        self._writes = self.may("consent_version.record")
        if self._writes:
            self.add_act("Ctrl+N", self._new, on_row=False, icon="plus")
        self.retranslate()

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        language = self.language
        return (
            Column(language.text("Version"), lambda row: row.code, lambda row: row.code, look="strong"),
            Column(
                language.text("Version date"),
                lambda row: row.version_day,
                lambda row: row.version_day.isoformat(),
            ),
            Column(
                language.text("Ethics approval no."),
                lambda row: row.approval_number,
                lambda row: row.approval_number,
                stretch=True,
            ),
            Column(
                language.text("Approved on"),
                lambda row: row.approved_on,
                lambda row: row.approved_on.isoformat(),
            ),
            Column(
                language.text("Use"),
                lambda row: row.valid_until,
                lambda row: self._use(row),
                look="chip",
                status=lambda row: "ok" if row.valid_until is None else "neutral",
            ),
        )

    def _use(self, row: ConsentVersionRow) -> str:
        language = self.language
        if row.valid_until is None:
            return language.text("approved")
        return language.text("until {day}", day=row.valid_until.isoformat())

    def rows(self) -> Sequence[ConsentVersionRow]:
        """Read the versions."""
        return subjects.consent_version_rows(self.state.desk)

    def load(self) -> None:
        """Read the versions, and say so where there is none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        return (self.language.text("New version"),) if self._writes else ()

    def retranslate(self) -> None:
        """Speak the chosen language."""
        super().retranslate()
        language = self.language
        self.card.set_title(language.text("Consent versions"))
        self.note.setText(
            language.text("No version yet. A consent on a version that is not listed proposes a deviation.")
        )

    def _new(self) -> None:
        place = Place("study.consent_version")
        form = SideForm(
            self.state, VERSION_FORM, place, self._record, _verb, codes=("code", "approval"), places=PLACES
        )
        self.open_form(form)

    def _record(self, values: Values) -> None:
        version_day, approved_on = day_of(values, "version_day"), day_of(values, "approved_on")
        assert version_day is not None and approved_on is not None
        code = text_of(values, "code")
        subjects.record_consent_version(
            self.state.desk, code, version_day, approved_on, text_of(values, "approval")
        )
        self.state.say(self.language.text("Consent version {code} recorded.", code=code))


def _verb(language: Language) -> str:
    return language.text("Record version")
