"""The doses and visits of one patient of the demonstration after her allocation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sle_desk.demo import values
from sle_desk.demo.clinic import Patient
from sle_desk.demo.invented import COORDINATOR, INVESTIGATOR, NURSE
from sle_desk.domain.checks import Value
from sle_desk.domain.dose_choices import rotation
from sle_desk.domain.holds import CLEARED, NONE
from sle_desk.domain.protocol import Drug
from sle_desk.domain.schedule import PlannedVisit, Slot
from sle_desk.domain.visit_rules import EARLY_TERMINATION
from sle_desk.services import (
    dispensing,
    dispositions,
    dose_corrections,
    dose_log,
    dosing,
    form_records,
    infusions,
    labs,
    plan,
    preparing,
    visits,
)
from sle_desk.services.answers import Given
from sle_desk.services.desk import Desk
from sle_desk.services.dispensing import NewDispensing
from sle_desk.services.dose_entry import GivenDose, VialUse
from sle_desk.services.dosing import DiaryRow, InjectionProposal
from sle_desk.services.form_records import NewForm
from sle_desk.services.infusion_course import DOSE
from sle_desk.services.lab_judgement import TypedResult
from sle_desk.services.preparing import PreparedInfusion

LOT, HANDED_OUT = "DEMO-A3", 70
OVERDOSE = 2
INFUSED_MINUTES = 60
REDNESS = 0.2  # how often an injection is followed by redness, invented


class Treatment:
    """What is given and recorded for one allocated patient."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.ward = patient.ward
        self.missed_asked = False
        self.overdose_asked = False

    @property
    def drugs(self) -> tuple[str, ...]:
        """Return the drugs of her arm."""
        return self.ward.sit(NURSE).protocol.arm(self.patient.arm).drugs

    def has(self, drug: str) -> bool:
        """Tell whether her arm has a drug."""
        return drug in self.drugs

    def first_doses(self) -> None:
        """Hand out the kit and give what day 1 asks for."""
        desk = self.ward.sit(NURSE)
        injected = self._injected(desk)
        if injected is not None:
            strength = dosing.propose_injection(desk, self.patient.id).vial_strength or injected.amount
            kit = f"K-{self.patient.id:04d}"
            new = NewDispensing(self.patient.id, injected.code, LOT, strength, HANDED_OUT, desk.today(), kit)
            dispensing.record_dispensing(desk, new)
        self._doses_of_today(desk)

    def _drugs(self, desk: Desk, infused: bool) -> Drug | None:
        drugs = map(desk.protocol.drug, desk.protocol.arm(self.patient.arm).drugs)
        return next((drug for drug in drugs if (drug.preparation is not None) == infused), None)

    def _injected(self, desk: Desk) -> Drug | None:
        return self._drugs(desk, infused=False)

    def _doses_of_today(self, desk: Desk) -> None:
        """Give the infusion and the injection whose windows hold today."""
        infused = self._drugs(desk, infused=True)
        if infused is not None and self._is_due(desk, infused):
            self._infuse(desk, infused)
        injected = self._injected(desk)
        if injected is not None and self._is_due(desk, injected):
            self._inject(desk, injected)

    def _is_due(self, desk: Desk, drug: Drug) -> bool:
        calendar = plan.calendar(desk, self.patient.id)
        if calendar.day_one is None:
            return True
        waiting = calendar.open_on(drug.code, desk.today())
        return any(slot.planned_on == desk.today() for slot in waiting)

    def _infuse(self, desk: Desk, drug: Drug) -> None:
        weight = self.patient.weight
        shown = infusions.propose_infusion(desk, self.patient.id, weight)
        counts = shown.sum.vials.least_waste.counts if shown.sum is not None else ()
        row = preparing.prepare_infusion(
            desk,
            PreparedInfusion(
                subject_id=self.patient.id,
                drug=drug.code,
                on_day=desk.today(),
                weight=weight,
                weighed_on=desk.today(),
                vials=tuple(VialUse(f"DEMO-C{strength}", strength, count) for strength, count in counts),
                prepared_by=NURSE.name,
                checked_by=COORDINATOR.name,
                prepared_at=desk.now(),
                diluent="saline",
                diluent_ml=Decimal(250),
                weighed_again=shown.weigh_again,
                hold=CLEARED if shown.hints else NONE,
            ),
        )
        start = desk.now()
        self.ward.minutes(INFUSED_MINUTES + 15)
        given = GivenDose(
            subject_id=self.patient.id,
            drug=drug.code,
            on_day=desk.today(),
            started_at=start,
            ended_at=start + timedelta(minutes=INFUSED_MINUTES),
            observed_until=desk.now(),
            administered=row.prescribed,
            reaction="none",
            given_by=NURSE.name,
            place="ward",
            hold=CLEARED if shown.hints else NONE,
        )
        infusions.give_infusion(desk, given, row.id, row.version)
        self._course(desk, row.id, start)

    def _course(self, desk: Desk, dose: int, start: datetime) -> None:
        """Record what the infusion ran at, and the vital signs before it; as invented as everything here."""
        at = Value(text=f"{start:%H:%M}")
        for form, said in values.INFUSION_COURSE.items():
            new = NewForm(
                self.patient.id, None, form, desk.today(), Given({"time": at, **said}), link=(DOSE, dose)
            )
            form_records.save_form(desk, new)

    def _inject(self, desk: Desk, drug: Drug) -> None:
        shown = dosing.propose_injection(desk, self.patient.id)
        times = OVERDOSE if self.overdose_asked and shown.slot is not None and shown.slot.number > 1 else 1
        if times > 1:
            self.overdose_asked = False
        reason = "mistake" if times > 1 else ""
        given = self._injection(desk, shown, shown.amount * times, reason)
        dosing.record_injection(desk, given)
        self.ward.minutes(5)

    def _injection(self, desk: Desk, shown: InjectionProposal, amount: Decimal, reason: str) -> GivenDose:
        strength = shown.kits[0].strength
        return GivenDose(
            subject_id=self.patient.id,
            drug=shown.drug,
            on_day=desk.today(),
            started_at=desk.now(),
            administered=amount,
            site=shown.site,
            place="ward",
            reaction="redness" if self.patient.chance.random() < REDNESS else "none",
            given_by=NURSE.name,
            reason=reason,
            hold=CLEARED if shown.hints else NONE,
            vials=(VialUse(LOT, strength, int(amount / strength)),),
        )

    def _diary(self, desk: Desk) -> None:
        """Type the paper diary: the doses given at home since the last visit."""
        injected = self._injected(desk)
        if injected is None:
            return
        slots = [slot for slot in dosing.diary_slots(desk, self.patient.id) if slot.planned_on < desk.today()]
        if slots:
            rows = tuple(self._diary_row(desk, injected, slot) for slot in slots)
            dosing.record_diary(desk, self.patient.id, desk.today(), f"Diary {slots[0].number}", rows)

    def _diary_row(self, desk: Desk, drug: Drug, slot: Slot) -> DiaryRow:
        if self.missed_asked and slot.number > 1:
            self.missed_asked = False
            return DiaryRow(slot.planned_on, slot.number, missed="forgotten")
        chance = self.patient.chance
        strength = dosing.propose_injection(desk, self.patient.id).kits[0].strength
        sites = rotation(drug)
        return DiaryRow(
            on_day=slot.planned_on,
            number=slot.number,
            at=time(8, chance.randint(0, 59)),
            administered=drug.amount,
            site=sites[slot.number % len(sites)].code,
            reaction="none",
            vials=(VialUse(LOT, strength, int(drug.amount / strength)),),
        )

    def next_visit(self) -> PlannedVisit | None:
        """Return the next planned visit that has not taken place, or None."""
        calendar = plan.calendar(self.ward.sit(NURSE), self.patient.id)
        waiting = [visit.planned for visit in calendar.visits if visit.visit_id is None]
        return min(waiting, key=lambda visit: visit.planned_on, default=None)

    def visit_of_leaving(self) -> str:
        """Return the code of the visit that leaving early makes due."""
        found = self.ward.sit(NURSE).protocol.visits
        return next(visit.code for visit in found if EARLY_TERMINATION in visit.tags)

    def next_infusion(self) -> date | None:
        """Return the day of the next infusion still to be given, or None."""
        desk = self.ward.sit(NURSE)
        infused = self._drugs(desk, infused=True)
        slot = plan.calendar(desk, self.patient.id).next_slot(infused.code) if infused is not None else None
        return slot.planned_on if slot is not None else None

    def come(self, code: str) -> None:
        """Record a visit of today: diary, weight, forms, laboratory, doses; scores at the main ones."""
        desk = self.ward.sit(NURSE)
        patient, definition = self.patient, desk.protocol.visit(code)
        visit = visits.record_visit(desk, patient.id, code, desk.today()).id
        patient.weight += values.drawn(patient.chance, "-0.6", "0.6", 1)
        patient.save(desk, visit, "vitals", values.vitals(patient.chance, patient.weight, patient.height))
        patient.asked(desk, visit, definition.forms)
        if "pregnancy_test" in definition.forms:
            patient.pregnancy_test(desk, visit)
        for panel in values.PANELS:
            if panel in definition.panels:
                patient.sample(desk, visit, panel)
        if "pre_dose_samples" in definition.forms:
            patient.samples_before_dose(desk, visit)
        self.ward.minutes(10)
        self._diary(desk)
        # Who has left is given nothing more at the visit of leaving.
        if EARLY_TERMINATION not in definition.tags:
            self._doses_of_today(desk)
        if "efficacy" in definition.tags:
            desk = self.ward.sit(INVESTIGATOR)
            for form in definition.forms:
                if desk.protocol.form(form).signed:
                    patient.assess(desk, visit, form, later=True)

    def stop(self, kind: str, drug: str, reason: str, note: str) -> None:
        """Record that she stops a drug, leaves or completes: the investigator's act."""
        desk = self.ward.sit(INVESTIGATOR)
        dispositions.record_disposition(desk, self.patient.id, kind, drug, desk.today(), reason, note)
        self.ward.minutes(5)

    def correct_laboratory(self) -> None:
        """Correct a haemoglobin that was typed wrongly, with the reason."""
        desk = self.ward.sit(COORDINATOR)
        row = labs.samples(desk, self.patient.id)[-1]
        for sample in reversed(labs.samples(desk, self.patient.id)):
            if "HGB" in sample.results:
                row = sample
                break
        seen = row.results["HGB"]
        right = (seen.value or Decimal(100)) + 3
        typed = TypedResult("HGB", str(right), "", right, seen.unit)
        labs.correct_result(desk, seen.id, typed, "slip", seen.version, "Read again on the report.")

    def dose_in_error(self) -> None:
        """Record a second injection of today by mistake, and mark it as entered in error."""
        desk = self.ward.sit(NURSE)
        drug = self._injected(desk)
        if drug is None:
            return
        shown = dosing.propose_injection(desk, self.patient.id)
        given = self._injection(desk, shown, drug.amount, "ward")
        entered = dosing.record_injection(desk, given)
        row = next(row for row in dose_log.doses(desk, self.patient.id) if row.id == entered.id)
        dose_corrections.void_dose(desk, row.id, "slip", row.version, "Typed twice.")
