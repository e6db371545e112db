"""Customers as the screen shows them: the short card, and all of the pop in a few reads."""
