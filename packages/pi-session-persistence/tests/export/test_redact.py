from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_session_persistence.export import Redactor

#: Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "private-key": "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END " + "RSA PRIVATE KEY-----",
    "anthropic-key": "sk-" + "ant-api03-abcdefghijklmnopqrstuvwxyz0123456789",
    "openai-key": "sk-" + "proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD",
    "google-key": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "google-token": "ya29." + "a0AfH6SMBx1234567890abcdefghijklmnop",
    "aws-key-id": "AKIA" + "IOSFODNN7EXAMPLE",
    "github-token": "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "gitlab-token": "glpat-" + "abcdefghij0123456789",
    "slack-token": "xoxb-" + "123456789012-abcdefghijkl",
    "stripe-key": "sk_" + "live_abcdefghijklmnopqrstuvwx",
    "npm-token": "npm_" + "abcdefghijklmnopqrstuvwxyz0123456789",
    "pypi-token": "pypi-" + "AgEIcHlwaS5vcmcCJDU2ZGE0NjFhLTM2YzQtNDI3Yi1hNzUxLTQ0",
    "huggingface-token": "hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH",
    "xai-key": "xai-" + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
    "groq-key": "gsk_" + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
    "sendgrid-key": "SG." + "abcdefghijklmnop." + "abcdefghijklmnopqrstuvwxyz0123456789",
    "jwt": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
}


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("frame", ["{}", "key={} and more", 'x = "{}"', "({})", "a\n{}\nb", "{},"])
def test_secrets_with_a_form_of_their_own_are_found(kind: str, frame: str) -> None:
    redactor = Redactor({})
    out = redactor(frame.format(SECRETS[kind]))
    assert out == frame.format(f"[redacted:{kind}]")
    assert redactor.counts == {kind: 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abcdef123456789", "Authorization: Bearer [redacted:authorization]"),
        ('"authorization": "Basic dXNlcjpwYXNz"', '"authorization": "Basic [redacted:authorization]"'),
        ("postgres://u:hunter2@db/x", "postgres://u:[redacted:password-in-url]@db/x"),
        (
            "https://hooks.slack.com/services/T00000000/B00000000/XXXX",
            "https://hooks.slack.com/services/[redacted:slack-hook]",
        ),
        ("API_KEY='abcd1234efgh5678'", "API_KEY='[redacted:assigned-secret]'"),
        ('"client_secret": "abcd1234efgh5678ijkl"', '"client_secret": "[redacted:assigned-secret]"'),
        ('db.password = "c0rrect-horse-battery"', 'db.password = "[redacted:assigned-secret]"'),
    ],
)
def test_secrets_are_found_by_what_stands_before_them(text: str, expected: str) -> None:
    assert Redactor({})(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "commit 3f2504e04f8941d39a0c0305e82c3301a1b2c3d4",
        "id 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "sha512-Qe7FrAkSYzHZQT2v3xqzrX2bNsqNPjXhsbVP1vMrRwQ3sE9xZyZzYw0m8mQm0n2H7y5T6R4E3W2Q1a0S9d8F7g==",
        "task-force-of-people-who-like-long-names-with-dashes",
        "sk-learn and scikit-learn-intelex-and-other-extensions",
        "desk-organizer-with-many-compartments-and-drawers-2024",
        "api_key = os.environ['API_KEY']",
        'token: str = "<your token here please>"',
        "Bearer token required",
        "password: string; // at least 16 characters",
        'password = "changeme"',
        "https://example.com:8080/a@b",
        "https://user@example.com/",
        "npm_config_registry_and_other_settings_of_npm_itself",
        "AKIAIOSFODNN7EXAMPLEANDMORE",
        "eyJ is how JSON begins in base64",
        "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA\n-----END CERTIFICATE-----",
        "const tokens = encode('some longer text with 123')",
        "hf_hub_download(repo_id, filename)",
        "token_count = 1234567890123456789",
        "git@github.com:owner/repository.git",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    redactor = Redactor({})
    assert redactor(text) == text
    assert not redactor.counts


def test_secrets_of_the_environment_are_found_by_their_value_first() -> None:
    redactor = Redactor({"MY_TOKEN": "pear apple", "GITHUB_PAT": SECRETS["github-token"]})
    assert redactor(f"pear apple, {SECRETS['github-token']}") == "[redacted:$MY_TOKEN], [redacted:$GITHUB_PAT]"
    assert redactor("x?y=pear%20apple") == "x?y=[redacted:$MY_TOKEN]"
    assert redactor.counts == {"$MY_TOKEN": 2, "$GITHUB_PAT": 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/bin:/usr/local/bin"),
        ("SSH_KEY", "~/.ssh/id_ed25519"),
        ("API_KEY", "short"),
        ("REQUIRE_AUTH", "required"),
        ("TOKEN_LIMIT_KEY", "12345678"),
        ("KEYBOARD", "qwerty-layout"),
        ("AUTHOR", "Somebody Famous"),
    ],
)
def test_what_is_no_secret_in_the_environment_stays(name: str, value: str) -> None:
    assert Redactor({name: value})(f"see {value}") == f"see {value}"


def test_the_longer_of_two_secrets_is_taken_out_as_a_whole() -> None:
    assert Redactor({"A_KEY": "12345abcd", "B_KEY": "12345abcdefgh"})("12345abcdefgh") == "[redacted:$B_KEY]"


def test_json_is_gone_through_value_by_value() -> None:
    redactor = Redactor({"MY_SECRET": 'with "quotes"'})
    value = {"a": ['with "quotes"', 1, None], "api_key": "abcd1234efgh5678", "text": "api_key"}
    assert redactor.tree(value) == {
        "a": ["[redacted:$MY_SECRET]", 1, None],
        "api_key": "[redacted:assigned-secret]",
        "text": "api_key",
    }


def test_data_of_images_stay() -> None:
    data = {"type": "image", "data": "AKIA" + "IOSFODNN7EXAMPLE", "mimeType": "image/png"}
    assert Redactor({}).tree(data) == data


def test_json_that_is_nested_too_deeply_is_left_out() -> None:
    value: list[object] = []
    for _ in range(3000):
        value = [value]
    assert Redactor({}).tree(value) == "[redacted:too-deep]"


@given(st.text())
def test_twice_is_as_once(text: str) -> None:
    redactor = Redactor({"MY_TOKEN": "abcdefgh"})
    once = redactor(text)
    assert redactor(once) == once
