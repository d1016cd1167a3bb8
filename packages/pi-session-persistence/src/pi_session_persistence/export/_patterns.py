"""How secrets look."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["HARMLESS", "MIXED", "PATTERNS", "SECRET_NAME", "Form"]

#: A variable whose name is or ends in one of these, or has it as one of its words, holds a secret.
SECRET_NAME: Final = re.compile(
    r"(^|[_.-])(KEY|PAT|PWD|PASS|AUTH|JWT|COOKIE|BEARER|CREDENTIALS?)([_.-]|$)"
    r"|(API_?KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE)([_.-]|\d*$)",
    re.IGNORECASE,
)

#: What begins like a path or is one of these is no secret, whatever the variable is called.
HARMLESS: Final = re.compile(
    r"[~./].*|(true|false|none|null|required|disabled|enabled|password|changeme\w*)|\d{1,9}", re.IGNORECASE
)

#: Letters and digits without a space, as made by a machine.
MIXED: Final = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9_.~+/=!@#%^&*-]{16,}")


class Form(NamedTuple):
    """How secrets of one kind look.

    Attributes:
        hints: one of these is in every text with such a secret, in small letters; most texts have none, and finding
            that out takes a hundredth of the time.
        pattern: what finds the secret.
    """

    hints: tuple[str, ...]
    pattern: re.Pattern[str]


def _form(hints: str, pattern: str) -> Form:
    return Form(tuple(hints.split()), re.compile(pattern, re.DOTALL))


_VALUE: Final = r"(?P<s>(?=[^\"'\s]{0,200}\d)(?=[^\"'\s]{0,200}[A-Za-z])[A-Za-z0-9_.~+/=!@#%^&*-]{16,})"

#: How secrets look that have a form of their own. The part of a match that is named `s` is replaced, or all of it.
#: Every repetition that something follows has a bound, so that time grows no faster than the text.
PATTERNS: Final[dict[str, Form]] = {
    "private-key": _form(
        "private",
        r"-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----.*?"
        r"(?:-----END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    ),
    "age-key": _form("age-secret-key-", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    "anthropic-key": _form("sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    "openai-key": _form("sk-", r"\bsk-(?:proj-|svcacct-|admin-|or-v1-)?(?=[A-Za-z0-9_-]{0,200}\d)[A-Za-z0-9_-]{32,}"),
    "google-key": _form("aiza", r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "google-token": _form("ya29.", r"\bya29\.[A-Za-z0-9_-]{30,}"),
    "google-secret": _form("gocspx-", r"\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    "aws-key-id": _form("akia asia", r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
    "aws-secret": _form(
        "aws_",
        r"(?i:\baws_(?:secret_access_key|session_token)\\?[\"']?\s{0,4}[=:]\s{0,4}\\?[\"']?)(?P<s>[A-Za-z0-9/+=]{40,})",
    ),
    "azure-key": _form(
        "accountkey= sharedaccesskey=", r"\b(?:AccountKey|SharedAccessKey)=(?P<s>[A-Za-z0-9+/]{40,}={0,2})"
    ),
    "github-token": _form(
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"
    ),
    "gitlab-token": _form("gl", r"\bgl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_.-]{20,}"),
    "slack-token": _form("xox xapp-", r"\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{20,}"),
    "slack-hook": _form("hooks.slack.com", r"https://hooks\.slack\.com/services/(?P<s>[A-Za-z0-9_/]{20,})"),
    "discord-hook": _form(
        "/api/webhooks/", r"https://discord(?:app)?\.com/api/webhooks/(?P<s>\d{10,}/[A-Za-z0-9_-]{30,})"
    ),
    "telegram-token": _form(":aa", r"(?<![\w:])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    "stripe-key": _form("sk_ rk_ whsec_", r"\b(?:(?:sk|rk)_(?:live|test)|whsec)_[A-Za-z0-9]{20,}"),
    "npm-token": _form("npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    "pypi-token": _form("pypi-", r"\bpypi-AgE[A-Za-z0-9_-]{40,}"),
    "docker-token": _form("dckr_", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
    "huggingface-token": _form("hf_", r"\bhf_[A-Za-z0-9]{30,}\b"),
    "xai-key": _form("xai-", r"\bxai-[A-Za-z0-9]{40,}\b"),
    "groq-key": _form("gsk_", r"\bgsk_[A-Za-z0-9]{40,}\b"),
    "perplexity-key": _form("pplx-", r"\bpplx-[A-Za-z0-9]{40,}\b"),
    "replicate-token": _form("r8_", r"\br8_[A-Za-z0-9]{37}\b"),
    "tavily-key": _form("tvly-", r"\btvly-[A-Za-z0-9-]{30,}"),
    "sendgrid-key": _form("sg.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}"),
    "databricks-token": _form("dapi", r"\bdapi[0-9a-f]{32}\b"),
    "digitalocean-token": _form("_v1_", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "vault-token": _form("hvs. hvb. hvr.", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    "shopify-token": _form("shp", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    "linear-key": _form("lin_", r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,}\b"),
    "notion-token": _form("ntn_", r"\bntn_[A-Za-z0-9]{40,}\b"),
    "supabase-token": _form("sbp_", r"\bsbp_[0-9a-f]{40}\b"),
    "jwt": _form("eyj", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{10,}"),
    "authorization": _form(
        "authorization",
        r"(?i:\b(?:proxy-)?authorization\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?"
        r"(?:(?:bearer|basic|token|apikey)\s{1,4}|(?=[A-Za-z._~+/=-]{0,200}\d)))(?P<s>[A-Za-z0-9._~+/=-]{12,})",
    ),
    "api-key-header": _form(
        "api-key auth-token private-token",
        r"(?i:\b(?:x-api-key|x-goog-api-key|api-key|x-auth-token|private-token)\\?[\"']?\s{0,4}:\s{0,4}\\?[\"']?)"
        + _VALUE,
    ),
    "bearer": _form("bearer", r"(?i:\bbearer\s{1,4})" + _VALUE),
    "cookie": _form(
        "cookie", r"(?i:\b(?:set-)?cookie\\?[\"']?\s{0,4}:\s{0,4}\\?[\"']?[\w.-]{1,80}=)(?P<s>[^\r\n\"'\\]{8,})"
    ),
    "password-in-url": _form(
        "://",
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'<>]{0,200}:(?!(?i:pass(?:word|wd)?|[*x.]+)@)(?P<s>[^\s:/@\"'<>${}\[\]]{3,200})@",
    ),
    "assigned-secret": _form(
        "key secret token passw passphrase",
        r"(?i:(?<![a-z0-9_.-])[a-z0-9_.-]{0,60}(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase|access[_-]?key)"
        r"\\?[\"']?\s{0,8}(?:=|:|=>)\s{0,8})"
        r"(?P<q>\\?[\"'])" + _VALUE + r"(?P=q)",
    ),
    # A line of a file of settings, whole.
    "secret-setting": _form(
        "key secret token passw passphrase",
        r"(?im:^[ \t]{0,40}(?:- )?[a-z0-9_.-]{0,60}(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase|access[_-]?key)"
        r"[ \t]{0,8}[=:][ \t]{0,8})" + _VALUE + r"(?m:[ \t]*$)",
    ),
    "secret-in-query": _form(
        "token= key= secret= password=",
        r"(?i:[?&](?:[a-z0-9_.-]{0,40}[_.-])?(?:api_?key|key|token|secret|password)=)(?P<s>(?=[^&\s\"'#]{0,200}\d)"
        r"[A-Za-z0-9_.~+/%=-]{12,})",
    ),
    "secret-option": _form(
        "--",
        r"(?i:(?<!\S)--(?:[a-z0-9-]{0,40}-)?(?:api-?key|token|secret|password|passphrase)[= ])" + _VALUE,
    ),
    # As in a file of variables, after `export` or before a command. What is public has such names, too.
    "secret-variable": _form(
        "key= token= secret= password= passwd= pass= pat= pwd=",
        r"(?<![\w$])(?!(?:\w{0,60}_)?(?:PUBLIC|GPG|CACHE|SORT|PRIMARY|FOREIGN|PARTITION)_KEY=)"
        r"(?:(?:[A-Z][A-Z0-9_]{0,60}_)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS|PAT|APIKEY)"
        r"|[A-Z][A-Z0-9_]{0,60}(?:PASSWORD|_PWD))=" + _VALUE,
    ),
}
