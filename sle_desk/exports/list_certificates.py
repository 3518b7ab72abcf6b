"""The content of the certificate of the sealed list, as it stood at an audit number."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words, message
from sle_desk.exports.pdf.list_certificate import ListCertificate
from sle_desk.exports.visit_summaries import study_name
from sle_desk.exports.wording import spoken
from sle_desk.models.allocation import Allocation, AllocationList, AllocationSlot
from sle_desk.models.audit import Audit
from sle_desk.models.people import User
from sle_desk.services import list_kept
from sle_desk.services.list_drawing import Guessed
from sle_desk.services.snapshots import Snapshot

IMPORTED = message("elsewhere, and imported")
DRAWN = message("here, by the algorithm {algorithm}")
FIGURE = message(
    "Whoever knows the block sizes and every earlier arm can name {certain} % of the slots for sure, and "
    "{guessed} % with the best guess; by chance it is {chance} %."
)
SMALLEST = message(
    "The block sizes of an imported list are not known here. In the smallest blocks possible, whoever knows "
    "every earlier arm can name {certain} % of the slots for sure, and {guessed} % with the best guess; by "
    "chance it is {chance} %."
)


def figure_words(found: Guessed) -> Words:
    """Return how well a list can be guessed, in a sentence."""
    return spoken(
        FIGURE if found.drawn else SMALLEST,
        certain=found.certain,
        guessed=found.guessed,
        chance=found.chance,
    )


def list_certificate(copy: Snapshot, until: int) -> ListCertificate:
    """Return the certificate of the list in force at an audit number; RuleBroken `list.none` without one.

    No certificate is made of a list whose commitments no longer give its digest: RuleBroken `list.changed`.
    """
    session = copy.session
    newest = session.scalar(select(func.max(Audit.row_id)).where(_added(AllocationList, until)))
    if newest is None:
        raise RuleBroken("list.none")
    row = session.get_one(AllocationList, newest)
    shown = list_kept.commitment_in(session, row.code)
    if not shown.holds:
        raise RuleBroken("list.changed", code=row.code)
    return ListCertificate(
        study=study_name(copy.protocol),
        code=row.code,
        size=row.size,
        digest=row.digest,
        sealed_at=row.imported_at,
        sealed_by=session.get_one(User, row.imported_by).name,
        source=spoken(DRAWN, algorithm=shown.algorithm) if shown.algorithm else spoken(IMPORTED),
        opened=_opened(copy, row, until),
    )


def _opened(copy: Snapshot, row: AllocationList, until: int) -> int:
    """Return how many rows of a list were used by then: what was told without a row used none."""
    asked = (
        select(func.count())
        .select_from(Audit)
        .join(Allocation, Allocation.id == Audit.row_id)
        .join(AllocationSlot, AllocationSlot.id == Allocation.slot_id)
        .where(_added(Allocation, until), AllocationSlot.list_id == row.id)
    )
    return int(copy.session.scalar(asked) or 0)


def _added(model: type[AllocationList] | type[Allocation], until: int) -> ColumnElement[bool]:
    # By the audit: an arm that was told outside has an earlier time than its entry.
    table = Audit.table_name == model.__tablename__
    return and_(table, Audit.operation == "insert", Audit.number <= until)
