"""The words that are offered while a medicine, an event or a vaccine is typed; none is taken by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sle_desk.base.language import Words
from sle_desk.domain.medicine_names import Affixes, medicine_named, plain_name
from sle_desk.domain.reading import Entry, unique
from sle_desk.domain.values import compared
from sle_desk.domain.word_file import Word

GLUCOCORTICOID = "glucocorticoid"
# The kinds of medicine whose dose has to be stable.
STABLE_KINDS = frozenset({GLUCOCORTICOID, "antimalarial"})
# Where the dose of a medicine has to be stable by its name: always, or where it is used locally.
STABLE = ALWAYS, LOCAL = ("always", "local")
# What lupus is treated with beside the study drugs.
BACKGROUND_KINDS = STABLE_KINDS | {"immunosuppressant", "biologic"}
# What a field can offer from.
OFFERS = ("medicines", "events", "vaccines")
# Letters of the shortest name that is taken from a list: a single one stands in too many others.
SHORTEST = 2


@dataclass(frozen=True)
class Term:
    """A known name; a medicine also has its kind, the glucocorticoid it is, and whether it is prohibited.

    `also`: other names that stand on packs. `stable`: its dose has to be stable by its name and not by its
    kind, always or where it is used locally alone.
    """

    code: str
    label: Words
    category: str = ""
    steroid: str = ""
    prohibited: bool = False
    also: tuple[str, ...] = ()
    stable: str = ""

    @property
    def rules(self) -> bool:
        """Tell whether a rule rests on this name: a factor, a limit, a stable dose, the prohibited list."""
        return bool(self.steroid or self.stable) or self.prohibited or self.category in STABLE_KINDS


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
    affixes: Affixes = field(default_factory=Affixes)
    # Other names that a loaded list gives medicines of the package, each with the code.
    listed: tuple[tuple[str, str], ...] = ()

    def terms(self, offers: str) -> tuple[Term, ...]:
        """Return the names of one of OFFERS."""
        return {"medicines": self.medicines, "events": self.events, "vaccines": self.vaccines}[offers]

    def offers(self, offers: str, loaded: Iterable[Word]) -> tuple[Offer, ...]:
        """Return what is offered: the package's own words, or those of a list that was loaded instead.

        A medicine that a rule of the protocol looks for by its name stays as the package names it.
        """
        own, words = self.terms(offers), tuple(loaded)
        if not words:
            return tuple(Offer(term.label, term.also) for term in own)
        ruled = [term for term in own if term.rules]
        place = {name: number for number, term in enumerate(ruled) for name in _names(term)}
        also: list[list[str]] = [[] for _ in ruled]
        others = []
        for word in words:
            known = place.get(plain_name(word.english), place.get(plain_name(word.chinese)))
            if known is None:
                others.append(Offer(Words(word.english, word.chinese), word.others))
            else:
                also[known] += [word.english, word.chinese, *word.others]
        first = (Offer(term.label, tuple(names)) for term, names in zip(ruled, also, strict=True))
        return (*first, *others)

    def medicine(self, written: str) -> Term | None:
        """Return the medicine that a name means, in either language and as on a pack, or None: no guess.

        A name of a loaded list is asked only where the package's own names say nothing.
        """
        code = medicine_named(written, self._known, self.affixes)
        if code is None and self.listed:
            code = medicine_named(written, {**dict(self.listed), **self._known}, self.affixes)
        return next((term for term in self.medicines if term.code == code), None) if code else None

    def names(self, offers: str, written: str, loaded: Iterable[Word] = ()) -> frozenset[str]:
        """Return what was written and every other name of the same, as two of them are compared."""
        sought = compared(written)
        own = ((term.label.en, term.label.zh) for term in self.terms(offers))
        others = ((word.english, word.chinese, *word.others) for word in loaded)
        found = (frozenset(map(compared, names)) for names in (*own, *others))
        return frozenset({sought}).union(*(names for names in found if sought in names))

    def with_listed(self, loaded: Iterable[Word]) -> Dictionary:
        """Return the dictionary with the other names that rows of a list give its own medicines.

        A row speaks of the medicine whose name is its English or Chinese one. What two medicines would have,
        what the package names otherwise, and what is no more than a form or an amount, is left out.
        """
        meant: dict[str, set[str]] = {}
        for word in loaded:
            codes = {self._known.get(plain_name(name)) for name in (word.english, word.chinese)} - {None}
            for name in map(plain_name, word.others):
                meant.setdefault(name, set()).update(code for code in codes if code is not None)
        listed = (
            (name, min(codes))
            for name, codes in meant.items()
            if len(codes) == 1 and name not in self._known and not self._is_affix(name)
        )
        return replace(self, listed=tuple(listed))

    def _is_affix(self, name: str) -> bool:
        words = {*self.affixes.ignored, *self.affixes.before, *self.affixes.after}
        return name in words or sum(map(str.isalpha, name)) < SHORTEST

    @cached_property
    def _known(self) -> Mapping[str, str]:
        return {name: term.code for term in self.medicines for name in _names(term)}


def _names(term: Term) -> Collection[str]:
    return tuple(map(plain_name, (term.label.en, term.label.zh, *term.also)))


def _term(entry: Entry) -> Term:
    term = Term(
        code=entry.text("code"),
        label=entry.words("label"),
        category=entry.text("category", ""),
        steroid=entry.text("steroid", ""),
        prohibited=entry.flag("prohibited", False),
        also=entry.texts("also", optional=True),
        stable=entry.one_of("stable", ("", *STABLE), ""),
    )
    entry.done()
    return term


def _terms(entry: Entry, name: str) -> tuple[Term, ...]:
    found: Iterable[Term] = map(_term, entry.tables(name, optional=True))
    return unique(found, lambda term: term.code, entry.file, f"{name}.code")


def _plain_texts(entry: Entry, name: str) -> tuple[str, ...]:
    return tuple(map(plain_name, entry.texts(name, optional=True)))


def parse_dictionary(content: object, file: str = "dictionary.toml") -> Dictionary:
    """Return the names a package knows, or raise PackageFaulty naming file, key and reason."""
    entry = Entry(file, "", content)
    found = Dictionary(
        version=entry.text("version"),
        medicines=_terms(entry, "medicine"),
        events=_terms(entry, "event"),
        vaccines=_terms(entry, "vaccine"),
        affixes=Affixes(**{name: _plain_texts(entry, name) for name in ("ignored", "before", "after")}),
    )
    entry.done()
    return found
