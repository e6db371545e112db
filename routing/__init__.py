"""Who gets which call, and why: agents, queues, interactions, offers, stints."""
