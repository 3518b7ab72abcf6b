"""Studies on disk for these tests."""

from study_fixtures import clock, desk, made_study, study
from trial_fixtures import arms, made_arms, made_trial, trial

__all__ = ["arms", "clock", "desk", "made_arms", "made_study", "made_trial", "study", "trial"]
