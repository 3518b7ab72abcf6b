"""The encrypted file itself: engine, keys, audit capture and migrations."""
