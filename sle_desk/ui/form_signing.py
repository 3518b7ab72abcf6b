"""Signing a saved form: as the one who judged it, or as typed from a paper somebody else signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import form_signing
from sle_desk.services.answers import day_of
from sle_desk.services.form_signing import SIGN, SIGN_TRANSCRIBED, STATEMENTS
from sle_desk.services.signatures import Ink, Signing
from sle_desk.services.visits import FormRow
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.state import State

TITLE = Words("The signed paper", "已签字的纸质文件")
INK = Form(
    code="ink",
    version="1",
    label=TITLE,
    sections=(
        Section(
            TITLE,
            (
                Field(code="signer", label=Words("Signed by", "签字人"), kind="text"),
                Field(code="signed_on", label=Words("Date beside the signature", "签字日期"), kind="day"),
                Field(
                    code="reference", label=Words("Where the paper is filed", "纸质文件存放处"), kind="text"
                ),
            ),
        ),
    ),
)


def ask_signature(
    page: QWidget, state: State, record: FormRow, about: str, signed: Callable[[], object]
) -> None:
    """Have a saved form signed: judges sign their own assessment, others transcribe a signed paper."""
    if roles.may(state.desk.actor.role, SIGN):
        _ask_password(page, state, record, about, signed, None)
        return

    def named(values: dict[str, Value]) -> None:
        texts = {code: value.text or "" for code, value in values.items()}
        signed_on = day_of(values, "signed_on")
        if signed_on is None or not texts.get("signer") or not texts.get("reference"):
            raise RuleBroken("form.ink_incomplete")
        ink = Ink(texts["signer"], signed_on, texts["reference"])
        _ask_password(page, state, record, about, signed, ink)

    language = state.language
    note = language.text("Enter what stands on the paper; then your password confirms that you typed it.")
    dialog = AskForm(page, state, INK, language.text("Go on"), note, named)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _ask_password(
    page: QWidget, state: State, record: FormRow, about: str, signed: Callable[[], object], ink: Ink | None
) -> None:
    language = state.language
    action = SIGN if ink is None else SIGN_TRANSCRIBED
    statement = language.text(STATEMENTS[action])
    title = language.text("Sign {form}", form=language.words(state.desk.protocol.form(record.form).label))
    ask_to_sign(
        page, state, Asked(title, about, action, statement), partial(_sign, state, record, ink, signed)
    )


def _sign(
    state: State, record: FormRow, ink: Ink | None, signed: Callable[[], object], signing: Signing
) -> None:
    assert state.unlocked is not None
    folder = state.unlocked.folder
    if ink is None:
        form_signing.sign_form(state.desk, folder, record.id, record.version, signing)
    else:
        form_signing.sign_transcribed(state.desk, folder, record.id, record.version, signing, ink)
    signed()
