"""Papers, languages and fonts for the tests of exports."""

from functools import partial

import pytest
from paper_samples import key_page, slip, stamp, summary
from ward_samples import eligibility_form, worksheet

from sle_desk.base.fonts import font_files
from sle_desk.base.language import Language
from sle_desk.exports.pdf.eligibility_form import (
    eligibility_form_pdf,
)
from sle_desk.exports.pdf.key_page import key_page_pdf
from sle_desk.exports.pdf.slip import slip_pdf
from sle_desk.exports.pdf.visit_summary import (
    visit_summary_pdf,
)
from sle_desk.exports.pdf.worksheet import (
    worksheet_pdf,
)


def papers() -> dict:
    """Return a maker for each paper: `make(language, stamp, fonts)`."""
    return {
        "visit_summary": partial(visit_summary_pdf, summary()),
        "worksheet": partial(worksheet_pdf, worksheet()),
        "key_page": partial(key_page_pdf, key_page()),
        "slip": partial(slip_pdf, slip()),
        "eligibility_form": partial(eligibility_form_pdf, eligibility_form()),
    }


@pytest.fixture(name="papers", scope="session")
def _papers():
    return papers()


@pytest.fixture(name="stamp", scope="session")
def _stamp():
    return stamp


@pytest.fixture(name="summary", scope="session")
def _summary():
    return summary()


@pytest.fixture(scope="session")
def fonts():
    return font_files()


@pytest.fixture
def english():
    return Language("en")


@pytest.fixture
def chinese():
    return Language("zh_CN")
