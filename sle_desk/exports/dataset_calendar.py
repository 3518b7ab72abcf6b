"""The calendar of the site: days that were closed or worked otherwise than the week says; no patient's."""

from __future__ import annotations

from sqlalchemy import select

from sle_desk.base.language import Words, message
from sle_desk.domain.site_calendar import HOLIDAY, WORKED, YEAR
from sle_desk.exports.dataset import DAY, RECORDED_AT, Source
from sle_desk.exports.tables import Column, Table, Value
from sle_desk.models.site import SiteDay

KINDS = (
    (HOLIDAY, message("Closed")),
    (WORKED, message("Worked")),
    (YEAR, message("Whole year entered")),
)


def calendar_table(source: Source) -> Table:
    """Return the days in force; a year of which all days are entered stands on its first day."""
    columns = (
        DAY,
        Column("KIND", Words("What it is", "类别"), "code", codelist="SITE_DAY"),
        Column("NAME_EN", Words("Name in English", "英文名称"), "text"),
        Column("NAME_ZH", Words("Name in Chinese", "中文名称"), "text"),
        Column("NOTICE", Words("Notice or document", "通知文号或文件"), "text"),
        Column("CONFIRMED", Words("Compared with the notice", "已与通知核对"), "code", codelist="YN"),
        RECORDED_AT,
    )
    rows = source.session.scalars(
        select(SiteDay).where(SiteDay.state == "current").order_by(SiteDay.on_day, SiteDay.id)
    )
    values: list[list[Value]] = [
        [
            *(row.on_day, row.kind, row.name_en, row.name_zh, row.document),
            *("Y" if row.confirmed else "N", row.recorded_at),
        ]
        for row in rows
    ]
    return Table("SITE_CALENDAR", Words("Calendar of the site", "本中心日历"), columns, values)
