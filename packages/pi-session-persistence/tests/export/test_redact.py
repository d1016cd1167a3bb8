from __future__ import annotations

import json
import re
import time

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
    "age-key": "AGE-SECRET-" + "KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQQPZRY9X8GF2TVDW0S3JN54",
    "google-secret": "GOCSPX" + "-abcdefghijklmnopqrstuvwx",
    "telegram-token": "123456789" + ":AAabcdefghijklmnopqrstuvwxyz0123456",
    "docker-token": "dckr_" + "pat_abcdefghijklmnopqrstuvwx",
    "perplexity-key": "pplx-" + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
    "replicate-token": "r8_" + "abcdefghijklmnopqrstuvwxyz0123456789A",
    "tavily-key": "tvly-" + "dev-abcdefghijklmnopqrstuvwxyz012345",
    "databricks-token": "dapi" + "0123456789abcdef0123456789abcdef",
    "digitalocean-token": "dop_" + "v1_" + "0123456789abcdef" * 4,
    "vault-token": "hvs." + "abcdefghijklmnopqrstuvwxyz",
    "shopify-token": "shpat_" + "0123456789abcdef0123456789abcdef",
    "linear-key": "lin_" + "api_abcdefghijklmnopqrstuvwxyz0123456789ABCD",
    "notion-token": "ntn_" + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH",
    "supabase-token": "sbp_" + "0123456789abcdef0123456789abcdef01234567",
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
        (
            "https://discord.com/api/webhooks/123456789012345678/" + "a" * 40,
            "https://discord.com/api/webhooks/[redacted:discord-hook]",
        ),
        ("AccountKey=" + "abcd" * 12 + "==;Endpoint", "AccountKey=[redacted:azure-key];Endpoint"),
        ("aws_secret_access_key = " + "wJalrXUt" * 5, "aws_secret_access_key = [redacted:aws-secret]"),
        (
            '{\\"Authorization\\": \\"Bearer abcdef123456789\\"}',
            '{\\"Authorization\\": \\"Bearer [redacted:authorization]\\"}',
        ),
        ("-H 'x-api-key: abcd1234efgh5678'", "-H 'x-api-key: [redacted:api-key-header]'"),
        ("it sent bearer abcd1234efgh5678", "it sent bearer [redacted:bearer]"),
        ("Set-Cookie: sid=s3cr3t; Path=/", "Set-Cookie: sid=[redacted:cookie]"),
        ("export MY_API_KEY=abcd1234efgh5678ijkl", "export MY_API_KEY=[redacted:secret-variable]"),
        ("DB_PASSWORD=c0rrect-horse-battery make", "DB_PASSWORD=[redacted:secret-variable] make"),
        ("API_KEY='abcd1234efgh5678'", "API_KEY='[redacted:assigned-secret]'"),
        ('"client_secret": "abcd1234efgh5678ijkl"', '"client_secret": "[redacted:assigned-secret]"'),
        ('db.password = "c0rrect-horse-battery"', 'db.password = "[redacted:assigned-secret]"'),
        ("PGPASSWORD=kX9fQ2mLp7vRtY4wZ8 psql", "PGPASSWORD=[redacted:secret-variable] psql"),
        ("MYSQL_PWD=kX9fQ2mLp7vRtY4wZ8", "MYSQL_PWD=[redacted:secret-variable]"),
        ("db:\n  password: kX9fQ2mLp7vRtY4wZ8\n", "db:\n  password: [redacted:secret-setting]\n"),
        ("secret_token=kX9fQ2mLp7vRtY4wZ8", "secret_token=[redacted:secret-setting]"),
        ('api-key = "kX9fQ2mLp7vRtY4wZ8"', 'api-key = "[redacted:assigned-secret]"'),
        ('{"passphrase": "kX9fQ2mLp7vRtY4wZ8"}', '{"passphrase": "[redacted:assigned-secret]"}'),
        ("GET /x?access_token=kX9fQ2mLp7vRtY4wZ8&x=1", "GET /x?access_token=[redacted:secret-in-query]&x=1"),
        ("run --api-key=kX9fQ2mLp7vRtY4wZ8 now", "run --api-key=[redacted:secret-option] now"),
        ("run --token kX9fQ2mLp7vRtY4wZ8", "run --token [redacted:secret-option]"),
        ("Authorization: kX9fQ2mLp7vRtY4wZ8", "Authorization: [redacted:authorization]"),
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
        "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        "CACHE_KEY=v1-linux-0123456789abcdef",
        "HEAD is now at 3f2504e04f8941d39a0c0305e82c3301a1b2c3d4",
        "blob sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "const SORT_KEY = columns[0]",
        "max_tokens: 4096, token_type: 'access', secret: process.env.SECRET",
        "KEY=$(cat key.txt) TOKEN=${TOKEN}",
        "PWD=/home/ada/project-2026-01-01 OLDPWD=/home/ada/other-project-2",
        "password: see the page about 2 factors",
        "authorization: required-by-the-server",
        "https://example.com/?key=value&token=none&page=2",
        "run --token-file /etc/token-2026-01-01 --secret",
        "cookie: a small cake",
        "dapi is a word, and so are r8_ and hvs.",
        "12:AAAA is a time for somebody",
        "the bearer of bad news, number 1234567890",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0V ada@example.com",
        "postgres://localhost:5432/db@v2",
        "https://user:password@example.com and http://u:***@example.com",
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
        ("TOKENIZERS_PARALLELISM", "sometimes"),
        ("MAX_TOKENS", "four thousand"),
        ("PWD", "/home/ada/project"),
        ("AUTHOR", "Somebody Famous"),
    ],
)
def test_what_is_no_secret_in_the_environment_stays(name: str, value: str) -> None:
    assert Redactor({name: value})(f"see {value}") == f"see {value}"


