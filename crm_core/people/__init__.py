"""Staff, teams, sign-in, sessions and the audit trail."""
