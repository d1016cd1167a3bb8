from __future__ import annotations

import json
from typing import Any

from pi_trace_headers.spans._content import heard, instructions, payload, said


def hide(text: str) -> str:
    return text.replace("secret", "***")


def test_a_prompt_is_a_user_message_with_parts() -> None:
    message = {
        "role": "user",
        "content": [{"type": "text", "text": "the secret"}, {"type": "image", "mimeType": "image/png"}],
    }
    assert json.loads(heard(message, hide)) == {
        "role": "user",
        "parts": [
            {"type": "text", "content": "the ***"},
            {"type": "blob", "mime_type": "image/png", "modality": "image", "content": ""},
        ],
    }


def test_a_tool_result_answers_its_call() -> None:
    message = {"role": "toolResult", "toolCallId": "c1", "content": [{"type": "text", "text": "secret"}]}
    assert json.loads(heard(message, hide)) == {
        "role": "tool",
        "parts": [{"type": "tool_call_response", "id": "c1", "response": "***"}],
    }


def test_an_answer_has_reasoning_text_and_tool_calls() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "thinking", "thinking": "a secret"},
        {"type": "text", "text": "well"},
        {"type": "toolCall", "id": "c1", "name": "bash", "arguments": {"command": "echo secret"}},
    ]
    (message,) = json.loads(said({"role": "assistant", "content": blocks, "stopReason": "toolUse"}, hide))
    assert message["finish_reason"] == "tool_calls"
    assert message["parts"] == [
        {"type": "reasoning", "content": "a ***"},
        {"type": "text", "content": "well"},
        {"type": "tool_call", "id": "c1", "name": "bash", "arguments": '{"command":"echo ***"}'},
    ]


def test_the_system_prompt_is_its_text_and_its_sections() -> None:
    message = {"role": "system", "content": "", "sections": {"preamble": "Be nice.", "tools": "secret", "x": None}}
    assert json.loads(instructions(message, hide)) == [
        {"type": "text", "content": "Be nice."},
        {"type": "text", "content": "***"},
    ]


def test_arguments_and_results_are_text() -> None:
    assert payload({"command": "echo secret"}, hide) == '{"command":"echo ***"}'
    assert payload({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, hide) == "ab"
    assert payload("plain", hide) == "plain"


def test_odd_messages_and_half_surrogates_do_no_harm() -> None:
    assert json.loads(heard({"role": "user", "content": [None, 3, {"type": "text"}]}, hide))["parts"] == []
    assert json.loads(heard({"role": "user", "content": "\ud83d"}, hide))["parts"][0]["content"] == "\ud83d"
    assert json.loads(said({}, hide))[0]["parts"] == []
