"""What can be computed about a criterion from what was entered: a closed set of kinds, each as data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

COMPARISONS = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class FieldReference:
    """A field of a form, and the choices of it that matter."""

    form: str
    field: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limit:
    """A limit with its unit: a number of the registry, or a setting that a decision fills."""

    comparison: str
    unit: str
    number: Decimal | None = None
    setting: str = ""

    @property
    def settings(self) -> tuple[str, ...]:
        """Return the setting it needs, if any."""
        return (self.setting,) if self.setting else ()


@dataclass(frozen=True)
class AskedDay:
    """A day that is asked for with certain answers, and within how many months of screening it counts."""

    field: str
    answers: tuple[str, ...]
    months: int


@dataclass(frozen=True)
class Question:
    """A question of a form: which answers make the leaf true, need a person, or do not apply.

    `scopes` are the values of the leaf's scope setting under which the question counts at all. `days` are
    asked for with some of its answers.
    """

    form: str
    field: str
    counts: tuple[str, ...]
    judged: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    days: tuple[AskedDay, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """The base of all kinds: what it needs of settings, form fields and analytes."""

    kind: ClassVar[str] = ""

    def settings(self) -> tuple[str, ...]:
        """Return the settings without which nothing can be computed."""
        return ()

    def references(self) -> tuple[FieldReference, ...]:
        """Return the form fields it reads, with the choices it knows."""
        return ()

    def asked_after(self) -> tuple[FieldReference, ...]:
        """Return the form fields it reads that are asked for after certain answers alone."""
        return ()

    def analytes(self) -> tuple[str, ...]:
        """Return the analytes it reads."""
        return ()


@dataclass(frozen=True)
class LostText(Evidence):
    """The words are damaged: nothing can be computed or judged from them."""

    kind = "lost_text"


@dataclass(frozen=True)
class Age(Evidence):
    """Completed years at consent, between two settings, both included; no upper limit is possible."""

    kind = "age"
    lowest: str
    highest: str

    def settings(self) -> tuple[str, ...]:
        """Return the two bounds."""
        return (self.lowest, self.highest)


@dataclass(frozen=True)
class ConsentSigned(Evidence):
    """A consent signed by the subject before the first study procedure."""

    kind = "consent_signed"


@dataclass(frozen=True)
class ClassificationMet(Evidence):
    """The classification set named by the setting was used, and is met."""

    kind = "classification"
    setting: str
    used: FieldReference
    met: FieldReference

    def settings(self) -> tuple[str, ...]:
        """Return the setting that names the set."""
        return (self.setting,)

    def references(self) -> tuple[FieldReference, ...]:
        """Return the set used and its verdict."""
        return (self.used, self.met)


@dataclass(frozen=True)
class Answers(Evidence):
    """Answers of a person: any that counts makes an exclusion present; an inclusion needs them all."""

    kind = "answer"
    questions: tuple[Question, ...]
    scope: str = ""

    def settings(self) -> tuple[str, ...]:
        """Return the setting that says which questions count."""
        return (self.scope,) if self.scope else ()

    def references(self) -> tuple[FieldReference, ...]:
        """Return the questions with every choice they speak of."""
        return tuple(
            FieldReference(asked.form, asked.field, asked.counts + asked.judged + asked.not_applicable)
            for asked in self.questions
        )

    def asked_after(self) -> tuple[FieldReference, ...]:
        """Return the days that go with some answers."""
        return tuple(FieldReference(asked.form, day.field) for asked in self.questions for day in asked.days)


@dataclass(frozen=True)
class DatedAnswer(Evidence):
    """Something true now, or true before and last on a day within a number of days of screening.

    The day may be partial: it counts only when every day it can mean counts.
    """

    kind = "dated_answer"
    now: FieldReference
    earlier: FieldReference
    day: FieldReference
    days: str

    def settings(self) -> tuple[str, ...]:
        """Return the setting that counts the days."""
        return (self.days,)

    def references(self) -> tuple[FieldReference, ...]:
        """Return the answer now and the answer earlier."""
        return (self.now, self.earlier)

    def asked_after(self) -> tuple[FieldReference, ...]:
        """Return the day of what was earlier."""
        return (self.day,)


@dataclass(frozen=True)
class DailyDose(Evidence):
    """A daily dose against a limit; with `not_taken` answered so there is no dose."""

    kind = "daily_dose"
    dose: FieldReference
    not_taken: FieldReference
    limit: Limit
    days: str = ""

    def settings(self) -> tuple[str, ...]:
        """Return the limit's setting and the setting of the days looked back on, if any."""
        return self.limit.settings + ((self.days,) if self.days else ())

    def references(self) -> tuple[FieldReference, ...]:
        """Return the question whether it is taken."""
        return (self.not_taken,)

    def asked_after(self) -> tuple[FieldReference, ...]:
        """Return the dose of what is taken."""
        return (self.dose,)


