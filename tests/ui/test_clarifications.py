"""The clarification register: the PI settles what is open, with its basis; nothing is settled by itself."""

from datetime import date, timedelta

import pytest
from desk_window import DeskWindow
from study_fixtures import PASSWORD, clock, made_study, study
from trial_fixtures import decide, decide_everything, register, screen
from typist import Typist

from sle_desk.base.language import Language
from sle_desk.domain import roles
from sle_desk.services import checklist, clarifications, drafts
from sle_desk.services.drafts import Place
from sle_desk.ui.desk_page import Go
from sle_desk.ui.pages.decision_form import DecisionForm
from sle_desk.ui.pages.study_clarifications import StudyClarifications
from sle_desk.ui.pages.waiver_entry import WaiverEntry

__all__ = ["clock", "made_study", "study"]


@pytest.fixture
def opened(qtbot):
    """Return a function that opens the register for a person."""

    windows = []

    def open_register(where, login="wu.min", role=roles.PI, code="D02", language="en"):
        go = Go("study", panel=code)
        windows.append(DeskWindow(qtbot, where, login, role, StudyClarifications, go, language))
        return windows[-1]

    yield open_register
    for each in windows:
        each.close()


def fill_basis(typist, effective="t", approved="2026-11-20"):
    """Type the basis of a decision: the approved protocol, its section, its approval."""
    typist.press("p")
    typist.fill("Protocol v2.0", "5.2(1)", "2026PHB-041", approved, effective)
    typist.type("Text lost in the registry")


def sign(typist, opened):
    """Type the password and press Enter."""
    typist.type(PASSWORD)
    typist.press("Enter")
    opened.settle()


def test_the_pi_settles_a_clarification_with_its_basis_by_keys_alone(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "1")
    fill_basis(typist)
    typist.press("Ctrl+Enter")
    assert typist.sees("I decide this reading for the study.")
    sign(typist, at)
    made = clarifications.register_row(at.desk, "D02").in_force
    assert made is not None
    assert (made.option, made.basis, made.document) == ("restored", "approved_protocol", "Protocol v2.0")
    assert (made.section, made.approval_number) == ("5.2(1)", "2026PHB-041")
    assert (made.approved_on, made.effective_from) == (date(2026, 11, 20), date(2026, 11, 23))
    assert made.reason == "Text lost in the registry" and made.decided_by == "Wu Min"
    assert typist.sees("since 2026-11-23") and typist.sees("Signed by Wu Min")


def test_nothing_is_chosen_beforehand_though_a_proposal_is_shown_as_one(study, opened):
    at, typist = opened(study), Typist()
    assert at.page.form.options.code == ""
    assert at.page.form.options.rows["restored"].proposed.word == "Proposed, not decided"
    typist.press("Ctrl+Enter")
    assert typist.sees("Not ready for signature") and typist.sees("Which reading?")
    assert clarifications.register_row(at.desk, "D02").decisions == ()


def test_a_day_in_force_is_never_answered_with_not_done(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "1", "p")
    typist.fill("Protocol v2.0", "5.2(1)", "2026PHB-041", "2026-11-20")
    typist.press("N", "1", "Enter")
    typist.type("Text lost in the registry")
    typist.press("Ctrl+Enter")
    assert typist.sees("Not ready for signature; entries missing: 1")
    assert clarifications.register_row(at.desk, "D02").decisions == ()


def test_the_missing_list_leads_to_the_field(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "1", "Ctrl+Enter")
    assert at.page.form.missing.codes()[0] == "basis"
    typist.press("Enter", "m")
    assert at.page.form.basis.values()["basis"].choice == "memo"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [("effective_from", "2026-11-22", "2026-11-22"), ("approved_on", "2026-11-24", "lies ahead of today")],
)
def test_an_early_effective_day_and_a_future_approval_are_refused_and_the_text_stays(
    study, opened, field, typed, sentence
):
    at, typist = opened(study), Typist()
    typist.press("Enter", "1", "p")
    typist.fill("Protocol v2.0", "5.2(1)", "2026PHB-041")
    if field == "effective_from":
        typist.fill("2026-11-20")
    typist.fill(typed)
    box = at.page.form.basis.field(field)
    assert sentence in box.strip.sentence() and box.line.text() == typed and box.line.hasFocus()
    typist.press("Ctrl+Enter")
    assert box.line.text() == typed
    assert clarifications.register_row(at.desk, "D02").decisions == ()


