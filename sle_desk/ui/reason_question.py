"""A question with coded answers in the strip of a field: a digit picks, Enter takes, Esc gives up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sle_desk.base.language import Language
from sle_desk.domain.forms import Choice
from sle_desk.ui.strip import Strip


class ReasonQuestion:
    """At most one open question; the caller gives it the keys while it is open."""

    def __init__(self, strip: Strip, language: Language) -> None:
        self._strip, self._language = strip, language
        self._question = ""
        self._reasons: tuple[Choice, ...] = ()
        self._done: Callable[[str], object] | None = None
        self._picked = -1

    def open(
        self, question: str, reasons: tuple[Choice, ...], done: Callable[[str], object], language: Language
    ) -> None:
        """Ask; `done` is called with the code of the reason that is taken."""
        self._question, self._reasons, self._done = question, reasons, done
        self._language, self._picked = language, -1
        self._show()

    def is_open(self) -> bool:
        """Tell whether an answer is awaited."""
        return self._done is not None

    def keys(self) -> str:
        """Return the keys of the answers as the key bar names them: 1-6, or C / N."""
        keys = [reason.key for reason in self._reasons]
        return f"{keys[0]}-{keys[-1]}" if all(key.isdigit() for key in keys) else " / ".join(keys)

    def pick(self, typed: str) -> str:
        """Pick the reason with this key and return its words; nothing for another key."""
        for index, reason in enumerate(self._reasons):
            if typed and reason.key == typed.upper():
                self._picked = index
                self._show()
                return self._language.words(reason.label)
        return ""

    def take(self) -> bool:
        """Take the picked reason; false when none is picked yet."""
        done = self._done
        if done is None or self._picked < 0:
            return False
        self.close()
        done(self._reasons[self._picked].code)
        return True

    def close(self) -> None:
        """Ask no longer."""
        self._done = None

    def _show(self) -> None:
        answers = [
            (self._language.words(reason.label), reason.key, partial(self._clicked, reason.key))
            for reason in self._reasons
        ]
        self._strip.offer(self._question, answers, self._picked)

    def _clicked(self, key: str, *_: object) -> None:
        self.pick(key)
        self.take()