@dataclass(frozen=True)
class AnalyteLimit(Evidence):
    """A laboratory value against a limit in the unit of the text."""

    kind = "analyte_limit"
    analyte: str
    limit: Limit

    def settings(self) -> tuple[str, ...]:
        """Return the limit's setting, if any."""
        return self.limit.settings

    def analytes(self) -> tuple[str, ...]:
        """Return the analyte."""
        return (self.analyte,)


@dataclass(frozen=True)
class TimesUpperLimit(Evidence):
    """Any of the analytes above a multiple of that sample's own upper limit (strictly above).

    Where the setting `exempt_when` says "exempt", the answer in `exempt` takes the value out.
    """

    kind = "times_upper_limit"
    any_of: tuple[str, ...]
    factor: Decimal
    exempt: FieldReference | None = None
    exempt_when: str = ""

    def settings(self) -> tuple[str, ...]:
        """Return the setting that allows an exemption, if any."""
        return (self.exempt_when,) if self.exempt_when else ()

    def references(self) -> tuple[FieldReference, ...]:
        """Return the answer that exempts, if any."""
        return (self.exempt,) if self.exempt else ()

    def analytes(self) -> tuple[str, ...]:
        """Return the analytes."""
        return self.any_of


@dataclass(frozen=True)
class CreatinineClearance(Evidence):
    """Creatinine clearance against a limit, by the formula that the setting names."""

    kind = "creatinine_clearance"
    limit: Limit
    formula: str
    analyte: str

    def settings(self) -> tuple[str, ...]:
        """Return the setting that names the formula."""
        return (self.formula, *self.limit.settings)

    def analytes(self) -> tuple[str, ...]:
        """Return the creatinine."""
        return (self.analyte,)


@dataclass(frozen=True)
class Serology(Evidence):
    """A serological result that reads positive; where the rule says so, confirmed by a second test."""

    kind = "serology"
    analyte: str
    positive: str
    confirmed_by: str = ""
    rule: str = ""

    def settings(self) -> tuple[str, ...]:
        """Return the setting that says whether a second test confirms, if any."""
        return (self.rule,) if self.rule else ()

    def analytes(self) -> tuple[str, ...]:
        """Return the test and the one that confirms it."""
        return (self.analyte, self.confirmed_by) if self.confirmed_by else (self.analyte,)


@dataclass(frozen=True)
class PregnancyTest(Evidence):
    """A pregnancy test not older than the setting's days, beside the question of breast-feeding."""

    kind = "pregnancy_test"
    result: FieldReference
    not_applicable: FieldReference
    lactating: FieldReference
    days: str

    def settings(self) -> tuple[str, ...]:
        """Return the setting of the greatest age."""
        return (self.days,)

    def references(self) -> tuple[FieldReference, ...]:
        """Return the result, the reason why there is none, and the answer on breast-feeding."""
        return (self.result, self.not_applicable, self.lactating)


@dataclass(frozen=True)
class ScoreAtLeast(Evidence):
    """A score not below a setting."""

    kind = "score_at_least"
    form: str
    setting: str

    def settings(self) -> tuple[str, ...]:
        """Return the least score."""
        return (self.setting,)

    def references(self) -> tuple[FieldReference, ...]:
        """Return the form that is scored."""
        return (FieldReference(self.form, ""),)
