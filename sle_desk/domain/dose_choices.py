"""What is chosen at a dose: the coded reason when it was not as planned, and the next injection site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sle_desk.base.language import Words
from sle_desk.domain.dose_matching import GIVEN, RecordedDose, in_own_time
from sle_desk.domain.forms import Choice
from sle_desk.domain.protocol import InjectionSite

OTHER = "other"
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


def last_sites(records: Iterable[RecordedDose], drug: str, count: int = 3) -> tuple[RecordedDose, ...]:
    """Return the last doses of a drug whose site is known, newest first."""
    known = [dose for dose in records if dose.drug == drug and dose.progress == GIVEN and dose.site]
    return tuple(sorted(known, key=in_own_time, reverse=True)[:count])


def next_site(sites: Sequence[InjectionSite], records: Iterable[RecordedDose], drug: str) -> str:
    """Return the site proposed by rotation, in the order of the package; never the last one used."""
    last = last_sites(records, drug, 1)
    codes = [site.code for site in sites]
    if not codes:
        return ""
    place = codes.index(last[0].site) if last and last[0].site in codes else -1
    return codes[(place + 1) % len(codes)]
