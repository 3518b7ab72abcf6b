"""Signing a saved form: as the one who judged it, or as typed from a paper somebody else signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.services import form_signing
from sle_desk.services.form_records import FormRow
from sle_desk.services.form_signing import SIGN, SIGN_TRANSCRIBED, STATEMENTS
from sle_desk.services.record_sources import ink_told
from sle_desk.services.signatures import Ink, Signing
from sle_desk.ui.dialogs.ask_ink import directly_or_from_paper
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.state import State


def ask_signature(
    page: QWidget, state: State, record: FormRow, about: str, signed: Callable[[], object]
) -> None:
    """Have a saved form signed: judges sign their own assessment, others transcribe a signed paper."""
    ask = partial(_ask_password, page, state, record, about, signed)
    directly_or_from_paper(page, state, SIGN, ask, ink_told(record.told))


def _ask_password(
    page: QWidget,
    state: State,
    record: FormRow,
    about: str,
    signed: Callable[[], object],
    ink: Ink | None,
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
