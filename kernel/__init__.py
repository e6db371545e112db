"""Words every room shares: ids, time, state tables, errors, messages and the engine loop."""