def test_a_wrong_password_signs_nothing_and_keeps_what_was_typed(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "1")
    fill_basis(typist)
    typist.press("Ctrl+Enter")
    typist.type("not my password")
    typist.press("Enter", "Esc")
    at.settle()
    assert clarifications.register_row(at.desk, "D02").decisions == ()
    assert at.page.form.basis.typed()["reason"] == "Text lost in the registry"


def test_values_that_a_reading_asks_for_start_empty_and_are_checked_against_their_limits(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "4")
    asked = at.page.form.asked
    assert asked is not None and not asked.values()
    assert typist.sees("Proposed, not decided: 1.0")
    typist.fill("99")
    assert asked.field("eligibility.neutrophils_below").strip.sentence()


def test_a_setting_that_no_clarification_governs_is_a_row_of_its_own(study, opened):
    at, typist = opened(study, code="screening.window_days"), Typist()
    typist.press("Enter")
    typist.fill("28")
    fill_basis(typist)
    typist.press("Ctrl+Enter")
    # By its name: the code of a setting is a word of the program.
    assert typist.sees("Sign the decision on Screening at most this long before day 1")
    sign(typist, at)
    assert not typist.sees("screening.window_days")
    made = clarifications.register_row(at.desk, "screening.window_days").in_force
    assert made is not None and dict(made.values) == {"screening.window_days": "28"}


def test_the_own_words_of_the_pi_become_the_reading(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "5")
    typist.fill("血红蛋白 < 90 g/L")
    fill_basis(typist)
    typist.press("Ctrl+Enter")
    sign(typist, at)
    made = clarifications.register_row(at.desk, "D02").in_force
    assert made is not None and made.own_words == "血红蛋白 < 90 g/L"


def test_a_decision_is_withdrawn_with_its_reason_and_the_code_is_open_again(study, opened):
    desk = study.sit("wu.min", roles.PI)
    decide(study, desk, "D02", "haemoglobin_only")
    study.clock.advance(timedelta(days=1))
    at, typist = opened(study), Typist()
    typist.press("x")
    typist.type("The approved protocol says otherwise.")
    typist.press("Ctrl+Enter")
    assert typist.sees("I withdraw this decision for the study.")
    sign(typist, at)
    row = clarifications.register_row(at.desk, "D02")
    assert row.state == "reopened" and row.in_force is None
    assert row.decisions[0].withdrawn_reason == "The approved protocol says otherwise."
    assert typist.sees("Reopened")


def test_an_open_clarification_never_gives_a_judgement(study, opened):
    decide_everything(study, but=frozenset({"D02"}))
    subject_id = register(study)
    screen(study, subject_id)
    at, typist = opened(study), Typist()
    typist.press("Enter", "1")
    fill_basis(typist)
    rows = {row.code: row for row in checklist.checklist(at.desk, subject_id).rows}
    assert rows["E1b"].judged.suggestion is None and rows["E1b"].judged.waits_on == ("D02",)


def test_what_was_half_typed_is_there_again(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "2", "m")
    typist.fill("Memo 7")
    typist.type("5.")
    typist.press("Esc", "Down", "Up")
    at.settle()
    assert at.page.form.options.code == "neutrophils_only"
    assert at.page.form.basis.typed()["document"] == "Memo 7"
    assert at.page.form.basis.typed()["section"] == "5."
    assert drafts.drafts(at.desk, Place("decision:D02"))["document"] == "Memo 7"


def test_the_coordinator_enters_the_approved_words(study, opened):
    at, typist = opened(study, "chen.lan", roles.COORDINATOR), Typist()
    typist.press("w")
    typist.fill("中性粒细胞 <1.0", "v2.0", "5.2(1)")
    typist.press("Enter")
    at.settle()
    approved = clarifications.register_row(at.desk, "D02").approved
    assert approved is not None and approved.words == "中性粒细胞 <1.0"
    assert typist.sees("v2.0, 5.2(1)")


def type_paper(typist):
    """Type whose ink stands on a paper, the day beside it and where it is filed."""
    typist.fill("Wu Min", "2026-11-23", "Binder 1, memo 3")
    typist.press("Ctrl+Enter")


