"""The dialplan kit: what the platform needs inside Asterisk, and the installer and checker for it."""
