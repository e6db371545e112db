"""Numbers that must not be called: several lists, exact numbers and prefixes, expiring entries."""