def test_the_coordinator_types_a_decision_and_its_withdrawal_from_the_paper_the_pi_signed(study, opened):
    at, typist = opened(study, "chen.lan", roles.COORDINATOR), Typist()
    typist.press("Enter", "1")
    fill_basis(typist)
    typist.press("Ctrl+Enter")
    type_paper(typist)
    assert typist.sees("I have typed this decision as it stands on the paper signed by the PI.")
    sign(typist, at)
    made = clarifications.register_row(at.desk, "D02").in_force
    assert made is not None and made.decided_by == "Chen Lan"
    assert made.ink is not None and (made.ink.signer, made.ink.reference) == ("Wu Min", "Binder 1, memo 3")
    assert typist.sees("Signed by Wu Min on paper of 2026-11-23, typed by Chen Lan")
    typist.press("x")
    typist.type("Withdrawn by memo 4.")
    typist.press("Ctrl+Enter")
    type_paper(typist)
    sign(typist, at)
    assert clarifications.register_row(at.desk, "D02").in_force is None


def test_the_monitor_reads_the_register_and_decides_nothing(study, opened):
    at, typist = opened(study, "he.jian", roles.MONITOR), Typist()
    assert at.page.form is None and not typist.sees("Sign decision")


def test_filters_show_what_is_open_or_in_force(study, opened):
    decide(study, study.sit("wu.min", roles.PI), "D02", "haemoglobin_only")
    at, typist = opened(study, code=""), Typist()
    assert typist.sees("In force 1")
    typist.press("Shift+Tab", "Right", "Right")
    assert at.page.list.model.number_of("D02") == 1 and at.page.list.model.number_of("D01") == -1


def test_another_language_keeps_what_is_typed(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Enter", "2", "m")
    typist.type("Memo 7")
    at.state.choose_language(Language("zh_CN"))
    at.page.retranslate()
    assert typist.sees("排除标准1：实验室检查异常")
    assert at.page.form.basis.typed()["document"] == "Memo 7"
    assert at.page.form.options.code == "neutrophils_only"


def beside(opened, code):
    """Return what is told of a reading once the entry has been looked at."""
    opened.page._effects.tell_all()
    opened.settle()
    return opened.page.form.options.rows[code].remark.text()


def test_what_each_reading_would_change_stands_beside_it_before_anything_is_picked(study, opened):
    decide_everything(study, but=frozenset({"D02", "D09"}))
    subject_id = register(study)
    screen(study, subject_id)
    at, typist = opened(study), Typist()
    assert beside(at, "haemoglobin_only") == "SLE-001: E 1b waits → not judged"
    assert "E 1c waits" not in beside(at, "haemoglobin_only")
    assert "computed once the values are typed" in beside(at, "other_limits")
    typist.press("Enter", "4")
    typist.fill("2.5", "0.5", "5", "31")
    at.settle()
    assert "Would exclude SLE-001" in at.page.form.options.rows["other_limits"].remark.text()
    assert at.page.form.options.rows["other_limits"].remark.property("ink") == "bad"


def test_it_is_said_in_words_where_nothing_can_be_computed(study, opened):
    at = opened(study, code="D25")
    assert beside(at, "three_arms").startswith("Cannot be computed: no rule of the program reads this.")


def test_what_the_value_of_a_setting_would_change_stands_below_it(study, opened):
    at, typist = opened(study, code="il2.window_stage_1_days"), Typist()
    typist.press("Enter")
    typist.fill("0")
    at.settle()
    assert at.page.form.effect.text() == "Changes nothing for anybody today"
    at.state.choose_language(Language("zh_CN"))
    at.page.retranslate()
    assert "今日" in at.page.form.effect.text()


def test_ctrl_p_leads_to_the_print_of_the_register(study, opened):
    at, typist = opened(study), Typist()
    typist.press("Ctrl+P")
    assert at.went == [Go("reports", tab="register_log")]


def test_every_word_of_the_forms_of_the_register_has_its_chinese(study, opened):
    at = opened(study)
    chinese = set()
    for row in clarifications.register(at.desk):
        form = DecisionForm(at.state, row, {})
        for option in row.options:
            form.options.choose(option.code)
            form._ask_values()
            chinese |= {words for view in form._views() for words in words_of(view.form)}
        form.deleteLater()
    for entry in (at.page.withdrawal, at.page.words_entry, WaiverEntry(at.state)):
        chinese |= set(words_of(entry.view.form))
    assert len(chinese) > 40
    same = {words.en for words in chinese if words.en == words.zh and words.en.isascii()}
    assert same == set()


def words_of(form):
    """Yield every phrase of a form."""
    yield form.label
    for section in form.sections:
        yield section.label
    for field in form.fields():
        yield field.label
        if field.hint is not None:
            yield field.hint
