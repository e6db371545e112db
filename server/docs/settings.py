"""docs/settings.md: every start-up option."""

from __future__ import annotations

from config.settings import Settings
from server.docs.tables import table


def settings() -> str:
    """The whole document."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        hidden = default in ("", (), None) or "Secret" in type(default).__name__
        rows.append((f"`TRUNKLINE_{name.upper()}`", "" if hidden else f"`{default}`", field.description or ""))
    lines = [
        "# Settings\n",
        "Generated from `config/settings.py` by `make docs`; do not edit. Set them in the environment, or in a file"
        " `trunkline.toml` in the working directory (names in lower case without the prefix); the environment wins. A"
        " list in the environment has commas between its entries, such as"
        " `TRUNKLINE_ORIGINS=https://desk.example.org,http://localhost:8080`."
        " `trunkline check-config` says what is wrong.\n",
        *table(("variable", "default", "what it is"), rows),
    ]
    return "\n".join([*lines, ""])
