"""What is kept, as typed tables, and the one encrypted file that keeps it."""
