"""What is chosen at a dose: the coded reason when it was not as planned, and the next injection site."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sle_desk.base.language import Words
from sle_desk.domain.dose_matching import GIVEN, RecordedDose, in_own_time
from sle_desk.domain.forms import Choice
from sle_desk.domain.values import folded

if TYPE_CHECKING:
    # The package reads the rules of its criteria, and through them these choices: for their types alone.
    from sle_desk.domain.protocol import Drug, InjectionSite, Protocol

OTHER = "other"
INJECTION, DILUENT = "injection", "diluent"
# Why a dose was given otherwise than planned; never a default.
DOSE_REASONS = (
    Choice("subject", Words("The subject came or asked for it then", "受试者当时到访或要求"), "1"),
    Choice("doctor", Words("Decision of the investigator", "研究者决定"), "2"),
    Choice("ward", Words("Organisation of the ward", "病房安排"), "3"),
    Choice("supply", Words("Supply of the drug", "药物供应"), "4"),
    Choice("mistake", Words("Given by mistake", "误给药"), "5"),
    Choice("elsewhere", Words("Given elsewhere, known later", "在他处给药，事后得知"), "6"),
    Choice(OTHER, Words("Other", "其他"), "9"),
)


def diluents_of(protocol: Protocol, drug: Drug) -> tuple[Choice, ...]:
    """Return what a drug is made up with: of its preparation, or as the form of an injection asks."""
    if drug.preparation is not None:
        return drug.preparation.diluents
    asked = (field for field in protocol.form(INJECTION).fields() if field.code == DILUENT)
    # An earlier package does not ask it.
    return next((field.choices for field in asked), ())


def last_sites(records: Iterable[RecordedDose], drug: str, count: int = 3) -> tuple[RecordedDose, ...]:
    """Return the last doses of a drug whose site is known, newest first."""
    known = [dose for dose in records if dose.drug == drug and dose.progress == GIVEN and dose.site]
    return tuple(sorted(known, key=in_own_time, reverse=True)[:count])


def rotation(drug: Drug) -> tuple[InjectionSite, ...]:
    """Return the sites of a drug that take turns: the places on the body that the package names."""
    return tuple(site for site in drug.sites if site.code != OTHER)


def next_site(drug: Drug, records: Iterable[RecordedDose]) -> str:
    """Return the site proposed by rotation, in the order of the package: the one after the last of them used.

    A site outside of it ("other") is never proposed, and the turn goes on where it was.
    """
    codes = [site.code for site in rotation(drug)]
    taken = [dose for dose in records if dose.site in codes]
    if not codes:
        return ""
    last = last_sites(taken, drug.code, 1)
    return codes[(codes.index(last[0].site) + 1) % len(codes)] if last else codes[0]


def same_site(one: RecordedDose, other: RecordedDose) -> bool:
    """Tell whether two doses were given at one site; two "other" ones where their words are the same."""
    if not one.site or one.site != other.site:
        return False
    return one.site != OTHER or _words(one.site_note) == _words(other.site_note)


def _words(note: str) -> str:
    return " ".join(folded(note).split())
