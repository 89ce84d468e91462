"""Numbered, forward only, the same for SQLite and PostgreSQL. A migration never imports the program's models."""
