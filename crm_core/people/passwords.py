"""Passwords: what is accepted, and argon2id in threads of its own so that a flood of sign-ins stalls nothing."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import re
import secrets
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kernel.errors import Invalid, Problem, Unavailable, at_fields

T = TypeVar("T")
SHORTEST = 10
LONGEST = 256
NICE = 5

_WORDS = """
password passwort contrasena motdepasse parola qwerty qwertz azerty letmein welcome willkommen bienvenido
iloveyou monkey dragon football baseball superman batman sunshine princess shadow master hello freedom
whatever trustno changeme secret admin administrator root user guest test demo login access default company
summer winter spring autumn monday friday january december trunkline asterisk callcenter callcentre
contactcenter contactcentre telephone
"""
_WORD = re.compile(r"[^\W_]{3,}")
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop")
_LOOKALIKE = str.maketrans("013457@$!", "oieastasi")


@functools.cache
def common() -> frozenset[str]:
    """What a guesser tries first: the most used passwords, frequent words and names. A password that is one of them, or
    one of them plus digits and signs, is refused."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # long lists, wanted when somebody chooses a password

    return frozenset(_WORDS.split()).union(*FREQUENCY_LISTS.values())


def normal(password: str) -> str:
    """The same password however the keyboard composed its letters."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *about: str) -> None:
    """Raises Invalid (`password_weak`) for a password that is short, common, or made of `about` (login, name)."""
    problem = _weakness(normal(password), [one.casefold() for one in about])
    if problem is not None:
        raise Invalid("password_weak", problem.words, **at_fields(password=problem))


def _weakness(password: str, about: list[str]) -> Problem | None:
    if len(password) < SHORTEST:
        words = f"The password is too short: use at least {SHORTEST} characters."
        return Problem("password_short", words, {"least": SHORTEST})
    if len(password) > LONGEST:
        words = f"The password is too long: use at most {LONGEST} characters."
        return Problem("password_long", words, {"most": LONGEST})
    folded = password.casefold()
    if _is_made_of(folded, about):
        words = "The password is made of the name or login: use something that nobody can look up."
        return Problem("password_of_name", words)
    core = _core(folded)
    if {folded, core, _core(core.translate(_LOOKALIKE))} & common():
        words = "The password is a common one: use several words that do not belong together."
        return Problem("password_common", words)
    if len(set(folded)) < 4 or _is_run("".join(one for one in folded if one.isalnum())):
        words = "The password is a simple pattern: use several words that do not belong together."
        return Problem("password_pattern", words)
    return None


def _core(folded: str) -> str:
    """A password without the digits and signs around it."""
    return folded.strip("".join(one for one in folded if not one.isalpha()))


def _is_made_of(folded: str, about: list[str]) -> bool:
    """Whether fewer than three letters are left without the words of `about`."""
    left = folded
    for word in sorted({word for one in about for word in _WORD.findall(one)}, key=len, reverse=True):
        left = left.replace(word, "")
    return left != folded and sum(one.isalpha() for one in left) < 3


def _is_run(folded: str) -> bool:
    """Whether letters and digits are runs of neighbouring keys or letters, of four or more each."""
    while folded:
        length = _run_length(folded)
        if length < 4:
            return False
        folded = folded[length:]
    return True


def _run_length(folded: str) -> int:
    lines = [line for row in _ROWS for line in (row, row[::-1])]
    for length in range(len(folded), 0, -1):
        if any(folded[:length] in line for line in lines):
            return length
    return 1


def _bytes(password: str) -> bytes:
    """What is hashed; longer than any password may be is cut, and broken UTF-8 is no error."""
    return normal(password)[: LONGEST + 1].encode("utf-8", "surrogatepass")


def nobodys(argon: PasswordHasher) -> str:
    """What looks like a hash and fits no password: to compare with it costs what it costs with a real one."""
    sizes = (argon.salt_len, argon.hash_len)
    salt, digest = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in sizes)
    return f"$argon2id$v=19$m={argon.memory_cost},t={argon.time_cost},p={argon.parallelism}${salt}${digest}"


def _behind() -> None:
    """Hashing comes after everything else on the machine: calls and screens never wait for a core that it has. Where a
    thread cannot be put behind the others (not Linux), it is not."""
    with contextlib.suppress(OSError, AttributeError):
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICE)


def sign_in_busy() -> Unavailable:
    return Unavailable("sign_in_busy", "Too many people are signing in right now; please try again in a moment.")


class Hasher:
    """argon2id with its own threads. At most `waiting` sign-ins queue for them; more are turned away at once."""

    def __init__(self, argon: PasswordHasher | None = None, threads: int = 2, waiting: int = 200) -> None:
        self._argon = argon or PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2", initializer=_behind)
        self._turns = asyncio.Semaphore(threads)
        self._waiting = 0
        self._room = waiting
        self._dummy = nobodys(self._argon)

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._argon.hash(_bytes(password)))

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether the password fits. Without a hash (no such person) it takes as long, and is False."""
        return await self._run(lambda: self._verify(hashed or self._dummy, password)) and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._argon.check_needs_rehash(hashed)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._argon.verify(hashed, _bytes(password))
        except (Argon2Error, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._room:
            raise sign_in_busy()
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
