"""Which traps a tool call steps into."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pi_autonomous_session_control.traps import Hit, Level, Matcher, ToolCall, Trap, match, strongest


def trap(kind: Any, value: str, level: Level = "note") -> Trap:
    return Trap(id=f"{kind} {value}", description="careful", matchers=(Matcher(kind, value),), level=level)


def bash(command: str) -> ToolCall:
    return ToolCall(tool="bash", input={"command": command}, cwd="/w")


def fires(kind: Any, value: str, call: ToolCall) -> bool:
    return bool(match([trap(kind, value)], call))


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("rm -rf", "rm -rf x"),
        ("rm -rf", "cd x && rm -rf y"),
        ("rm -rf", "rm -fr y"),
        ("rm -rf", "/bin/rm -v -f -r z"),
        ("rm -rf", "sudo -u bob rm -rf x"),
        ("rm -rf", "env -u A B=1 nice -n 5 rm -rf x"),
        ("rm -rf", "timeout 5 rm -rf x"),
        ("rm -rf", "bash -lc 'rm -rf /'"),
        ("rm -rf", "sh -c \"sh -c 'rm -rf /'\""),
        ("rm -rf", 'echo "$(rm -rf /)"'),
        ("rm -rf", "echo `rm -rf /`"),
        ("rm -rf", "diff <(rm -rf a) b"),
        ("rm -rf", "bash <<EOF\nrm -rf /\nEOF"),
        ("rm -rf", "bash <<'EOF' && true\nls\nrm -rf /\nEOF\n"),
        ("rm -rf", "find . -name x -exec rm -rf {} +"),
        ("rm -rf", "ls | xargs -n 1 rm -rf"),
        ("rm -rf", "eval rm -rf x"),
        ("rm -rf", "ssh -p 1 host rm -rf x"),
        ("rm -rf", "r\\m -rf x"),
        ("rm -rf", "X=1 'rm' \"-rf\" x"),
        ("rm -rf", "$'rm' -r$'\\x66' x"),
        ("rm -rf", "if true; then rm -rf x; fi"),
        ("rm -rf", "while :; do\n  rm -rf x\ndone"),
        ("rm -rf", "(rm -rf x)"),
        ("rm -rf", "{ rm -rf x; }"),
        ("rm -rf", "! rm -rf x"),
        ("rm -rf", "true&rm -rf x"),
        ("rm -rf", "echo a>b;rm -rf x 2>&1"),
        ("rm -rf", ">log rm -rf x"),
        ("rm -rf", "rm \\\n  -rf x"),
        ("rm -rf", "rm -rf 'unfinished"),
        ("git push --force", "git push origin main --force"),
        ("git push --force", "git -C dir --no-pager push --force"),
        ("git push -f", "git push -f"),
        ("git push", "git push"),
        ("pip install", "uv run pip install x"),
        ("kubectl delete ns", "kubectl --context=prod delete ns x"),
        ("./deploy.sh", "./deploy.sh now"),
    ],
)
def test_a_command_is_recognised_wherever_it_runs(prefix: str, command: str) -> None:
    assert fires("command", prefix, bash(command))


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("rm -rf", "rm -r x"),
        ("rm -rf", "rm -- -rf"),
        ("rm -rf", 'echo "rm -rf x"'),
        ("rm -rf", "echo 'a; rm -rf x'"),
        ("rm -rf", "echo a\\;rm -rf x"),
        ("rm -rf", "ls # rm -rf x"),
        ("rm -rf", "cat <<EOF\nrm -rf /\nEOF"),
        ("rm -rf", "cat <<< 'rm -rf x'"),
        ("rm -rf", "echo '$(rm -rf x)'"),
        ("rm -rf", "git commit -m 'rm -rf x'"),
        ("rm", "firm x"),
        ("git push --force", "git push --force-with-lease"),
        ("git push --force", "git commit -m push --force"),
        ("git push", "git stash push"),
        ("npm publish", "npm run publish"),
        ("./deploy.sh", "bin/deploy.sh"),
    ],
)
def test_a_command_that_is_only_talked_about_is_none(prefix: str, command: str) -> None:
    assert not fires("command", prefix, bash(command))


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.env", "a/b/x.env", True),
        (".env", "a/.env", True),
        (".env", "a/.envrc", False),
        ("src/**", "src/a/b.py", True),
        ("src/**", "src", True),
        ("src/**/x.py", "src/x.py", True),
        ("src/**/x.py", "src/a/b/x.py", True),
        ("src/*.py", "src/a/b.py", False),
        ("**/migrations/**", "db/migrations/1.sql", True),
        ("migrations/", "db/migrations/1.sql", True),
        ("{a,b}/*.{py,pyi}", "b/x.pyi", True),
        ("file[0-9].txt", "file7.txt", True),
        ("/etc/**", "/etc/passwd", True),
        ("/w/src/*.py", "src/b.py", True),
        ("src/*.py", "/w/src/b.py", True),
        ("src/*.py", "/other/src/b.py", False),
        ("src/*.py", "x/../src/./b.py", True),
        ("secrets/*", "../w/secrets/a", True),
        ("README.md", "readme.md", False),
    ],
)
def test_a_path_pattern(pattern: str, path: str, fits: bool) -> None:  # noqa: FBT001  # the expected value
    assert fires("path", pattern, ToolCall(tool="write", input={"path": path, "content": ""}, cwd="/w")) is fits


@pytest.mark.parametrize(
    "call",
    [
        bash("echo x >> conf/.env"),
        bash("cat ./conf/.env"),
        bash("tool --file=conf/.env"),
        bash("cd conf && sed -i s/a/b/ .env"),
        ToolCall(tool="multi", input={"changes": [{"file_path": "conf/.env"}]}, cwd="/w"),
        ToolCall(tool="patch", diff="--- a/conf/.env\n+++ b/conf/.env\n@@ -1 +1 @@\n-a\n+b\n", cwd="/w"),
    ],
)
def test_paths_are_found_in_commands_arguments_and_diffs(call: ToolCall) -> None:
    assert fires("path", ".env", call)


@pytest.mark.parametrize("command", ["cat a/b/..", "cat a/.", "ls a//", "cat ./a", "rm -r /w/a/"])
def test_a_path_is_known_however_it_ends(command: str) -> None:
    assert fires("path", "a", bash(command))


def edit(old: str, new: str) -> ToolCall:
    return ToolCall(tool="edit", input={"path": "a.py", "edits": [{"oldText": old, "newText": new}]}, cwd="/w")


def test_text_is_found_in_any_case_in_what_a_call_brings_in() -> None:
    write = ToolCall(tool="write", input={"path": "a.py", "content": "import PDB; pdb.set_trace()"})
    assert fires("text", "pdb.SET_trace", write)
    assert fires("text", "set_trace", bash("python -c 'breakpoint()' # set_trace"))
    assert fires("text", "x=1", edit("y", "x=1"))
    assert fires("text", "x=1", ToolCall(tool="t", input={"a": [{"b": "x=1"}]}))
    assert not fires("text", "", write)


def test_what_a_change_removes_or_leaves_alone_does_not_fire() -> None:
    assert not fires("text", "print(", edit("print(1)\nx = 1", "x = 1"))
    assert not fires("text", "print(", edit("print(1)\nx = 1\n", "print(1)\nx = 2\n"))
    assert fires("text", "print(", edit("x = 1\n", "x = 1\nprint(1)\n"))
    assert not fires("text", "print(", ToolCall(tool="p", diff="--- a\n+++ b\n-print(1)\n print(2)\n+x\n"))
    assert fires("text", "print(", ToolCall(tool="p", diff="--- a\n+++ b\n+print(1)\n"))
    single = ToolCall(tool="edit", input={"path": "a", "oldText": "print(1)", "newText": "x"})
    assert not fires("text", "print(", single)


def test_a_regular_expression_is_searched_at_each_line() -> None:
    assert fires("regex", r"^drop\s+table\s+\w+;$", edit("x", "select 1;\ndrop table users;\n"))
    assert fires("regex", r"(?i)DROP\s+TABLE", bash("psql -c 'drop  table x'"))
    assert not fires("regex", r"^drop", bash("echo drop"))


def test_an_expression_that_can_not_be_used_never_fires_and_never_raises() -> None:
    for value in ("(", "(a+)+", "x" * 2_000):
        assert not fires("regex", value, bash("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"))


def test_each_trap_hits_once_and_the_strongest_level_comes_first() -> None:
    both = Trap(id="both", description="", matchers=(Matcher("text", "rm"), Matcher("command", "rm -rf")))
    traps = [both, trap("text", "rm", "confirm"), trap("command", "rm -rf", "block"), trap("text", "absent", "block")]

    hits = match(traps, bash("rm -rf x"))

    assert [hit.trap.level for hit in hits] == ["block", "confirm", "note"]
    assert hits[0].found == "rm -rf x"
    assert strongest(hits) == "block"
    assert strongest([]) is None


def test_an_undecided_block_asks() -> None:
    blocking = trap("regex", "x", "block")
    assert strongest([Hit(blocking, blocking.matchers[0], "", complete=False)]) == "confirm"


def test_what_was_found_is_short() -> None:
    (hit,) = match([trap("text", "needle")], bash("x" * 5_000 + "needle" + "y" * 5_000))
    assert "needle" in hit.found
    assert len(hit.found) <= 120


KEYS = ("command", "path", "edits", "oldText", "newText", "x")
ANY_INPUT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)
SHELL = st.text(alphabet="ab ;|&()<>'\"\\`$#\n{}=-/~*", max_size=60)


@settings(max_examples=150, deadline=None)
@given(
    given=st.dictionaries(st.sampled_from(["command", "path", "content", "edits"]), ANY_INPUT, max_size=3),
    command=SHELL,
    value=st.text(min_size=1, max_size=12) | SHELL.filter(bool),
    diff=st.text(max_size=40),
)
def test_nothing_that_a_model_may_send_raises(given: dict[str, Any], command: str, value: str, diff: str) -> None:
    traps = [trap(kind, value) for kind in ("text", "regex", "path", "command")]
    match(traps, ToolCall(tool="x", input=given, cwd="/w", diff=diff))
    match(traps, bash(command))


@pytest.mark.parametrize(
    "command", ["(" * 30_000, "$(" * 30_000, "`" * 30_001, '"' * 30_001, "<<A\n" * 10_000, "a;" * 30_000]
)
def test_hostile_shell_text_takes_bounded_time(command: str) -> None:
    begin = time.process_time()
    match([trap("command", "rm -rf"), trap("path", "**/a/**/b/**/c")], bash(command))
    assert time.process_time() - begin < 5
