"""Outbound: every dial to a public number needs a permit from here."""
