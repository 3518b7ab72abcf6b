"""The ratios themselves, on a clock that the test moves."""

import os
import sys

import measure


class Clock:
    """A clock that work moves by what it costs."""

    def __init__(self) -> None:
        self.now = 0.0

    def work(self, *costs):
        waiting = list(costs)

        def once():
            self.now += waiting.pop(0) if len(waiting) > 1 else waiting[0]

        return once


def test_the_medians_are_compared_and_one_slow_pair_shows_only_in_the_spread():
    clock = Clock()
    ours = clock.work(9.0, 2.0, 2.0, 20.0)  # The first call warms up and is not counted.
    found = measure.ratio("x", ours, clock.work(1.0), repeats=3, timer=lambda: clock.now)
    assert (found.ours, found.floor, found.value) == (2.0, 1.0, 2.0)
    assert (found.lowest, found.highest) == (2.0, 20.0)


def test_a_missed_aim_is_said():
    clock = Clock()
    held, missed = (
        measure.ratio("x", clock.work(2.0), clock.work(1.0), aim=aim, timer=lambda: clock.now)
        for aim in (2.0, 1.9)
    )
    assert "aim 2 held" in held.line()
    assert "aim 1.9 MISSED" in missed.line()


def test_the_run_prints_each_ratio_and_writes_bytecode(tmp_path, monkeypatch, capsys):
    (tmp_path / "bench_one.py").write_text(
        "from measure import Ratio\ndef ratios():\n    yield Ratio('one', 3.0, 1.0, 3.0, 3.0, aim=2.0)\n"
    )
    monkeypatch.setattr(measure, "HERE", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    measure.main([])
    printed = capsys.readouterr().out
    assert "one: 3.00 x" in printed
    assert "1 aims missed" in printed
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert sys.dont_write_bytecode is False


def test_files_that_were_not_asked_for_are_left_out(tmp_path, monkeypatch, capsys):
    (tmp_path / "bench_one.py").write_text("raise RuntimeError('was read')\n")
    monkeypatch.setattr(measure, "HERE", tmp_path)
    measure.main(["other"])
    assert "0 aims missed" in capsys.readouterr().out
