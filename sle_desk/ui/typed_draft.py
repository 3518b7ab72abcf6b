"""What is typed on a page that builds its own fields, kept as a draft; what is only proposed is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType

from sle_desk.services import drafts
from sle_desk.services.drafts import Place
from sle_desk.ui.form import FormView
from sle_desk.ui.state import State

Typed = Mapping[str, str]
NOTHING: Typed = MappingProxyType({})


def _nothing_beside(typed: Typed) -> Typed:
    return NOTHING


class TypedDraft:
    """The draft of the fields in sight: each accepted one at once, the half-typed ones when they are left.

    `beside` returns what is kept with any of them: what the answers rest on, such as the day they were of.
    """

    def __init__(self, state: State, beside: Callable[[Typed], Typed] = _nothing_beside) -> None:
        self._state, self._beside = state, beside
        self._view: FormView | None = None
        self._place: Place | None = None
        self._proposed: Typed = NOTHING
        self._known: dict[str, str] = {}

    def kept(self, place: Place) -> dict[str, str]:
        """Return what the person at the desk left in a place."""
        return drafts.drafts(self._state.desk, place)

    def follow(self, view: FormView | None, place: Place | None = None, proposed: Typed = NOTHING) -> None:
        """Keep what is typed into these fields from now on; nothing where there are none."""
        self._view, self._place, self._proposed = view, place, proposed
        self._known = {} if place is None else self.kept(place)
        if view is not None:
            view.field_kept.connect(partial(self._accepted, view))

    def _accepted(self, view: FormView, code: str, typed: str) -> None:
        # Fields that were built anew tell nothing any more.
        if view is self._view:
            self._keep({code: typed}, self._beside(view.typed()))

    def _keep(self, typed: Typed, beside: Typed) -> None:
        changed = {code: words for code, words in typed.items() if self._is_new(code, words)}
        # What stands beside is kept as it is: a proposal of tomorrow may be another one.
        changed |= {code: words for code, words in beside.items() if words != self._known.get(code)}
        if self._place is not None:
            for code, words in changed.items():
                drafts.keep_draft(self._state.desk, self._place, code, words)
            self._known |= changed

    def _is_new(self, code: str, words: str) -> bool:
        return words != self._known.get(code, self._proposed.get(code, ""))

    def keep_half_typed(self) -> None:
        """Keep what stands in every field, accepted or not; where all is as proposed, nothing was begun."""
        view = self._view
        if view is None or self._place is None:
            return
        typed = view.typed()
        stands = {field.code: typed.get(field.code, "") for field in view.form.fields()}
        if all(words == self._proposed.get(code, "") for code, words in stands.items()):
            self.drop(self._place)
        else:
            self._keep(stands, self._beside(typed))

    def drop(self, place: Place, fields: Collection[str] | None = None) -> None:
        """Let the draft of a place go, or some fields of it."""
        if place == self._place:
            self._known = {}
        if self.kept(place):
            drafts.drop_drafts(self._state.desk, place, fields)

    def done(self) -> None:
        """Let the draft go of what is a record now; the fields that said it are followed no more."""
        place = self._place
        self.follow(None)
        if place is not None:
            self.drop(place)
