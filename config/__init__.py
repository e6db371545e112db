"""Start-up settings, every option with its default and one line. Read by `server/` only."""
