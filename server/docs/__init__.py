"""Documents that are made from the code, so that they stay true; `python -m server.docs --write` or `--check`."""
