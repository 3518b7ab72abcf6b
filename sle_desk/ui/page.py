"""What the window asks of every page: its words, what stands beside its title, its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Step:
    """One step of the way to where one is, above a page: words, and the act that goes there."""

    words: str
    go: Callable[[], object] | None = None


class Page(QWidget):
    """A page of the window. It is built on first show and asked for its words whenever they may change."""

    def title(self) -> str:
        """Return the title, as "Today"."""
        return ""

    def second(self) -> str:
        """Return quieter words beside the title, as the day."""
        return ""

    def path(self) -> Sequence[Step]:
        """Return the steps to a page below another one; they stand instead of the title."""
        return ()

    def top_parts(self) -> Sequence[QWidget]:
        """Return the buttons that stand at the right of the top bar."""
        return ()

    def retranslate(self) -> None:
        """Show every word in the language of now; what was typed, and the focus, stay."""

    def entered(self) -> None:
        """Take notice of being shown: read again, put the focus where work begins."""

    def go_up(self) -> bool:
        """Go one level up on Esc; false when this is the top."""
        return False
