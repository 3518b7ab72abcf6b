"""Approving an amendment: its basis, the dates that would move, then the PI's signature or the paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import message
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.exports import amendment_words as words
from sle_desk.services import amendments, ethics
from sle_desk.services.amendments import APPROVE, APPROVE_TRANSCRIBED, AmendmentApproval, AmendmentRow
from sle_desk.services.answers import day_of
from sle_desk.services.signatures import Ink, Signing
from sle_desk.ui.dialogs.amendment import DatesFirst
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.ask_ink import directly_or_from_paper
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.pages import decision_fields as fields
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.state import State


class AmendmentApproving:
    """The steps to the signature of one amendment; each may be left by Esc and nothing is changed."""

    def __init__(self, page: QWidget, state: State, row: AmendmentRow) -> None:
        self._page, self._state, self._row = page, state, row
        # Of each number in the ethics register the day: it need not be typed again.
        self._known = ethics.numbers_offered(state.desk)

    def ask(self) -> None:
        """Ask what the approval rests on and from when it holds; only what can hold goes on."""
        state, language = self._state, self._state.language
        form = approval_form(self._known)
        note = language.text("The dates that would move are shown next, before anything is signed.")
        dialog = AskForm(self._page, state, form, language.text("Go on"), note, self._dates)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _dates(self, values: dict[str, Value]) -> None:
        desk, language, row = self._state.desk, self._state.language, self._row
        given = self._given(values)
        amendments.check_given(desk, given)
        found = amendments.effects(desk, row.id, given.effective_from)
        given = replace(given, shown=found.shown_as)
        title = language.text(
            "Dates that version {version} would move from {day} on",
            version=row.package_version,
            day=given.effective_from.isoformat(),
        )
        rows = words.effect_rows(amendments.proposed_protocol(desk, row.id), found, language)
        DatesFirst(self._page, language, title, rows, partial(self._go_on_to_sign, given)).open()

    def _given(self, values: dict[str, Value]) -> AmendmentApproval:
        def text(code: str) -> str:
            value = values.get(code)
            return (value.text or "").strip() if value is not None else ""

        number = text(fields.NUMBER)
        approved = day_of(values, fields.APPROVED) or self._known.get(number)
        effective = day_of(values, fields.EFFECTIVE)
        if approved is None:
            raise RuleBroken("amendment.not_registered", number=number)
        if effective is None:
            raise RuleBroken("amendment.effective_from", earliest=amendments.earliest_day(self._state.desk))
        return AmendmentApproval(
            text(fields.DOCUMENT), number, approved, effective, text(fields.REASON), shown=""
        )

    def _go_on_to_sign(self, given: AmendmentApproval) -> None:
        directly_or_from_paper(self._page, self._state, APPROVE, partial(self._ask_password, given))

    def _ask_password(self, given: AmendmentApproval, ink: Ink | None) -> None:
        language, row = self._state.language, self._row
        action = APPROVE if ink is None else APPROVE_TRANSCRIBED
        signing = amendments.signing_for(action, language.code, "")
        title = language.text("Approve version {version}", version=row.package_version)
        about = language.text(
            "In force from {day}; SHA-256 {hash}",
            day=given.effective_from.isoformat(),
            hash=row.package_sha256[:16],
        )
        asked = Asked(title, about, signing.meaning, signing.statement)
        ask_to_sign(self._page, self._state, asked, partial(self._sign, given, ink))

    def _sign(self, given: AmendmentApproval, ink: Ink | None, signing: Signing) -> None:
        state, row = self._state, self._row
        assert state.unlocked is not None
        amendments.approve(state.desk, state.unlocked.folder, row.id, row.version, given, signing, ink)
        state.say(
            state.language.text(
                "Version {version} is approved and in force from {day}.",
                version=row.package_version,
                day=given.effective_from.isoformat(),
            )
        )


def approval_form(numbers: Iterable[str]) -> Form:
    """Return what an approval of an amendment rests on; the numbers of the ethics register are offered."""
    labels = {code: both(said) for code, said in fields.BASIS_LABELS.items()}
    basis = (
        Field(fields.DOCUMENT, labels[fields.DOCUMENT], "text"),
        fields.number_field(fields.NUMBER, labels[fields.NUMBER], numbers),
        Field(
            fields.APPROVED,
            labels[fields.APPROVED],
            "day",
            required=False,
            hint=both(message("taken from the ethics register where it is left out")),
        ),
    )
    force = (
        Field(
            fields.EFFECTIVE,
            labels[fields.EFFECTIVE],
            "day",
            future_allowed=True,
            hint=both(message("tomorrow at the earliest: no day has two versions")),
        ),
        Field(fields.REASON, labels[fields.REASON], "text"),
    )
    title = both(message("Approval of an amendment"))
    sections = (Section(both(message("Basis")), basis), Section(labels[fields.EFFECTIVE], force))
    return Form("amendment.approval", "1", title, sections)
