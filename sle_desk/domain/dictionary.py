"""The words that are offered while a medicine, an event or a vaccine is typed; none is taken by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sle_desk.base.language import Words
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.values import compared
from sle_desk.domain.word_file import Word

GLUCOCORTICOID = "glucocorticoid"
# The kinds of medicine whose dose has to be stable.
STABLE_KINDS = frozenset({GLUCOCORTICOID, "antimalarial"})
# What a field can offer from.
OFFERS = ("medicines", "events", "vaccines")


@dataclass(frozen=True)
class Term:
    """A known name; a medicine also has its kind, the glucocorticoid it is, and whether it is prohibited."""

    code: str
    label: Words
    category: str = ""
    steroid: str = ""
    prohibited: bool = False

    @property
    def rules(self) -> bool:
        """Tell whether a rule rests on this name: a factor, a limit, a stable dose, the prohibited list."""
        return bool(self.steroid) or self.prohibited or self.category in STABLE_KINDS


@dataclass(frozen=True)
class Offer:
    """What is offered while typing, and the other names by which it is found."""

    words: Words
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dictionary:
    """The known names, by what they name."""

    version: str = ""
    medicines: tuple[Term, ...] = ()
    events: tuple[Term, ...] = ()
    vaccines: tuple[Term, ...] = ()

    def terms(self, offers: str) -> tuple[Term, ...]:
        """Return the names of one of OFFERS."""
        return {"medicines": self.medicines, "events": self.events, "vaccines": self.vaccines}[offers]

    def offers(self, offers: str, loaded: Iterable[Word]) -> tuple[Offer, ...]:
        """Return what is offered: the package's own words, or those of a list that was loaded instead.

        A medicine that a rule of the protocol looks for by its name stays as the package names it.
        """
        own, words = self.terms(offers), tuple(loaded)
        if not words:
            return tuple(Offer(term.label) for term in own)
        ruled = [term for term in own if term.rules]
        place = {name: number for number, term in enumerate(ruled) for name in _names(term)}
        also: list[list[str]] = [[] for _ in ruled]
        others = []
        for word in words:
            known = place.get(_plain(word.english), place.get(_plain(word.chinese)))
            if known is None:
                others.append(Offer(Words(word.english, word.chinese), word.others))
            else:
                also[known] += [word.english, word.chinese, *word.others]
        first = (Offer(term.label, tuple(names)) for term, names in zip(ruled, also, strict=True))
        return (*first, *others)

    def medicine(self, written: str) -> Term | None:
        """Return the known medicine that was written in either language, or None; nothing is guessed."""
        sought = _plain(written)
        return next((term for term in self.medicines if sought in _names(term)), None)

    def names(self, offers: str, written: str, loaded: Iterable[Word] = ()) -> frozenset[str]:
        """Return what was written and every other name of the same, as two of them are compared."""
        sought = compared(written)
        own = ((term.label.en, term.label.zh) for term in self.terms(offers))
        others = ((word.english, word.chinese, *word.others) for word in loaded)
        found = (frozenset(map(compared, names)) for names in (*own, *others))
        return frozenset({sought}).union(*(names for names in found if sought in names))


def _plain(written: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", written).casefold().split())


def _names(term: Term) -> Collection[str]:
    return (_plain(term.label.en), _plain(term.label.zh))


def _term(entry: Entry) -> Term:
    term = Term(
        code=entry.text("code"),
        label=entry.words("label"),
        category=entry.text("category", ""),
        steroid=entry.text("steroid", ""),
        prohibited=entry.flag("prohibited", False),
    )
    entry.done()
    return term


def _terms(entry: Entry, name: str) -> tuple[Term, ...]:
    found: Iterable[Term] = map(_term, entry.tables(name, optional=True))
    return unique(found, lambda term: term.code, entry.file, f"{name}.code")


def parse_dictionary(content: object, file: str = "dictionary.toml") -> Dictionary:
    """Return the names a package knows, or raise PackageFaulty naming file, key and reason."""
    entry = Entry(file, "", content)
    found = Dictionary(
        version=entry.text("version"),
        medicines=_terms(entry, "medicine"),
        events=_terms(entry, "event"),
        vaccines=_terms(entry, "vaccine"),
    )
    entry.done()
    return found
