"""The sum of an infusion in sight: what is computed, or what was prepared, and what it waits for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sle_desk.base.language import Language
from sle_desk.domain.dose_by_weight import given_by_residual
from sle_desk.domain.protocol import Protocol
from sle_desk.domain.values import plain, rounded
from sle_desk.exports.wording import ENUMERATED
from sle_desk.services.dose_log import DoseRow
from sle_desk.services.infusions import InfusionProposal, Weight
from sle_desk.services.prepared_bags import PreparedBag
from sle_desk.ui.cards import Card
from sle_desk.ui.dose_words import prescribed_words, vials_words
from sle_desk.ui.labels import label
from sle_desk.ui.wording import open_words

# The steps of an infusion: prepared, given, or both told after the act.
PREPARE, GIVE, WHOLE = "prepare", "give", "whole"


class InfusionSum(Card):
    """Three lines: the sum, the vials, and what stands beside them."""

    def __init__(self) -> None:
        super().__init__(part="well")
        self._lines = (
            label(role="display"),
            label(role="section", wrap=True),
            label(role="body", ink="text_2", wrap=True),
        )
        for line in self._lines:
            self.body.addWidget(line)

    def show_sum(
        self, proposal: InfusionProposal, prepared: DoseRow | None, protocol: Protocol, language: Language
    ) -> None:
        """Show what was prepared and until when, or the sum of the proposal, or why there is none."""
        lines = _of_proposal(proposal, protocol, language)
        if prepared is not None:
            sums, lots, checked = _of_prepared(prepared, language)
            lines = (
                sums,
                lots,
                " · ".join(filter(None, (checked, until_words(proposal.prepared, prepared, language)))),
            )
        for shown, words in zip(self._lines, lines, strict=True):
            shown.setText(words)
            shown.setVisible(bool(words))


def _of_prepared(row: DoseRow, language: Language) -> tuple[str, str, str]:
    given = row.given
    sums = language.text(
        "{prescribed} mg prescribed, {prepared} mg prepared",
        prescribed=plain(given.prescribed or Decimal(0)),
        prepared=plain(given.prepared or Decimal(0)),
    )
    lots = language.words(ENUMERATED).join(
        f"{used.count} × {plain(used.strength)} mg {used.lot}" for used in given.vials
    )
    checked = language.text(
        "prepared by {one}, checked by {two}", one=given.prepared_by, two=given.checked_by
    )
    return sums, lots, checked


def _of_proposal(proposal: InfusionProposal, protocol: Protocol, language: Language) -> tuple[str, str, str]:
    if not proposal.of_arm:
        said = language.text(
            "Nothing is computed: this drug was not planned. Record what was given, and why."
        )
        return "–", said, ""
    if proposal.sum is not None:
        vials = proposal.sum.vials.least_waste
        prepared = language.text(
            "{vials} mg, {left} mg left over", vials=vials_words(vials), left=plain(vials.left_over)
        )
        volume = plain(proposal.volume_shown) if proposal.volume_shown is not None else "–"
        beside = language.text(
            "{volume} mL to draw up · weight of {day}", volume=volume, day=proposal.weighed_on
        )
        return language.text("{sum} mg", sum=prescribed_words(proposal.sum)), prepared, beside
    if proposal.waits:
        codes = open_words(protocol, proposal.waits, language)
        return "–", language.text("Not computed; open: {codes}", codes=codes), ""
    dose = language.words(protocol.drug(proposal.drug).dose_label)
    return "–", language.text("Weigh first: {dose} of the weight of the day.", dose=dose), ""


def past_words(bag: PreparedBag | None, now: datetime, language: Language) -> str:
    """Return that the time of what was prepared is over, and what can be done; nothing while it is not."""
    if bag is None or not bag.past(now):
        return ""
    if bag.until is None:
        return language.text(
            "Prepared on {day}. If it was given in time, record when it was; if not, press F8.",
            day=bag.on_day,
        )
    return language.text(
        "Prepared on {day}, and past its time since {until}. If it was given in time, record when it was; if "
        "not, press F8.",
        day=bag.on_day,
        until=f"{bag.until.astimezone(now.tzinfo):%Y-%m-%d %H:%M}",
    )


def residual_words(prepared: DoseRow | None, left: Decimal | None, language: Language) -> str:
    """Return what was given by what was left in the bag, as a proposal; nothing where it is not known."""
    if prepared is None or left is None:
        return ""
    amount, bag = prepared.given.prescribed, prepared.given.diluent_ml
    if amount is None or bag is None or not Decimal(0) <= left <= bag:
        return ""
    return language.text(
        "{left} of {bag} mL left: by volume about {given} mg of {amount} mg were given. Say what was "
        "administered.",
        left=plain(left),
        bag=plain(bag),
        given=plain(rounded(given_by_residual(amount, bag, left), 1)),
        amount=plain(amount),
    )


def until_words(bag: PreparedBag | None, prepared: DoseRow, language: Language) -> str:
    """Return until when a prepared infusion may run; nothing where nobody said when it was made."""
    made = prepared.given.prepared_at
    if bag is None or bag.until is None or made is None:
        return ""
    return language.text("to be ended by {time}", time=f"{bag.until.astimezone(made.tzinfo):%m-%d %H:%M}")


def step_words(step: str, language: Language) -> str:
    """Return which step of an infusion is asked about."""
    words = {
        PREPARE: language.text("Step 1 of 2: prepare and check. Nothing is given yet."),
        GIVE: language.text("Step 2 of 2: record what was given."),
        WHOLE: language.text("Given already, and not recorded as prepared."),
    }
    return words[step]


def weigh_again_words(
    code: str, weight: Decimal, before: Weight | None, language: Language
) -> tuple[str, str]:
    """Return the question whether a weight is right, and the one before that it differs from."""
    title = language.text("{code}: {weight} kg?", code=code, weight=plain(weight))
    if before is None:
        return title, ""
    second = language.text(
        "The weight of {day} was {before} kg. Weigh again and type the second weight.",
        day=before.on_day,
        before=plain(before.kilograms),
    )
    return title, second
