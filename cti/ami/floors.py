"""Asterisk versions that are known to be open to attacks through the rights that we need. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

FLOORS = {18: (18, 24, 2), 20: (20, 9, 2), 21: (21, 4, 2)}
CERTIFIED = {(18, 9): 11, (20, 7): 2}
"""The first releases in which an AMI user who may originate calls can no longer write files or run programs
(CVE-2024-42365); branches after 21 never could be made to, those before 18 get no corrections."""
OLDEST = min(FLOORS)
WHAT = "lets an AMI user with write=originate change files and run programs (CVE-2024-42365)"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    words: str
    cure: str


def outdated(version: str) -> list[Problem]:
    """What is known against that version; nothing for one that we cannot read."""
    certified = re.match(r"certified[-/](\d+)\.(\d+)-cert(\d+)", version)
    if certified is not None:
        branch, cert = (int(certified[1]), int(certified[2])), int(certified[3])
        least = CERTIFIED.get(branch)
        if least is None or cert >= least:
            return []
        return [Problem(f"Asterisk {version} {WHAT}", f"upgrade to {branch[0]}.{branch[1]}-cert{least} or later")]
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        return []
    parts = tuple(int(part) for part in found.groups())
    if parts[0] < OLDEST:
        return [Problem(f"Asterisk {version} {WHAT}, and gets no corrections any more", "upgrade to 20.9.2 or later")]
    floor = FLOORS.get(parts[0])
    if floor is None or parts >= floor:
        return []
    return [Problem(f"Asterisk {version} {WHAT}", f"upgrade to {'.'.join(map(str, floor))} or later of this branch")]
