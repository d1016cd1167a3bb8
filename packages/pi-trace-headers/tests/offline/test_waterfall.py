from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_trace_headers.offline import spans_of, waterfall

if TYPE_CHECKING:
    from conftest import Story


def lines(story: Story, width: int = 110, *, content: bool = False) -> list[str]:
    return [line.plain for line in waterfall(spans_of(story.write(), with_content=content), width)]


def test_the_session_is_the_title(long_story: Story) -> None:
    assert lines(long_story)[:2] == ["session 01a1fb5e-0000-7000-8000-000000000001  2 runs in 1 m 10 s", ""]


def test_a_fork_names_what_it_was_forked_from(story: Story) -> None:
    story.header(parentSession="/gone/2026-11-20T11-00-00-000Z_01a1fb5e-0000-7000-8000-00000000000f.jsonl")
    story.user("new", 6000).says("b", 6100, 7000)
    assert lines(story)[0].endswith("  1 run in 7.00 s, forked from 01a1fb5e-0000-7000-8000-00000000000f")


def test_each_run_has_a_title_and_its_parts_below(long_story: Story) -> None:
    said = lines(long_story)[2:]
    assert "run  5.00 s  800 in  75% cached  40 out  $0.0200" in said[0]
    assert [line.split()[0:2] for line in said[1:4]] == [["turn", "1"], ["◆", "gpt-5"], ["▸", "bash"]]
    assert said[7] == ""
    assert "  ↻ retry after 503" in said
    assert "compaction  0 ms  900 in  30 out" in said[-1]


def test_bars_are_where_and_as_long_as_it_was(long_story: Story) -> None:
    said = lines(long_story, 26 + 1 + 40 + 11 + 36)
    # The run takes 5 s, so a column is an eighth of a second.
    turn, call = said[3][27:67], said[4][27:67]
    assert turn.startswith("█" * 33)
    assert call == " " + "█" * 16 + "▌" + " " * 22


def test_failures_say_what_went_wrong(long_story: Story) -> None:
    assert any("✗ tool_error" in line for line in lines(long_story))
    assert any("✗ 503" in line for line in lines(long_story))


def test_nothing_in_a_session_reaches_the_terminal_as_a_command(long_story: Story) -> None:
    assert not [line for line in lines(long_story, 200, content=True) if "\x1b" in line or "\x07" in line]


def test_content_shows_prompts_and_arguments(long_story: Story) -> None:
    said = lines(long_story, content=True)
    assert said[2].endswith("list the <b>files</b> & go")
    assert any("▸ bash run c1" in line for line in said)


@pytest.mark.parametrize("width", [80, 100, 200])
def test_bars_and_figures_fit_into_the_terminal(long_story: Story, width: int) -> None:
    for line in lines(long_story, width):
        assert len(line.partition("  ✗")[0]) <= width
