"""What Today tells of approvals: who signs consent anew, which one ends, what the PI is to decide on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.domain import ethics
from sle_desk.domain.amendments import PROPOSED
from sle_desk.domain.reconsent import LATE as TOO_LATE
from sle_desk.models.protocol import EthicsApproval, ProtocolAmendment
from sle_desk.services.approvals import approvals_in
from sle_desk.services.courses import Course
from sle_desk.services.due_rows import LATE, NOW, Due, TodayRow, Who
from sle_desk.services.reconsents import asked_in


def approval_rows(session: Session, today: date) -> Iterator[TodayRow]:
    """Yield what of the register is to be seen to today: an approval that ends soon, or has ended."""
    standing = approvals_in(session)
    numbers = dict(session.execute(select(EthicsApproval.id, EthicsApproval.approval_number)).all())
    for each in sorted(standing, key=lambda line: (line.valid_until or date.max, line.id)):
        state = ethics.state_of(each, standing, today)
        if each.valid_until is None or state not in (ethics.EXPIRING, ethics.EXPIRED):
            continue
        over = (today - each.valid_until).days
        item = Due("approval", {"number": numbers[each.id], "until": each.valid_until, "record": each.id})
        late = state == ethics.EXPIRED
        yield TodayRow(
            LATE if late else NOW,
            None,
            each.valid_until,
            (item,),
            "approval_over" if late else "approval_ends",
            "open_ethics",
            days_late=over if late else None,
            status_facts={"days": -over},
        )


def proposal_rows(session: Session) -> Iterator[TodayRow]:
    """Yield the amendment that waits for the PI to approve or reject it."""
    proposed = select(ProtocolAmendment).where(ProtocolAmendment.state == PROPOSED)
    for row in session.scalars(proposed):
        item = Due("amendment", {"version": row.package_version, "record": row.id})
        yield TodayRow(NOW, None, row.imported_at.date(), (item,), "to_decide", "open_amendment")


def reconsent_rows(
    session: Session, everyone: Mapping[int, Course], people: Mapping[int, Who], today: date
) -> Iterator[TodayRow]:
    """Yield one row for each subject who is to sign a newer version and has not yet, or refused it."""
    for subject_id, asked in asked_in(session, everyone, today).items():
        if not asked.stands_open or subject_id not in people:
            continue
        by, refused = asked.version.by, asked.refused_on
        late = asked.state == TOO_LATE and refused is None
        item = Due("reconsent", {"version": asked.version.code, "by": by, "refused_on": refused})
        yield TodayRow(
            LATE if late else NOW,
            people[subject_id],
            refused or by or asked.version.first_day,
            (item,),
            "reconsent_refused" if refused is not None else "reconsent_late" if late else "reconsent",
            "record_consent",
            days_late=(today - by).days if late and by is not None else None,
        )
