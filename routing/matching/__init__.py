"""Who gets which caller: pure and indexed, so that a decision costs the logarithm of agents and callers."""
