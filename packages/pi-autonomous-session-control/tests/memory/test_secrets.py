"""Secrets are found by their form; what only looks like one stays."""

from __future__ import annotations

import pytest

from pi_autonomous_session_control.memory import mask

HEX = "0123456789abcdef"
ALNUM = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD3fG6hJ9k"

SECRETS = [
    ("AWS key", "key AKIAIOSFODNN7EXAMPLE here", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS key", f"aws_secret_access_key = {ALNUM[:40]}", ALNUM[:40]),
    ("GitHub token", f"ghp_{ALNUM[:36]}", f"ghp_{ALNUM[:36]}"),
    ("GitHub token", f"github_pat_{ALNUM}{ALNUM}", ALNUM),
    ("GitLab token", f"glpat-{ALNUM[:20]}", ALNUM[:20]),
    ("Slack token", f"xoxb-1234567890-{ALNUM[:24]}", ALNUM[:24]),
    ("Slack token", f"https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/{ALNUM[:24]}", ALNUM[:24]),
    ("Stripe key", f"sk_live_{ALNUM[:24]}", ALNUM[:24]),
    ("API key", f"sk-ant-api03-{ALNUM}", ALNUM),
    ("API key", f"sk-proj-{ALNUM}", ALNUM),
    ("API key", f"sk-{ALNUM}", ALNUM),
    ("Google key", f"AIza{ALNUM[:35]}", ALNUM[:35]),
    ("npm token", f"npm_{ALNUM[:36]}", ALNUM[:36]),
    ("PyPI token", f"pypi-AgEIcHlwaS5vcmc{ALNUM}{ALNUM}", ALNUM),
    ("Hugging Face token", "hf_" + "aBcDeFgHiJ" * 3 + "aBcD", "aBcDeFgHiJ"),
    ("DigitalOcean token", f"dop_v1_{HEX * 4}", HEX),
    ("SendGrid key", f"SG.{ALNUM[:22]}.{ALNUM}abc", ALNUM[:22]),
    ("Telegram token", f"123456789:AA{ALNUM[:33]}", ALNUM[:33]),
    ("Azure key", f"AccountKey={ALNUM}{ALNUM}{HEX[:6]}==", ALNUM),
    ("JSON web token", f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{ALNUM}", ALNUM),
    ("private key", f"-----BEGIN RSA PRIVATE KEY-----\n{ALNUM}\n-----END RSA PRIVATE KEY-----", ALNUM),
    ("private key", f"-----BEGIN OPENSSH PRIVATE KEY-----\n{ALNUM}", ALNUM),
    ("password", "postgres://app:hunter2@db:5432/x", "hunter2"),
    ("password", "https://:s3cr3t@host", "s3cr3t"),
    ("credentials", f"Authorization: Bearer {ALNUM}", ALNUM),
    ("credentials", "'authorization': 'Basic dXNlcjpwYXNzd29yZA=='", "dXNlcjpwYXNzd29yZA"),
    ("password", "DB_PASSWORD=hunter2!x", "hunter2!x"),
    ("password", 'password: "correct horse 7"', "correct horse 7"),
    ("password", "the password is hunter22", "hunter22"),
    ("password", "das Passwort ist hunter22", "hunter22"),
    ("token", f"my-api-key: {ALNUM[:20]}", ALNUM[:20]),
    ("token", f'"client_secret": "{ALNUM[:20]}"', ALNUM[:20]),
]

HARMLESS = [
    "commit 3f786850e387550fdab836ed7e6dc881de23001b broke it",
    "id 550e8400-e29b-41d4-a716-446655440000",
    "integrity sha512-oUVEKJ0Vx7pXyPi2JjT5kUkZzgC7xQ2b9mOe3VQ4m0yC2w==",
    "scikit-learn is sk-learn, and sk-spinner-container-fluid-loading is a class",
    "the password is required",
    "password: str | None = None",
    "password=$DB_PASSWORD and token=${TOKEN} and secret = os.environ['SECRET_KEY_2']",
    "token = get_token(user1)",
    "set password=<your-password-1>",
    "max_tokens=4096, token count: 123456789012",
    "postgres://user:password@localhost/db",
    "postgres://user:${PASSWORD}@localhost/db",
    "http://localhost:8080/a@b and git@github.com:owner/repo.git",
    "https://host/path:with@sign",
    "the secret: put config.production.settings2 first",
    "reset the password with `passwd`, keys live in ~/.ssh/id_ed25519",
    "-----BEGIN PUBLIC KEY----- is not private; -----BEGIN CERTIFICATE----- neither",
    "access_key: see docs/secrets/README.md",
    "ghp_short and AKIA123 are not keys",
    "the token bucket is emptied every 100ms",
]


@pytest.mark.parametrize(("kind", "text", "secret"), SECRETS)
def test_a_secret_is_masked_and_named(kind: str, text: str, secret: str) -> None:
    masked = mask(f"before {text} after")

    assert secret not in masked.text
    assert masked.kinds == (kind,)
    assert f"[secret: {kind}]" in masked.text
    assert masked.text.startswith("before ")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert mask(text) == (text, ())


def test_only_the_password_of_an_address_goes() -> None:
    assert mask("see postgres://app:hunter2@db:5432/x").text == "see postgres://app:[secret: password]@db:5432/x"


def test_masking_twice_changes_nothing_more() -> None:
    for _, text, _ in SECRETS:
        once = mask(text).text
        assert mask(once).text == once


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    for hostile in (
        "a" * 65_000,
        "a_" * 32_000,
        "-----BEGIN " * 6_000,
        "x://" * 16_000,
        "password " * 7_000,
        "sk-" * 20_000,
    ):
        mask(hostile)  # the time limit of the test is the assertion
