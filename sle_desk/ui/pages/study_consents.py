"""The versions of the consent form that the ethics committee approved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain import reconsent
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.services import ethics
from sle_desk.services.consent_versions import (
    CORRECT,
    RECORD,
    ConsentVersionRow,
    NewVersion,
    consent_version_rows,
    correct_version,
    record_version,
)
from sle_desk.services.drafts import Place
from sle_desk.ui.correction_cases import title_of
from sle_desk.ui.dialogs.correct_record import Correctable, Right, ask_correction
from sle_desk.ui.list_tab import ListTab
from sle_desk.ui.pages.decision_fields import number_field
from sle_desk.ui.pages.side_form import SideForm, Values, day_of, text_of
from sle_desk.ui.state import State
from sle_desk.ui.table import Column

ENDS, GOES_ON = "ends", "goes_on"
USED_FROM = Field(
    code="used_from",
    label=Words("Used from, if later than approved", "启用日期（晚于批准日期时）"),
    kind="day",
    required=False,
    future_allowed=True,
)
TITLE = Words("New consent version", "新增知情同意书版本")
RIGHT = Words("Consent version", "知情同意书版本")
CODE = Field(code="code", label=Words("Version, as printed", "版本号（同纸质文件）"), kind="text")
VERSION_DAY = Field(code="version_day", label=Words("Version date", "版本日期"), kind="day")
NUMBER = Words("Ethics approval no.", "伦理批件号")
APPROVED_ON = Field(
    code="approved_on",
    label=Words("Approved on", "批准日期"),
    kind="day",
    required=False,
    hint=Words("Empty where the number stands in the ethics register.", "批件号已在伦理登记中时可留空。"),
)
BEFORE = Field(
    code="before",
    label=Words("The version before", "前一版本"),
    kind="choice",
    required=False,
    choices=(
        Choice(ENDS, Words("Ends the day before", "于前一日停用"), "1"),
        Choice(GOES_ON, Words("May still be used", "仍可使用"), "2"),
    ),
    hint=Words("Without an answer it ends.", "不作答即停用。"),
)
RECONSENT = Field(
    code="reconsent",
    label=Words(
        "Do subjects who signed an older version sign this one too?", "已签署旧版本的受试者是否需重新签署？"
    ),
    kind="choice",
    choices=reconsent.QUESTION,
)
RECONSENT_BY = Field(
    code="reconsent_by",
    label=Words("At the latest on", "最迟签署日期"),
    kind="day",
    future_allowed=True,
    show_if=("reconsent", reconsent.YES),
)
UNTIL = Field(
    code="valid_until",
    label=Words("Used until, where it ended", "停用前最后一日（如已停用）"),
    kind="day",
    required=False,
    future_allowed=True,
)


def version_form(numbers: Iterable[str], *, right: bool = False) -> Form:
    """Return the form of a version, new or to be put right; numbers of the ethics register are offered."""
    asked = replace(RECONSENT, required=not right)
    label = RIGHT if right else TITLE
    fields = (
        *(CODE, VERSION_DAY, number_field("approval", NUMBER, numbers), APPROVED_ON, USED_FROM),
        *((UNTIL,) if right else (BEFORE,)),
        *(asked, RECONSENT_BY),
    )
    code = "consent_version_right" if right else "consent_version"
    return Form(code=code, version="2", label=label, sections=(Section(label, fields),))


PLACES = {
    "consent_version.order": "approved_on",
    "consent_version.future": "approved_on",
    "consent_version.twice": "code",
    "consent_version.used_before": "used_from",
    "consent_version.day_needed": "approved_on",
    "ethics.other_day": "approved_on",
    "consent_version.reconsent_by": "reconsent_by",
    "consent_version.reconsent_before": "reconsent_by",
}


class ConsentsTab(ListTab):
    """The versions, newest first."""

    reads = frozenset({"consent_version"})

    def __init__(self, state: State) -> None:
        super().__init__(state, key=lambda row: row.id)
        self._writes, self._corrects = self.may(RECORD), self.may(CORRECT)
        if self._writes:
            self.add_act("Ctrl+N", self._new, on_row=False, icon="plus")
        if self._corrects:
            self.add_act("F2", self._correct, on_row=True)
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
                language.text("Used from"),
                lambda row: row.used_from or row.approved_on,
                lambda row: (row.used_from or row.approved_on).isoformat(),
            ),
            Column(
                language.text("Use"),
                lambda row: row.valid_until,
                lambda row: self._use(row),
                look="chip",
                status=lambda row: "ok" if row.valid_until is None else "neutral",
            ),
            Column(language.text("Signed anew by"), lambda row: row.reconsent_by or date.max, self._anew),
        )

    def _anew(self, row: ConsentVersionRow) -> str:
        if row.reconsent_by is not None:
            return row.reconsent_by.isoformat()
        return self.language.text("nobody") if row.reconsent else ""

    def _use(self, row: ConsentVersionRow) -> str:
        language = self.language
        if row.valid_until is None:
            return language.text("approved")
        return language.text("until {day}", day=row.valid_until.isoformat())

    def rows(self) -> Sequence[ConsentVersionRow]:
        """Read the versions."""
        return consent_version_rows(self.state.desk)

    def load(self) -> None:
        """Read the versions, and say so where there is none."""
        super().load()
        self.note.setVisible(self.model.rowCount() == 0)

    def verb_words(self) -> Sequence[str]:
        """Return the words of the button."""
        language = self.language
        words = (language.text("New version"),) if self._writes else ()
        return (*words, language.text("Correct…")) if self._corrects else words

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
            self.state,
            version_form(self._numbers()),
            place,
            self._record,
            _verb,
            codes=("code", "approval"),
            places=PLACES,
        )
        self.open_form(form)

    def _record(self, values: Values) -> None:
        new = self._version(values)
        record_version(self.state.desk, new, before_goes_on=text_of(values, "before") == GOES_ON)
        self.state.say(self.language.text("Consent version {code} recorded.", code=new.code))

    def _correct(self) -> None:
        row: ConsentVersionRow | None = self.table.current_row()
        if row is not None:
            ask_correction(self, self.state, self._correctable(row), self.load)

    def _correctable(self, row: ConsentVersionRow) -> Correctable:
        language = self.language

        def save(right: Right) -> None:
            version = self._version(right.values)
            correct_version(self.state.desk, row.id, row.version, version, right.reason, right.note)

        return Correctable(
            title=title_of(self.state, row.code, language.words(RIGHT)),
            about=language.text("Consents signed on it are compared with it again."),
            form=version_form(self._numbers(), right=True),
            saved={
                "code": row.code,
                "version_day": row.version_day.isoformat(),
                "approval": row.approval_number,
                "approved_on": row.approved_on.isoformat(),
                "used_from": row.used_from.isoformat() if row.used_from else "",
                "valid_until": row.valid_until.isoformat() if row.valid_until else "",
                "reconsent": row.reconsent,
                "reconsent_by": row.reconsent_by.isoformat() if row.reconsent_by else "",
            },
            save=save,
            codes=("code", "approval"),
        )

    def _numbers(self) -> dict[str, date]:
        return ethics.numbers_offered(self.state.desk)

    def _version(self, values: Values) -> NewVersion:
        """Return what was typed; the day of an approval in the register is taken from there."""
        number = text_of(values, "approval")
        approved_on = day_of(values, "approved_on") or self._numbers().get(number.strip())
        version_day = day_of(values, "version_day")
        if version_day is None:
            raise RuleBroken("consent_version.blank")
        if approved_on is None:
            raise RuleBroken("consent_version.day_needed")
        return NewVersion(
            text_of(values, "code"),
            version_day,
            approved_on,
            number,
            day_of(values, "used_from"),
            day_of(values, "valid_until"),
            reconsent=text_of(values, "reconsent"),
            reconsent_by=day_of(values, "reconsent_by"),
        )


def _verb(language: Language) -> str:
    return language.text("Record version")
