"""Studies on disk for these tests."""

from study_fixtures import clock, desk, made_study, study

__all__ = ["clock", "desk", "made_study", "study"]
