"""Recordings of calls: what was asked for, what runs, what is kept."""
