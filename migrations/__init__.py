"""Versions of the database schema, run by alembic. A version is never changed once it was released."""
