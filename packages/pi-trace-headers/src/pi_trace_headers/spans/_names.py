"""Names of attributes, metrics and values.

The ones that OpenTelemetry's GenAI conventions publish (status: Development) are here as text, so that pi need not
import them; a test compares them with the published constants. What the conventions have no name for begins with
``pi.``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["PROVIDERS", "STOP_REASONS"]

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
AGENT_NAME: Final = "gen_ai.agent.name"
AGENT_VERSION: Final = "gen_ai.agent.version"
CONVERSATION: Final = "gen_ai.conversation.id"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
RESPONSE_MODEL: Final = "gen_ai.response.model"
RESPONSE_ID: Final = "gen_ai.response.id"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS: Final = "gen_ai.usage.cache_creation.input_tokens"
REASONING_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"
INPUT_OR_OUTPUT: Final = "gen_ai.token.type"
TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_CALL_ID: Final = "gen_ai.tool.call.id"
TOOL_TYPE: Final = "gen_ai.tool.type"
TOOL_ARGUMENTS: Final = "gen_ai.tool.call.arguments"
TOOL_RESULT: Final = "gen_ai.tool.call.result"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
INSTRUCTIONS: Final = "gen_ai.system_instructions"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"
ERROR_TYPE: Final = "error.type"
HTTP_STATUS: Final = "http.response.status_code"
SESSION: Final = "session.id"

CHAT: Final = "chat"
INVOKE_AGENT: Final = "invoke_agent"
EXECUTE_TOOL: Final = "execute_tool"

USAGE_METRIC: Final = "gen_ai.client.token.usage"
DURATION_METRIC: Final = "gen_ai.client.operation.duration"
FIRST_CHUNK_METRIC: Final = "gen_ai.client.operation.time_to_first_chunk"
COST_METRIC: Final = "pi.client.cost"
TOOL_METRIC: Final = "pi.tool.duration"

PI_SESSION: Final = "pi.session"
PI_PROVIDER: Final = "pi.provider"
PI_API: Final = "pi.api"
PI_COST: Final = "pi.usage.cost_usd"
PI_THINKING: Final = "pi.thinking_level"
PI_ATTEMPT: Final = "pi.request.attempt"
PI_PURPOSE: Final = "pi.request.purpose"
PI_RESPONSE_ID: Final = "pi.response.header."
PI_TURN: Final = "pi.turn.index"
PI_TURNS: Final = "pi.run.turns"
PI_ABORTED: Final = "pi.run.aborted"
PI_INCOMPLETE: Final = "pi.incomplete"
PI_REASON: Final = "pi.reason"
PI_TOKENS_BEFORE: Final = "pi.compaction.tokens_before"
PI_BY_EXTENSION: Final = "pi.compaction.by_extension"
PI_RETRY: Final = "pi.retry"
PI_LINK: Final = "pi.link"

#: The conventions' value for an error that has no better name.
OTHER_ERROR: Final = "_OTHER"

#: pi's name of a provider, and the conventions' one where they have one.
PROVIDERS: Final = {
    "openai": "openai",
    "openai-codex": "openai",
    "anthropic": "anthropic",
    "google": "gcp.gemini",
    "google-vertex": "gcp.vertex_ai",
    "amazon-bedrock": "aws.bedrock",
    "azure": "azure.ai.openai",
    "azure-openai-responses": "azure.ai.openai",
    "xai": "x_ai",
    "groq": "groq",
    "mistral": "mistral_ai",
    "deepseek": "deepseek",
}

#: pi's word for why an answer ended, and the usual one where they differ.
STOP_REASONS: Final = {"toolUse": "tool_calls"}
