"""Withdrawing an approved amendment before its day: the reason, then the PI's signature or the paper."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.language import Words, message
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import amendment_withdrawal, amendments
from sle_desk.services.amendments import WITHDRAW, WITHDRAW_TRANSCRIBED, AmendmentRow
from sle_desk.services.signatures import Ink, Signing
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.ask_ink import directly_or_from_paper
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.pages import decision_fields as fields
from sle_desk.ui.pages.clarification_words import both
from sle_desk.ui.state import State


class AmendmentWithdrawing:
    """The steps to the signature; each may be left by Esc and nothing is changed."""

    def __init__(self, page: QWidget, state: State, row: AmendmentRow) -> None:
        self._page, self._state, self._row = page, state, row

    def ask(self) -> None:
        """Ask for the reason; from its day on an amendment is withdrawn no more."""
        language = self._state.language
        form = reason_form("amendment.withdrawal", both(message("Withdraw an amendment")))
        note = language.text(
            "Nothing of it was in force yet: the version before it goes on. It stays in sight, and can be "
            "imported again."
        )
        dialog = AskForm(self._page, self._state, form, language.text("Go on"), note, self._go_on_to_sign)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _go_on_to_sign(self, values: dict[str, Value]) -> None:
        value = values.get(fields.REASON)
        reason = (value.text or "") if value is not None else ""
        amendment_withdrawal.check_withdrawal(self._state.desk, self._row.id, reason)
        ask = partial(self._ask_password, reason)
        directly_or_from_paper(self._page, self._state, WITHDRAW, ask)

    def _ask_password(self, reason: str, ink: Ink | None) -> None:
        language, row = self._state.language, self._row
        assert row.effective_from is not None
        signing = amendments.signing_for(WITHDRAW if ink is None else WITHDRAW_TRANSCRIBED, language.code, "")
        title = language.text("Withdraw version {version}", version=row.package_version)
        about = language.text(
            "In force from {day}; SHA-256 {hash}",
            day=row.effective_from.isoformat(),
            hash=row.package_sha256[:16],
        )
        asked = Asked(title, about, signing.meaning, signing.statement)
        ask_to_sign(self._page, self._state, asked, partial(self._sign, reason, ink))

    def _sign(self, reason: str, ink: Ink | None, signing: Signing) -> None:
        state, row = self._state, self._row
        assert state.unlocked is not None
        folder = state.unlocked.folder
        amendment_withdrawal.withdraw(state.desk, folder, row.id, row.version, reason, signing, ink)
        state.say(state.language.text("Version {version} is withdrawn.", version=row.package_version))


def reason_form(code: str, title: Words) -> Form:
    """Return what is asked of who decides on an amendment with a reason alone."""
    reason = Field(fields.REASON, both(fields.BASIS_LABELS[fields.REASON]), "note")
    return Form(code, "1", title, (Section(title, (reason,)),))
