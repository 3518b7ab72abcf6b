"""What every room stands on: errors, language, clock and paths."""
