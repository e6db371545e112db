"""Customers, their people, numbers and devices; who a caller is."""
