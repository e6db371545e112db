"""Backup while the platform runs, and restore that refuses to overwrite a living database."""
