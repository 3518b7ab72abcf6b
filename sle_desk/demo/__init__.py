"""The demonstration: a study of invented people made through the services, its exports and its pictures."""
