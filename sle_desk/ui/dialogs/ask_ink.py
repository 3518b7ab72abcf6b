"""Asks what stands on a paper signed in ink: whose hand, the day beside it, where the paper is filed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain import roles
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Choice, Field, Form, Section
from sle_desk.services.answers import day_of
from sle_desk.services.signatures import Ink
from sle_desk.services.signers import possible_signers
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.state import State

TITLE = Words("The signed paper", "已签字的纸质文件")


def ink_form(title: Words, signers: tuple[str, ...]) -> Form:
    """Return what is asked of a signed paper; the signers are offered, any other name can be typed."""
    offered = tuple(Choice(name, Words(name, name), "") for name in signers)
    return Form(
        "ink",
        "1",
        title,
        (
            Section(
                Words("As it stands on the paper", "按纸质文件所载"),
                (
                    Field("signer", Words("Signed by", "签字人"), "text", choices=offered),
                    Field("signed_on", Words("Date beside the signature", "签字旁日期"), "day"),
                    Field("reference", Words("Where the paper is filed", "纸质文件存放处"), "text"),
                ),
            ),
        ),
    )


def ask_ink(
    parent: QWidget,
    state: State,
    verb: str,
    note: str,
    act: Callable[[Ink], object],
    title: Words = TITLE,
    known: Ink | None = None,
) -> AskForm:
    """Open the questions over a page; `act` is called with the ink, and what it refuses is said there.

    `known` is what was told of the paper before: it stands there, to be confirmed or typed over.
    """
    form = ink_form(title, possible_signers(state.desk))
    dialog = AskForm(parent, state, form, verb, note, partial(_told, act))
    if known is not None:
        told = {
            "signer": known.signer,
            "signed_on": known.signed_on.isoformat(),
            "reference": known.reference,
        }
        dialog.view.resume(told)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def directly_or_from_paper(
    parent: QWidget,
    state: State,
    action: str,
    ask: Callable[[Ink | None], object],
    known: Ink | None = None,
) -> None:
    """Go on to the password of who may do an act; others type the paper of who did it, and sign that."""
    if roles.may(state.desk.actor.role, action):
        ask(None)
        return
    language = state.language
    note = language.text("Enter what stands on the paper; then your password confirms that you typed it.")
    ask_ink(parent, state, language.text("Go on"), note, ask, known=known)


def at_desk_or_from_paper(
    parent: QWidget, state: State, action: str, act: Callable[[Ink | None], object]
) -> None:
    """Go on with an act that takes no password: at once for who may do it; others tell of the paper first."""
    if roles.may(state.desk.actor.role, action):
        act(None)
        return
    language = state.language
    note = language.text("Enter what stands on the paper; then type what was decided there.")
    ask_ink(parent, state, language.text("Go on"), note, act)


def _told(act: Callable[[Ink], object], values: dict[str, Value]) -> None:
    signed_on = day_of(values, "signed_on")
    texts = {code: value.text or "" for code, value in values.items()}
    signer, reference = texts.get("signer", ""), texts.get("reference", "")
    if signed_on is None or not signer.strip() or not reference.strip():
        raise RuleBroken("ink.incomplete")
    act(Ink(signer, signed_on, reference))
