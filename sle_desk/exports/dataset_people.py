"""Who could do what and when: accounts with their roles, and the delegation log; staff, never patients."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.exports.dataset import Source
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.people import Delegation, User, UserRole
from sle_desk.services.access import closed_on

LOGIN = Column("USER", Words("User", "用户"), "text")
NAME = Column("NAME", Words("Name", "姓名"), "text")
FROM = Column("FROM_DAY", Words("From", "自"), "day")
UNTIL = Column("UNTIL_DAY", Words("Until", "至"), "day")


def role_table(source: Source) -> Table:
    """Return every role that anybody held, with its days and those of the account."""
    columns = (
        LOGIN,
        NAME,
        Column("ROLE", Words("Role", "角色"), "code", codelist="ROLE"),
        FROM,
        UNTIL,
        Column("ACCOUNT_MADE", Words("Account made", "账户建立时间"), "instant"),
        Column("ACCOUNT_CLOSED", Words("Account closed on", "账户关闭日期"), "day"),
        Column("TRAINED_ON", Words("Trained in this application", "系统培训日期"), "day"),
    )
    closed = closed_on(source.session)
    rows = source.session.execute(
        select(User, UserRole).join(UserRole, UserRole.user_id == User.id).order_by(User.id, UserRole.id)
    )
    values: list[list[Value]] = [
        [
            *(user.login, user.name, line.role, line.from_day, line.until_day),
            *(user.created_at, closed.get(user.login), user.trained_on),
        ]
        for user, line in rows
    ]
    return Table("ROLES", Words("Accounts and roles", "账户与角色"), columns, values)


def delegation_table(source: Source) -> Table:
    """Return the delegation log."""
    columns = (
        LOGIN,
        NAME,
        Column("TASK", Words("Task", "任务"), "code", codelist="TASK"),
        FROM,
        UNTIL,
        Column("TRAINED_ON", Words("Protocol training", "方案培训日期"), "day"),
        Column("GCP_CERTIFICATE", Words("GCP certificate", "GCP 证书编号"), "text"),
        Column("REFERENCE", Words("Signed paper log, page", "纸质授权分工表页码"), "text"),
    )
    rows = source.session.execute(
        select(User, Delegation).join(Delegation, Delegation.user_id == User.id).order_by(Delegation.id)
    )
    values: list[list[Value]] = [
        [
            *(user.login, user.name, line.task, line.from_day, line.until_day),
            *(line.training_day, line.gcp_certificate, line.reference),
        ]
        for user, line in rows
    ]
    return Table("DELEGATIONS", Words("Delegation log", "授权分工表"), columns, values)