@pytest.mark.parametrize(
    "name", ["PGPASSWORD", "GITHUBTOKEN", "DB_PASS", "MYSQL_PWD", "SESSION_COOKIE", "OPENAI_API_KEY2"]
)
def test_a_variable_is_known_by_what_its_name_ends_in(name: str) -> None:
    assert Redactor({name: "letmein-please"})("x letmein-please y") == f"x [redacted:${name}] y"


def test_a_secret_of_the_environment_is_found_within_json_too() -> None:
    redactor = Redactor({"MY_SECRET": 'line one\n"quoted" \u00fc'})
    assert redactor('{"a": "line one\\n\\"quoted\\" \u00fc"}') == '{"a": "[redacted:$MY_SECRET]"}'
    assert redactor('{"a": "line one\\n\\"quoted\\" \\u00fc"}') == '{"a": "[redacted:$MY_SECRET]"}'


def test_a_key_that_was_cut_off_is_taken_out_to_the_end() -> None:
    assert Redactor({})("x -----BEGIN " + "PRIVATE KEY-----\nMIIE\nabc") == "x [redacted:private-key]"


@pytest.mark.parametrize(
    "text",
    [
        "0123456789abcdef",
        "a.",
        "a-1",
        "-----BEGIN RSA PRIVATE KEY----- ",
        "http://a:",
        "KEY_",
        "api_key",
        "eyJaaaaaaaaaa.",
        "token ",
        "token='",
        "cookie: a=",
    ],
)
def test_time_grows_no_faster_than_the_text(text: str) -> None:
    def took(size: int) -> float:
        whole = text * (size // len(text))
        start = time.process_time()
        Redactor({})(whole)
        return time.process_time() - start

    took(1000)
    assert min(took(400_000) for _ in range(2)) < 40 * max(took(40_000), 0.002)


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


@pytest.mark.parametrize("depth", [600, 3000, 200_000])
def test_json_that_is_nested_too_deeply_is_left_out(depth: int) -> None:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    redactor = Redactor({})
    written = json.dumps(redactor.tree(["before", {"data": value}, "after"]))
    assert re.fullmatch(r'\["before", \{"data": \[+"\[redacted:too-deep\]"\]+\}, "after"\]', written)
    assert redactor.counts == {"too-deep": 1}


@given(st.text())
def test_twice_is_as_once(text: str) -> None:
    redactor = Redactor({"MY_TOKEN": "abcdefgh"})
    once = redactor(text)
    assert redactor(once) == once
