"""What players are called, and how a name is found that was typed without its accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

# Letters that Unicode does not decompose into a base letter and a mark.
_BASE_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
)
_PUNCTUATED: Final = re.compile(r"[^a-z0-9]+")


def player_name(row: Mapping[str, Any]) -> str:
    """What to call a player, from the fields of its object.

    A team's defense has no name of its own and is called by its id, ``PHI``; so is a player without names.
    """
    if row.get("position") == "DEF":
        return str(row.get("team") or row.get("player_id"))
    parts = (row.get("first_name"), row.get("last_name"))
    name = row.get("full_name") or " ".join(str(part) for part in parts if part)
    return str(name or f"player {row.get('player_id')}")


def search_words(name: str) -> frozenset[str]:
    """The words under which a name is found: ``Amon-Ra St. Brown`` under amon, ra, amonra, st and brown.

    Of a word with punctuation both its parts and the whole count: A.J. is found by ``a j`` and by ``aj``.
    """
    return frozenset(
        word
        for typed in _plain(name).split()
        for word in (*_PUNCTUATED.split(typed), _PUNCTUATED.sub("", typed))
        if word
    )


def asked_words(text: str) -> tuple[str, ...]:
    """The words of what somebody types into a search; each is to begin a word of the name."""
    return tuple(word for word in (_PUNCTUATED.sub("", typed) for typed in _plain(text).split()) if word)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_BASE_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
