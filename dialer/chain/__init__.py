"""The chain of permits: sealing and verifying."""
