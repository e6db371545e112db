"""Tickets: what customers are waiting for us to solve."""
