"""Scenarios that hold the simulated switch to the real one: the same steps on either, and a trace to compare."""
