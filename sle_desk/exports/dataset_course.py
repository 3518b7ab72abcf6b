"""What one row a subject says of the treatment: doses of each drug, stops, leaving, sets and baseline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from sle_desk.base.language import Words
from sle_desk.domain.dose_matching import GIVEN, RecordedDose
from sle_desk.domain.leaving import COMPLETED, DRUG_STOP, EXIT
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import Measured, rounded
from sle_desk.exports.dataset import Preset, Source, column_for, declared
from sle_desk.exports.tables import Column, Value
from sle_desk.models.subject import Disposition
from sle_desk.models.visit import Answer, FormRecord, Visit
from sle_desk.services.answers import values_of
from sle_desk.services.baseline import baseline_visit
from sle_desk.services.courses import Course, courses
from sle_desk.services.prednisone import prednisone_between
from sle_desk.services.subject_trends import SLEDAI, sledai_of
from sle_desk.services.withdrawals import DATA

RANDOMISED = Words("A row of the allocation list was opened.", "已打开分配表中的一行。")
TREATED = Words("At least one dose of a study drug was given.", "至少给予过一次研究药物。")
ACTUAL = Words(
    "The planned arm while no drug outside it was given; else the arm whose drugs are those that were given, "
    "and nothing where there is none. Nothing before the first dose.",
    "未给予计划组别以外的药物时为计划组别；否则为药物与实际给药一致的组别，没有则为空。首次给药前为空。",
)
DAYS = Words(
    "From the first to the last given dose of any study drug, both counted.",
    "从首次到末次给药的天数，含首尾两日。",
)
DIED = Words(
    "The earliest exact day told by the death entry or by the end of a fatal adverse event; where none is "
    "exact, the partial day with the fewest unknown parts, as it was written. The day of an exit for death "
    "is that of the exit and never stands here. Empty while no day is written: then the state alone says "
    "that the subject died.",
    "死亡记录或致死性不良事件结束日期所述的最早确切日期；均不确切时为未知部分最少的原始不完整日期。"
    "因死亡退出的日期仅为退出日期，不列于此。未写明日期时为空，仅由状态说明死亡。",
)
DIFFER = Words(
    "Y where no one day fits every record that tells of the death; empty where none does.",
    "所有述及死亡的记录无法对应同一日期时为 Y；无死亡记录时为空。",
)
WEIGHT_RULE = Words(
    "The last weight recorded on a day not after that of the first dose of any study drug.",
    "首次给药当日或之前最后一次记录的体重。",
)
SLEDAI_RULE = Words(
    "The total at the baseline visit, once each of the items is answered.",
    "基线访视的总分，须所有条目均已回答。",
)
PREDNISONE_RULE = Words(
    "The sum over the systemic glucocorticoids taken on the day of the first dose of any study drug, before "
    "that dose on the day of the baseline visit: milligrams a day times 5 through the milligrams that equal "
    "5 mg prednisone, to 6 decimals. 0 where glucocorticoids are recorded and none was taken that day. Empty "
    "where none is recorded, where a start or an end may lie before or after that day, where dose, unit or "
    "frequency of one come to no daily dose, or where its factor is not decided.",
    "首次使用任一研究药物当日（给药前为基线访视当日）使用的全身性糖皮质激素之和："
    "日剂量（mg）×5÷相当于5 mg泼尼松的剂量，保留6位小数。有糖皮质激素记录但当日未使用时为0。"
    "无记录、起止日期不完整而无法确定当日是否使用、任一剂量无法得出日剂量，或换算系数未定时为空。",
)
BASELINE_PREDNISONE = Words("Prednisone equivalent a day at baseline", "基线泼尼松等效日剂量")
NO_DATA = Words("Use of data withdrawn on", "撤回数据使用同意日期")
NO_DATA_RULE = Words(
    "The first day from which consent for the use of data is withdrawn now; empty where it is not, or was "
    "signed again. Rows of later days stay in the sheets: the PI decides on them.",
    "当前有效的撤回数据使用同意的首日；未撤回或已重新签署者为空。此后日期的行仍保留在各表中，由主要研究者决定。",
)
BASELINE_SLEDAI = Words("SLEDAI-2K at baseline", "基线 SLEDAI-2K")


def course_columns(source: Source, preset: Preset) -> tuple[Column, ...]:
    """Return the columns; whatever would tell the arm only where the preset may show it."""
    weight = column_for("BASELINE_WEIGHT", declared(source.protocol, "vitals.weight"))
    left = declared(source.protocol, "disposition.on_day")
    reason = declared(source.protocol, "disposition.reason")
    columns = (
        _flag("RANDOMISED", Words("Randomised", "已随机"), RANDOMISED),
        _flag("TREATED", Words("Treated", "已接受治疗"), TREATED),
        replace(column_for("LEFT_ON", left), label=Words("Left or completed on", "退出或完成日期")),
        replace(
            column_for("LEFT_REASON", reason, "code", "DISPOSITION_REASON"),
            label=Words("Left or completed because", "退出或完成原因"),
        ),
        replace(
            column_for("DIED_ON", left, "partial_day"), label=Words("Died on", "死亡日期"), derivation=DIED
        ),
        _flag("DEATH_CONTRADICTED", Words("Days of death differ", "死亡日期不一致"), DIFFER),
        Column("DATA_WITHDRAWN_ON", NO_DATA, "day", derivation=NO_DATA_RULE),
        replace(weight, label=Words("Weight at baseline", "基线体重"), derivation=WEIGHT_RULE),
        Column("BASELINE_SLEDAI", BASELINE_SLEDAI, "whole", derivation=SLEDAI_RULE),
        Column(
            "BASELINE_PREDNISONE",
            BASELINE_PREDNISONE,
            "number",
            unit="mg/day",
            derivation=PREDNISONE_RULE,
        ),
    )
    if not preset.arm:
        return columns
    actual = Column(
        "ACTUAL_ARM", Words("Arm as treated", "实际治疗组别"), "code", codelist="ARM", derivation=ACTUAL
    )
    days = Column("TREATMENT_DAYS", Words("Days of treatment", "治疗天数"), "whole", derivation=DAYS)
    return (*columns, actual, days, *_drug_columns(source.protocol))


def _flag(name: str, label: Words, derivation: Words) -> Column:
    return Column(name, label, "code", codelist="YN", derivation=derivation)


def _drug_columns(protocol: Protocol) -> Iterable[Column]:
    for drug in protocol.drugs:
        name, label = drug.code.upper(), drug.label
        for suffix, words, kind in (
            ("FIRST_ON", Words("first dose", "首次给药"), "day"),
            ("LAST_ON", Words("last dose", "末次给药"), "day"),
            ("DOSES", Words("doses given", "给药次数"), "whole"),
            ("STOPPED_ON", Words("stopped on", "停用日期"), "day"),
        ):
            said = Words(f"{label.en}, {words.en}", f"{label.zh}：{words.zh}")
            yield Column(f"{name}_{suffix}", said, kind)
        said = Words(f"{label.en}, stopped because", f"{label.zh}：停用原因")
        yield Column(f"{name}_STOP_REASON", said, "code", codelist="DISPOSITION_REASON")


@dataclass(frozen=True)
class CourseRows:
    """The values of these columns for every subject, read once."""

    source: Source
    preset: Preset
    ways: dict[int, Course]
    steps: dict[int, list[Disposition]]

    def values(self, subject_id: int) -> list[Value]:
        """Return the values of one subject, in the order of the columns."""
        way = self.ways.get(subject_id)
        given = [dose for dose in way.records if dose.progress == GIVEN] if way is not None else []
        first = min((dose.on_day for dose in given), default=None)
        steps = self.steps.get(subject_id, [])
        # When a study is completed follows the last dose, and that tells the drug.
        ends = (EXIT, COMPLETED) if self.preset.arm else (EXIT,)
        left = next((step for step in steps if step.kind in ends), None)
        death = way.death if way is not None else None
        values: list[Value] = [
            "Y" if way is not None and way.arm else "N",
            "Y" if given else "N",
            left.on_day if left is not None else None,
            left.reason if left is not None else None,
            death.said or None if death is not None else None,
            None if death is None else "Y" if death.contradicted else "N",
            way.withdrawn.get(DATA) if way is not None else None,
            self._weight(subject_id, first),
            self._sledai(subject_id),
            self._prednisone(subject_id, way, first),
        ]
        if not self.preset.arm:
            return values
        last = max((dose.on_day for dose in given), default=None)
        days = (last - first).days + 1 if first is not None and last is not None else None
        actual = actual_arm(self.source.protocol, way.arm if way is not None else "", given)
        return [*values, actual, days, *self._of_drugs(given, steps)]

    def _of_drugs(self, given: Sequence[RecordedDose], steps: Sequence[Disposition]) -> Iterable[Value]:
        for drug in self.source.protocol.drugs:
            days = sorted(dose.on_day for dose in given if dose.drug == drug.code)
            stop = next((step for step in steps if step.kind == DRUG_STOP and step.drug == drug.code), None)
            yield days[0] if days else None
            yield days[-1] if days else None
            yield len(days)
            yield stop.on_day if stop is not None else None
            yield stop.reason if stop is not None else None

    def _weight(self, subject_id: int, first: date | None) -> Measured | None:
        if first is None:
            return None
        row = self.source.session.scalar(
            select(Answer)
            .join(FormRecord, FormRecord.id == Answer.form_record_id)
            .where(
                FormRecord.subject_id == subject_id,
                FormRecord.state == "current",
                FormRecord.on_day <= first,
                Answer.field == "weight",
                Answer.number.is_not(None),
            )
            .order_by(FormRecord.on_day.desc(), FormRecord.id.desc())
            .limit(1)
        )
        if row is None or row.number is None:
            return None
        return Measured(row.typed, row.number, row.comparator)

    def _prednisone(self, subject_id: int, way: Course | None, first: date | None) -> Decimal | None:
        source = self.source
        seen = way.visit(baseline_visit(source.protocol).code) if way is not None else None
        day = first or (seen.on_day if seen is not None else None)
        if day is None:
            return None
        found = prednisone_between(
            source.session, source.protocol, subject_id, (day, day), source.readings()
        ).stretches
        return rounded(found[0].mg) if found and found[0].mg is not None else None

    def _sledai(self, subject_id: int) -> int | None:
        protocol = self.source.protocol
        record = self.source.session.scalar(
            select(FormRecord)
            .join(Visit, Visit.id == FormRecord.visit_id)
            .where(
                FormRecord.subject_id == subject_id,
                FormRecord.state == "current",
                FormRecord.form == SLEDAI,
                Visit.code == baseline_visit(protocol).code,
                Visit.state == "current",
            )
        )
        if record is None:
            return None
        return sledai_of(protocol, values_of(self.source.session, record.id)).total


def actual_arm(protocol: Protocol, planned: str, given: Sequence[RecordedDose]) -> str | None:
    """Return the arm as treated, by the rule that the column states."""
    drugs = frozenset(dose.drug for dose in given)
    if not drugs or not planned:
        return None
    if drugs <= frozenset(protocol.arm(planned).drugs):
        return planned
    return next((arm.code for arm in protocol.arms if frozenset(arm.drugs) == drugs), None)


def course_rows(source: Source, preset: Preset) -> CourseRows:
    """Read what the columns stand on."""
    steps: dict[int, list[Disposition]] = {}
    rows = source.session.scalars(
        select(Disposition).where(Disposition.state == "current").order_by(Disposition.on_day)
    )
    for row in rows:
        steps.setdefault(row.subject_id, []).append(row)
    return CourseRows(source, preset, courses(source.session), steps)
