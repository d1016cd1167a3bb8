"""Secrets in a text, found by their form and taken out.

Precise before complete: a form is here if hardly anything else looks like it. Values that are named (``password=...``)
count unless they are a placeholder, a variable or a plain word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Masked", "mask"]


class Masked(NamedTuple):
    """A text without its secrets.

    Attributes:
        text: with ``[secret: kind]`` in their places.
        kinds: what was found, each once, in order.
    """

    text: str
    kinds: tuple[str, ...]


def _anything(_: str) -> bool:
    return True


#: Kind of secret, and its form. A group named ``v`` is the secret, without one it is the whole match.
_FORMS: Final = (
    ("private key", r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)"),
    ("private key", r"PuTTY-User-Key-File-\d:.*?(?:Private-MAC: [0-9a-f]+|\Z)"),
    ("age key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("AWS key", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("AWS key", r"(?i:aws_?secret_?(?:access_?)?key)[\"']?\s*[:=]\s*[\"']?(?P<v>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"),
    ("GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    ("GitHub token", r"\bgithub_pat_[A-Za-z0-9_]{60,255}\b"),
    ("GitLab token", r"\bgl(?:pat|dt|rt|ft|soat|cbt)-[A-Za-z0-9_-]{20,64}"),
    ("Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{20,250}"),
    ("Slack token", r"\bhooks\.slack\.com/services/(?P<v>T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,})"),
    ("Stripe key", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}\b"),
    ("API key", r"\bsk-(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_-]{20,250}"),
    ("API key", r"\bsk-(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Z])[A-Za-z0-9]{32,64}\b"),
    ("Google key", r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("Google key", r"\b(?:GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30,500})"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("PyPI token", r"\bpypi-AgE[A-Za-z0-9_-]{50,500}"),
    ("Hugging Face token", r"\bhf_[A-Za-z]{34}\b"),
    ("DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    ("Telegram token", r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    ("Azure key", r"\b(?:AccountKey|SharedAccessKey)=(?P<v>[A-Za-z0-9+/]{42,86}={1,2})"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
)  # fmt: skip

#: What may come before the name of a value: ``DB_PASSWORD``, ``my-api-key``.
_BEFORE: Final = r"(?<![A-Za-z0-9])(?:[a-z0-9]{1,30}[_-]){0,4}"
_PASSWORDS: Final = r"(?:password|passwd|passphrase|pwd|passwort|kennwort|contraseña)"
_TOKENS: Final = r"(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key)"
_IS: Final = r"(?:[:=]|\bis\b|\bist\b|\bes\b)"
_URL: Final = r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,100}:(?P<v>[^\s/@\"'<>]{1,200})@"
_HEADER: Final = r"(?i:\bauthorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+)(?P<v>[A-Za-z0-9._~+/=-]{12,})"
_QUOTED: Final = r"\"[^\"\n]{4,400}\"|'[^'\n]{4,400}'"

#: The same, for values that are a secret because of the word before them.
_NAMED: Final = (
    ("credentials", _HEADER),
    (
        "password",
        rf"(?i:{_BEFORE}{_PASSWORDS}[\"']?\s{{0,3}}{_IS}\s{{0,3}})(?P<v>{_QUOTED}|[^\s\"'`,;)\]}}]{{6,400}})",
    ),
    (
        "token",
        rf"(?i:{_BEFORE}{_TOKENS}[\"']?\s{{0,3}}[:=]\s{{0,3}})(?P<v>{_QUOTED}|[^\s\"'`,;)\]}}]{{12,400}})",
    ),
)

#: What stands in for a secret in an example, or names the place where it is.
_STAND_IN: Final = re.compile(
    r"[$<{\[%]|.*(?:\*{3}|\.{3}|…|\(|://|process\.env|environ|getenv|example|changeme|placeholder|redacted|your[_-])"
    r"|(?:x{3,}|secret|password|passwd|pass|pwd|token|none|null|true|false|undefined)$",
    re.IGNORECASE,
)
_RANDOM: Final = re.compile(r"(?=.*[A-Za-z])(?=.*[\d!@#%^&*+=?~])")
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*(?:[./:][A-Za-z_][\w-]*)+$")


def _is_password(value: str) -> bool:
    return not _STAND_IN.match(value)


def _is_random(value: str) -> bool:
    bare = value.strip("\"'")
    return not _STAND_IN.match(bare) and _RANDOM.match(bare) is not None and _NAME.match(bare) is None


_CHECKS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...]] = (
    *((kind, re.compile(form, re.DOTALL), _anything) for kind, form in _FORMS),
    ("password", re.compile(_URL), _is_password),
    *((kind, re.compile(form), _is_random) for kind, form in _NAMED),
)


def mask(text: str) -> Masked:
    """Return ``text`` with every secret that is recognised replaced by its kind."""
    kinds: list[str] = []
    if not text:
        return Masked(text, ())
    for kind, form, is_secret in _CHECKS:

        def replaced(match: re.Match[str], kind: str = kind, is_secret: Callable[[str], bool] = is_secret) -> str:
            group = "v" if "v" in match.re.groupindex else 0
            if not is_secret(match[group]) or match[group].startswith("[secret: "):
                return match[0]
            kinds.append(kind)
            begin, end = match.start(group) - match.start(), match.end(group) - match.start()
            return f"{match[0][:begin]}[secret: {kind}]{match[0][end:]}"

        text = form.sub(replaced, text)
    return Masked(text, tuple(dict.fromkeys(kinds)))
