"""Was a text taken out of a record after it was signed: what its signature has to say from then on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from sle_desk.models.audit import Audit, Signature
from sle_desk.models.eligibility import CriterionAnswer, EligibilityDecision
from sle_desk.models.people import User
from sle_desk.models.store.redaction import REDACT
from sle_desk.models.visit import Answer


@dataclass(frozen=True)
class TakenOut:
    """A redaction of a signed record: its number in the audit, when it was and who did it."""

    number: int
    at: datetime
    by: str


def taken_out_since(session: Session, signature: Signature) -> tuple[TakenOut, ...]:
    """Return the redactions of what a signature stands for that came after it, oldest first."""
    signed = session.scalar(
        select(Audit.number).where(
            Audit.table_name == Signature.__tablename__,
            Audit.row_id == signature.id,
            Audit.operation == "insert",
        )
    )
    about = or_(
        *(and_(Audit.table_name == table, Audit.row_id.in_(keys)) for table, keys in _records(signature))
    )
    rows = session.execute(
        # One redaction writes a row for each value: its number is that of the first.
        select(Audit.change, Audit.at, User.name)
        .join(User, User.id == Audit.user_id)
        .where(Audit.action == REDACT, Audit.operation == "update", Audit.number > (signed or 0), about)
        .distinct()
        .order_by(Audit.change)
    )
    return tuple(TakenOut(number, at, by) for number, at, by in rows)


def _records(signature: Signature) -> Iterator[tuple[str, Select[int]]]:
    """Yield the tables whose rows a signature stands for, with their numbers."""
    table, row_id = signature.about_table, signature.about_id
    yield Signature.__tablename__, select(Signature.id).where(Signature.id == signature.id)
    yield table, select(Signature.about_id).where(Signature.id == signature.id)
    if table == "form_record":
        yield Answer.__tablename__, select(Answer.id).where(Answer.form_record_id == row_id)
    elif table == EligibilityDecision.__tablename__:
        of_subject = CriterionAnswer.subject_id == EligibilityDecision.subject_id
        answers = select(CriterionAnswer.id).join(EligibilityDecision, of_subject)
        yield CriterionAnswer.__tablename__, answers.where(EligibilityDecision.id == row_id)
