"""What the packages below must do on this machine, tried for real."""

import socket
import sys

import pytest
from fontTools.ttLib import TTFont

from sle_desk.base import fonts
from sle_desk.base.errors import SleDeskError
from sle_desk.base.fonts import font_files

# What the application says and prints: Latin, Chinese, comparators, signs and units.
NEEDED = "AZaz09 ≥≤−×µμ°±·→←↑↓…–—•%‰½²³¹√≠≈Δαβγ℃，。、：；（）《》“”‘’■□●○◆◇▲△▼▽✓"
NAMES = "受试者筛选知情同意入排标准方案澄清随机分配组别给药输注注射批号不良事件电子签名龘鑫玥翀祎喆䶮"
LACKING = {"⁰", "⁹", "₁", "₂", "☐", "☑", "☒", "✗"}


def test_there_is_one_screen_of_the_size_that_pictures_need(qapp):
    (screen,) = qapp.screens()
    assert (screen.size().width(), screen.size().height()) == (1600, 1000)


def test_qt_calls_lose_no_reference_to_none_or_true(qtbot):
    from PySide6.QtCore import QObject, Signal
    from PySide6.QtWidgets import QLineEdit

    class Bell(QObject):
        rung = Signal(bool)

    heard = []
    bell, line = Bell(), QLineEdit()
    qtbot.addWidget(line)
    bell.rung.connect(lambda loud: heard.append(1))
    before = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(3_000):
        line.setText(str(number))
    for _ in range(2_000):
        bell.rung.emit(True)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert len(heard) == 2_000
    assert all(abs(late - early) < 100 for early, late in zip(before, after, strict=True)), (before, after)


def test_a_study_file_is_really_enciphered(tmp_path):
    from sqlcipher3 import dbapi2

    path = tmp_path / "a.sled"
    connection = dbapi2.connect(str(path))
    connection.execute(f"PRAGMA key = \"x'{'5a' * 32}'\"")
    (version,) = connection.execute("PRAGMA cipher_version").fetchone()
    connection.execute("CREATE TABLE word (text TEXT) STRICT")
    connection.execute("INSERT INTO word VALUES ('canary')")
    connection.commit()
    connection.close()
    assert version.startswith("4.")
    content = path.read_bytes()
    assert b"canary" not in content
    assert not content.startswith(b"SQLite format 3")


def test_workbooks_are_read_with_defused_xml():
    import openpyxl

    assert openpyxl.DEFUSEDXML is True
    assert openpyxl.LXML is True


@pytest.mark.parametrize("weight", [400, 700])
def test_both_fonts_hold_every_needed_sign_and_name(weight):
    with TTFont(font_files()[weight], lazy=True) as font:
        glyphs = font.getBestCmap()
        assert "glyf" in font  # reportlab refuses every other outline.
        assert font["OS/2"].usWeightClass == weight
    assert [sign for sign in NEEDED + NAMES if ord(sign) not in glyphs] == []
    # Whoever prints one of these must draw it: the day a font has them, this list is to be shortened.
    assert {sign for sign in LACKING if ord(sign) not in glyphs} == LACKING


def test_every_character_of_gb2312_can_be_printed():
    with TTFont(font_files()[400], lazy=True) as font:
        glyphs = font.getBestCmap()
    rows = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    characters = "".join(pair.decode("gb2312", errors="ignore") for pair in rows)
    assert len(characters) == 6_763
    assert [character for character in characters if ord(character) not in glyphs] == []


@pytest.mark.parametrize("weight", [400, 700])
def test_the_window_knows_each_weight_by_the_family_name(qapp, weight):
    from PySide6.QtGui import QFontDatabase, QFontInfo

    for path in font_files().values():
        number = QFontDatabase.addApplicationFont(str(path))
        assert QFontDatabase.applicationFontFamilies(number) == [fonts.FAMILY]
    font = QFontDatabase.font(fonts.FAMILY, "Regular" if weight == 400 else "Bold", 12)
    assert (QFontInfo(font).family(), QFontInfo(font).weight()) == (fonts.FAMILY, weight)


def test_the_paper_takes_both_fonts_and_gives_the_text_back(tmp_path):
    from pypdf import PdfReader
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont as PaperFont
    from reportlab.pdfgen.canvas import Canvas

    said = "C3 0.61 g/L ≥ 10 mg/kg −1.5 × 10 µg 37 °C 受试者"
    for weight, path in font_files().items():
        registerFont(PaperFont(f"platform-{weight}", str(path)))
    page = Canvas(str(tmp_path / "a.pdf"), initialFontName="platform-400")
    page.setFont("platform-400", 12)
    page.drawString(50, 700, said)
    page.setFont("platform-700", 12)
    page.drawString(50, 650, said)
    page.save()
    assert PdfReader(tmp_path / "a.pdf").pages[0].extract_text().splitlines() == [said, said]


def test_fonts_that_are_not_there_are_an_expected_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(SleDeskError) as refused:
        font_files()
    assert refused.value.code == "installation.fonts_missing"
    assert refused.value.facts["files"] == "NotoSansSC-Regular.ttf, NotoSansSC-Bold.ttf"


def test_no_test_reaches_a_network():
    with socket.socket() as line, pytest.raises(AssertionError, match="network"):
        line.connect(("127.0.0.1", 9))
