"""Who signs a newer version of the consent form too, by when, and who is late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sle_desk.base.language import Words
from sle_desk.domain.forms import Choice

YES, NO = "Y", "N"
DUE, LATE = "due", "late"
# Whether who signed an older version signs this one too.
QUESTION = (
    Choice(YES, Words("Yes, they sign this one too", "是，需重新签署"), "1"),
    Choice(NO, Words("No, the older one stays enough", "否，原签署有效"), "2"),
)
OTHER, REFUSED = "other", "refused"
# Why a subject did not sign a newer version.
REASONS = (
    Choice("left", Words("Left the study", "已退出研究"), "1"),
    Choice(REFUSED, Words("Refused", "拒绝签署"), "2"),
    Choice("unreachable", Words("Cannot be reached", "无法联系"), "3"),
    Choice("follow_up_only", Words("In follow-up only, as the committee allows", "仅随访（伦理允许）"), "4"),
    Choice(OTHER, Words("Other", "其他"), "9"),
)


@dataclass(frozen=True)
class Version:
    """A version of the consent form: from when on it is used, and whether older consents are signed anew."""

    id: int
    code: str
    first_day: date
    reconsent: str = ""
    by: date | None = None


@dataclass(frozen=True)
class Way:
    """What one subject signed, by day; what was told of versions not signed; the day the subject left.

    `refused` are the versions of which a refusal is the last that was told.
    """

    signed: tuple[tuple[str, date], ...]
    told: Mapping[int, date]
    left_on: date | None = None
    refused: Collection[int] = ()


@dataclass(frozen=True)
class Asked:
    """That a subject is to sign a version: how it stands today, and the day it was settled, if it was.

    A refusal is told in time, and settles nothing else: `refused_on` is its day while it is what stands.
    """

    version: Version
    state: str
    settled_on: date | None = None
    refused_on: date | None = None

    @property
    def stands_open(self) -> bool:
        """Tell whether something is still to be done about it."""
        return self.settled_on is None or self.refused_on is not None


def wanted(versions: Iterable[Version], today: date) -> Version | None:
    """Return the newest version in use that who signed an older one signs too; an older one asks no more."""
    asking = [each for each in versions if each.reconsent == YES and each.first_day <= today]
    return max(asking, key=lambda each: (each.first_day, each.id), default=None)


def asked_of(way: Way, versions: Iterable[Version], today: date) -> Asked | None:
    """Return what a subject is asked to sign anew; None where nothing is asked, or it was settled in time.

    A subject without any consent is asked for the first one elsewhere. One who signed the version, or a
    later one, has settled it on that day; who left, or of whom it was told why not, on that. Who refused is
    asked no more by that day, but it stands open until it is signed or the subject leaves. Without a last day
    nothing is ever late.
    """
    known = {each.code: each for each in versions}
    version = wanted(known.values(), today)
    if version is None or not way.signed:
        return None
    if way.left_on is not None and way.left_on < version.first_day:
        return None
    enough = _enough(version, known.values())
    if way.signed[0][0] in enough:
        return None
    signed, told = [day for code, day in way.signed if code in enough], way.told.get(version.id)
    settled = min((day for day in (*signed, told, way.left_on) if day is not None), default=None)
    late = version.by is not None and (settled or today) > version.by
    refused = version.id in way.refused and not signed and way.left_on is None
    if settled is not None and not late and not refused:
        return None
    return Asked(version, LATE if late else DUE, settled, told if refused else None)


def unsigned(way: Way, versions: Iterable[Version], today: date) -> Version | None:
    """Return the version that a subject was to sign too and had not by a day, whatever was told of it."""
    known = tuple(versions)
    version = wanted(known, today)
    if version is None or not way.signed:
        return None
    enough = _enough(version, known)
    return None if any(code in enough and day <= today for code, day in way.signed) else version


def _enough(version: Version, known: Iterable[Version]) -> set[str]:
    """Return the versions that settle it where one is wanted: itself, and every later one."""
    return {each.code for each in known if _order(each) >= _order(version)}


def _order(version: Version) -> tuple[date, int]:
    return version.first_day, version.id
