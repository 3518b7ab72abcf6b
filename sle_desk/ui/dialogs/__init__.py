"""Dialogs, each for one decision."""
