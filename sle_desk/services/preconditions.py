"""What has to be there before the arm opens: computed from saved records, each row leading to its gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from sle_desk.base.errors import RuleBroken
from sle_desk.base.language import Words
from sle_desk.domain.checks import Value, shown_fields
from sle_desk.domain.decisions import Open, Readings
from sle_desk.domain.eligibility import ELIGIBLE, EXCLUDING, judge
from sle_desk.domain.eligibility_facts import MALE, Facts, SavedForm
from sle_desk.domain.evidence import PregnancyTest
from sle_desk.domain.evidence_asked import LABORATORY_DAYS
from sle_desk.domain.evidence_from_forms import NEGATIVE, NO_CONSENT, SAMPLE_DAY, YES
from sle_desk.domain.evidence_values import Missing, Place, facts_of as plain_facts
from sle_desk.domain.protocol import Protocol, Visit
from sle_desk.domain.values import plain
from sle_desk.models.allocation import Allocation
from sle_desk.models.audit import Audit, Signature
from sle_desk.models.people import User
from sle_desk.models.subject import Identity, Subject
from sle_desk.services import subjects
from sle_desk.services.checklist import Checklist, judged_as_signed, read_checklist, standing_decision
from sle_desk.services.decisions import readings_on
from sle_desk.services.desk import Desk
from sle_desk.services.eligibility import changed_leaves
from sle_desk.services.subject_facts import facts_of

SCREENING_DAYS, WEIGHT_DAYS = "screening.window_days", "weight.age_days"
SAMPLES_FORM, TAKEN, SAMPLE_TIME = "pre_dose_samples", "taken", "time"
CODES = ("consent", "pregnancy", "eligibility", "window", "weight", "baseline", "samples", "not_before")
