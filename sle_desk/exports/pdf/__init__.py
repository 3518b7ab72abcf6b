"""Papers: what is printed, signed in ink and filed."""
