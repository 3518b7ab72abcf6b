"""sle_desk: the desk of one lupus trial in one clinic, offline and encrypted."""

__version__ = "0.1.0"
