"""One module per schema version, oldest first by their `down_revision`."""
