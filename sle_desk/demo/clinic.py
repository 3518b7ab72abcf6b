"""What the ward does for one patient of the demonstration, each act by the person whose act it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from sle_desk.base.language import Language
from sle_desk.demo import values
from sle_desk.demo.founding import CONSENT
from sle_desk.demo.invented import COORDINATOR, INVESTIGATOR, NURSE, PI, Member, patient
from sle_desk.demo.ward import Ward
from sle_desk.domain.checks import Value
from sle_desk.domain.plan_rules import Unknown
from sle_desk.domain.schedule import Slot
from sle_desk.services import (
    allocation,
    checklist,
    dispensing,
    dosing,
    eligibility,
    form_signing,
    infusions,
    laboratories,
    labs,
    plan,
    preparing,
    subjects,
    visits,
)
from sle_desk.services.allocation import AllocationRow
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.dosing import DiaryRow, Recorded
from sle_desk.services.lab_judgement import NewSample
from sle_desk.services.preparing import PreparedInfusion
from sle_desk.services.subjects import NewConsent
from sle_desk.services.visits import NewForm

KIT, KIT_VIALS = "DEMO-A3", 70
ONE = Decimal(1)
