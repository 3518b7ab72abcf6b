"""Pure questions about the trial: no input or output, no clock, no language, no Qt, no SQL."""
