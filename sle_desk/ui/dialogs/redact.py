"""Takes a text out that was typed by accident: which text and why, what holds it, the signature."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Language, Words
from sle_desk.domain.audit_words import column_words, table_words
from sle_desk.domain.checks import Value
from sle_desk.domain.forms import Field, Form, Section
from sle_desk.services import redaction
from sle_desk.services.redaction import Held, Seen
from sle_desk.services.signatures import Signing
from sle_desk.ui.dialogs.ask_form import AskForm
from sle_desk.ui.dialogs.sign import Asked, ask_to_sign
from sle_desk.ui.state import State

MOST_PLACES, LONGEST = redaction.MOST, 120
FORM = Form(
    "redaction",
    "1",
    Words("Take a text out for good", "永久遮除文字"),
    (
        Section(
            Words("What was typed by accident", "误录入的内容"),
            (
                Field(
                    "text",
                    Words("The text; capitals and blanks do not matter", "文字（不区分大小写和空格数量）"),
                    "text",
                ),
                Field("reason", Words("Why, without the text itself", "原因（不要重复该文字）"), "text"),
            ),
        ),
    ),
)


def ask_redaction(parent: QWidget, state: State, done: Callable[[Held], object]) -> AskForm:
    """Ask for the text and the reason, show what holds it, and have it signed; `done` hears of it."""
    language = state.language
    note = language.text("For a name in a note. A wrong value is corrected instead, and stays in the audit.")
    dialog = AskForm(
        parent, state, FORM, language.text("Find it"), note, partial(_found, parent, state, done)
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _found(parent: QWidget, state: State, done: Callable[[Held], object], values: dict[str, Value]) -> None:
    text = (values["text"].text or "") if "text" in values else ""
    reason = (values["reason"].text or "") if "reason" in values else ""
    found = redaction.held(state.desk, text)
    if found.is_empty:
        raise RuleBroken("redaction.nothing")
    if not reason.strip():
        raise RuleBroken("change.reason_needed")
    language = state.language
    statement = language.text(
        "I have a text that was typed by accident taken out of {records} values of records and {rows} rows "
        "of the audit. It cannot be brought back.",
        records=len(found.places),
        rows=found.audit_rows,
    )
    asked = Asked(language.text("Take it out"), places_words(found, state), "redaction", statement)
    unlocked = state.unlocked
    assert unlocked is not None

    def act(signing: Signing) -> None:
        done(redaction.redact(state.desk, unlocked.folder, text, reason, signing))

    ask_to_sign(parent, state, asked, act)


def places_words(held: Held, state: State) -> str:
    """Return the values that hold the text: a code or a result is seen before it goes."""
    language, protocol = state.language, state.desk.protocol

    def named(seen: Seen) -> str:
        form, _, field = seen.field.partition(".")
        column = protocol.form(form).field(field).label if field else column_words(seen.place.column)
        record = f"{language.words(table_words(seen.place.table))} {seen.place.row_id}"
        where = f"{seen.subject}, {record}" if seen.subject else record
        said = f"{where}, {language.words(column)}: {seen.value[:LONGEST]}"
        said += _written(seen.place.written, held.text, language)
        return said + (" · " + language.text("and {count} copies", count=seen.alike) if seen.alike else "")

    lines = [named(seen) for seen in held.seen[:MOST_PLACES]]
    if len(held.seen) > MOST_PLACES:
        lines.append(language.text("and {count} more", count=len(held.seen) - MOST_PLACES))
    alone = language.text("in the audit alone") + _written(held.writings, held.text, language)
    return "\n".join(lines) or alone


def _written(writings: tuple[str, ...], typed: str, language: Language) -> str:
    other = [f"“{each}”" for each in dict.fromkeys(writings) if each != typed]
    return " · " + language.text("written as {writings}", writings=", ".join(other)) if other else ""
