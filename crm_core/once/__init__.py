"""Requests that come twice and are carried out once."""
