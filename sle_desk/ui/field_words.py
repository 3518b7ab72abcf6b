"""The words a field says about itself: limits, state, and the ways out of a doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sle_desk.base.language import Language
from sle_desk.domain.checks import IMPOSSIBLE, IN_QUERY, MISSING_REASONS, UNLIKELY, Finding
from sle_desk.domain.forms import Field, unit_words
from sle_desk.domain.values import plain
from sle_desk.ui.keybar import KeyHint
from sle_desk.ui.strip import WayOut

if TYPE_CHECKING:
    from sle_desk.ui.field_box import FieldBox


def missing_words(missing: str, language: Language, doubted: str = "") -> str:
    """Return why nothing was done, or the text that is asked about; nothing when there is no such reason."""
    if missing == IN_QUERY.code:
        return language.text("In query: {typed}", typed=doubted)
    for reason in MISSING_REASONS:
        if reason.code == missing:
            return language.text("Not done: {reason}", reason=language.words(reason.label))
    return ""


def range_words(asked: Field, language: Language) -> str:
    """Return the plausible range of a field, in its own unit."""
    limits = asked.soft or asked.hard
    if limits is None:
        return ""
    return language.text("{low} to {high}", low=plain(limits[0]), high=plain(limits[1]))


def state_words(box: FieldBox) -> str:
    """Return the state of a field: what is wrong, why nothing was done, saved or empty."""
    language = box.context.language
    said = box.strip.sentence() or missing_words(box.missing, language, box.doubted)
    if said:
        return said
    # A line is read out by itself; the chosen one of several answers is not.
    answer = box.said() if box.says_answer else ""
    if box.read_only and box.opens:
        return ", ".join(part for part in (answer, language.text("saved, F2 corrects")) if part)
    return answer if box.typed() else language.text("empty")


def description(box: FieldBox) -> str:
    """Return what a screen reader says after the name: unit, range, hint and state."""
    language = box.context.language
    hint = language.words(box.asked.hint) if box.asked.hint else ""
    unit = language.words(unit_words(box.asked.unit))
    parts = (
        unit,
        range_words(box.asked, language),
        hint,
        state_words(box),
    )
    return ", ".join(part for part in parts if part)


def ways_out(box: FieldBox, finding: Finding) -> list[WayOut]:
    """Return what can be done about a finding, the best first."""
    language = box.context.language
    ways = []
    if finding.fix is not None:
        unit = language.words(unit_words(box.asked.unit))
        words = language.text("Use {value}", value=f"{finding.fix} {unit}".strip())
        ways.append(WayOut(words, "Ctrl+U", box.use_fix, "primary"))
    if finding.level == UNLIKELY:
        ways.append(WayOut(language.text("Keep with a reason"), "Ctrl+Shift+Enter", box.ask_to_keep))
    ways.append(WayOut(language.text("Retype"), "Esc", box.retype))
    if finding.level == IMPOSSIBLE and box.context.queries:
        ways.append(WayOut(language.text("Query it"), "Ctrl+Q", box.query))
    return ways


def key_hints(box: FieldBox, language: Language) -> list[KeyHint]:
    """Return the keys that do something in a field now, the most useful first."""
    if box.question.is_open():
        return [
            KeyHint(box.question.keys(), language.text("answer")),
            KeyHint("Enter", language.text("take it")),
            KeyHint("Esc", language.text("give up")),
        ]
    history = KeyHint("F11", language.text("history"))
    if box.read_only:
        onward, correct = language.text("next field"), language.text("correct")
        onward_keys = [KeyHint("Enter", onward)]
        return [*onward_keys, *([KeyHint("F2", correct)] if box.opens else ()), history]
    hints = [KeyHint(way.keys, way.words) for way in _ways_now(box)]
    hints.append(KeyHint("Enter", language.text("accept, next field")))
    if not box.text():
        keys = "N" if box.n_means_not_done else "Ctrl+Shift+N"
        hints.append(KeyHint(keys, language.text("not done")))
    return [*hints, KeyHint("Shift+Enter", language.text("field before")), history]


def _ways_now(box: FieldBox) -> list[WayOut]:
    blocking = box.answer.blocking(box.typed())
    return ways_out(box, blocking[0]) if blocking else []
