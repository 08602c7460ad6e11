"""Hashes of passwords (Argon2id, as OWASP advises), and of tokens."""

import hashlib
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Each hash takes 19 MiB and a processor for a while.
AT_ONCE = threading.BoundedSemaphore(4)
# What a password is compared with where there is no account, so that both take as long.
NOBODY = HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    with AT_ONCE:
        return HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the right one."""
    with AT_ONCE:
        try:
            HASHER.verify(password_hash or NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def hash_token(token: str) -> str:
    """Tokens are long and random, so they need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
