# pi's own JSON types, as exact as the pi they were read from. Written by codegen/sync.py; do not edit.

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from pi_host._handles import Handle
from pi_host._handles import MessageList as MessageList

__all__ = [
    "AgentActivityOutcome",
    "AgentMessage",
    "Api",
    "AssistantMessage",
    "AssistantMessageDiagnostic",
    "AssistantMessageEvent",
    "AssistantMessageEventDone",
    "AssistantMessageEventError",
    "AssistantMessageEventStart",
    "AssistantMessageEventTextDelta",
    "AssistantMessageEventTextEnd",
    "AssistantMessageEventTextStart",
    "AssistantMessageEventThinkingDelta",
    "AssistantMessageEventThinkingEnd",
    "AssistantMessageEventThinkingStart",
    "AssistantMessageEventToolcallDelta",
    "AssistantMessageEventToolcallEnd",
    "AssistantMessageEventToolcallStart",
    "BashExecutionMessage",
    "BashResult",
    "BashToolInput",
    "BeforeAgentStartMessage",
    "BeforeAgentStartMessageType",
    "BoundaryContextPreview",
    "BoundaryContextPreviewHandle",
    "BranchSummaryEntry",
    "BranchSummaryMessage",
    "CacheWarmingAction",
    "CompactionEntry",
    "CompactionEntryDraft",
    "CompactionPreparation",
    "CompactionPreparationHandle",
    "CompactionResult",
    "CompactionSettings",
    "CompactionSummaryMessage",
    "ConstrainedSamplingConfig",
    "ConstrainedSamplingConfigGrammar",
    "ConstrainedSamplingConfigJsonSchema",
    "ContextEditEntry",
    "ContextEditEntryDraft",
    "ContextEditEntryDraftReplacement",
    "ContextEditEntryReplacement",
    "ContextEditableContent",
    "CustomEntry",
    "CustomEntryDraft",
    "CustomMessage",
    "CustomMessageEntry",
    "CustomMessageEntryDraft",
    "DeferredHandle",
    "DiagnosticErrorInfo",
    "EditToolInput",
    "EditToolInputEdits",
    "FileOperations",
    "FindToolInput",
    "GrammarVariants",
    "GrepToolInput",
    "ImageContent",
    "InputSource",
    "InputStreamingBehavior",
    "KnownApi",
    "KnownProvider",
    "LabelEntry",
    "LsToolInput",
    "McpExposure",
    "McpHttpServerConfig",
    "McpHttpServerConfigAuth",
    "McpOAuthConfig",
    "McpServerConfig",
    "McpStdioServerConfig",
    "Message",
    "MessageList",
    "Model",
    "ModelChangeEntry",
    "ModelCost",
    "ModelCostTiers",
    "ModelInputLimits",
    "ModelInputLimitsImages",
    "ModelInputLimitsImagesResize",
    "ModelInputModality",
    "ModelPromptCache",
    "ModelSelectSource",
    "ModelThinkingLevel",
    "NestedToolCallRecord",
    "NestedToolCalls",
    "NormalizedBuildSystemPromptOptions",
    "NormalizedBuildSystemPromptOptionsContextFiles",
    "PowerShellToolInput",
    "ProjectTrustEventDecision",
    "ProjectedSessionEntry",
    "ProviderHeaders",
    "ProviderId",
    "ReadToolInput",
    "RegisteredMcpServer",
    "ResourcesDiscoverReason",
    "SamplingParams",
    "SamplingParamsByThinkingLevel",
    "SessionBeforeCompactReason",
    "SessionBeforeForkPosition",
    "SessionBeforeSwitchReason",
    "SessionBeforeTreeSummary",
    "SessionBoundaryDraft",
    "SessionCompactFailedReason",
    "SessionCompactReason",
    "SessionEntry",
    "SessionEntryListHandle",
    "SessionInfoEntry",
    "SessionMessageEntry",
    "SessionShutdownReason",
    "SessionStartReason",
    "Skill",
    "SourceInfo",
    "SourceOrigin",
    "SourceScope",
    "StopReason",
    "SystemMessage",
    "TextContent",
    "ThinkingContent",
    "ThinkingLevel",
    "ThinkingLevelChangeEntry",
    "ThinkingLevelMap",
    "Tool",
    "ToolCall",
    "ToolReference",
    "ToolResultMessage",
    "TreePreparation",
    "TreePreparationHandle",
    "UIPromptEndReason",
    "UIPromptKind",
    "UIPromptStartReason",
    "Usage",
    "UsageCost",
    "UsageEntry",
    "UserMessage",
    "WriteToolInput",
]

ProjectTrustEventDecision: TypeAlias = Literal["yes", "no", "undecided"]

class TextContent(TypedDict):
    type: Literal["text"]
    text: str
    textSignature: NotRequired[str]

class ConstrainedSamplingConfigJsonSchema(TypedDict):
    type: Literal["json_schema"]
    strict: Literal["prefer", "require"]

class GrammarVariants(TypedDict):
    openai_lark: NotRequired[str]
    openai_regex: NotRequired[str]

class ConstrainedSamplingConfigGrammar(TypedDict):
    type: Literal["grammar"]
    variants: GrammarVariants

ConstrainedSamplingConfig: TypeAlias = ConstrainedSamplingConfigJsonSchema | ConstrainedSamplingConfigGrammar

class Tool(TypedDict):
    name: str
    description: str
    parameters: dict[str, Any]
    constrainedSampling: NotRequired[Literal[False] | ConstrainedSamplingConfig]

class ToolReference(TypedDict):
    name: str

class SystemMessage(TypedDict):
    role: Literal["system"]
    content: str | list[TextContent]
    sections: NotRequired[dict[str, str | None]]
    toolsAdded: NotRequired[list[Tool]]
    toolsRemoved: NotRequired[list[ToolReference]]
    timestamp: int

class ImageContent(TypedDict):
    type: Literal["image"]
    data: str
    mimeType: str

class UserMessage(TypedDict):
    role: Literal["user"]
    content: str | list[TextContent | ImageContent]
    timestamp: int

class ThinkingContent(TypedDict):
    type: Literal["thinking"]
    thinking: str
    thinkingSignature: NotRequired[str]
    redacted: NotRequired[bool]

class ToolCall(TypedDict):
    type: Literal["toolCall"]
    id: str
    name: str
    arguments: dict[str, Any]
    thoughtSignature: NotRequired[str]
    namespace: NotRequired[str]
    argumentsError: NotRequired[str]

KnownApi: TypeAlias = Literal[
    "openai-completions",
    "mistral-conversations",
    "openai-responses",
    "azure-openai-responses",
    "openai-codex-responses",
    "anthropic-messages",
    "bedrock-converse-stream",
    "google-generative-ai",
    "google-vertex",
    "pi-messages",
]
Api: TypeAlias = KnownApi | str
KnownProvider: TypeAlias = Literal[
    "amazon-bedrock",
    "ant-ling",
    "anthropic",
    "google",
    "google-vertex",
    "openai",
    "azure",
    "openai-codex",
    "radius",
    "typesafe",
    "nvidia",
    "deepseek",
    "github-copilot",
    "xai",
    "groq",
    "cerebras",
    "openrouter",
    "vercel-ai-gateway",
    "zai",
    "zai-coding-cn",
    "mistral",
    "minimax",
    "minimax-cn",
    "moonshotai",
    "moonshotai-cn",
    "huggingface",
    "fireworks",
    "together",
    "baseten",
    "opencode",
    "opencode-go",
    "kimi-coding",
    "meta",
    "cloudflare-workers-ai",
    "cloudflare-ai-gateway",
    "qwen-token-plan",
    "qwen-token-plan-cn",
    "qwen-token-plan-individual",
    "qwen-token-plan-individual-cn",
    "xiaomi",
    "xiaomi-token-plan-cn",
    "xiaomi-token-plan-ams",
    "xiaomi-token-plan-sgp",
]
ProviderId: TypeAlias = KnownProvider | str
ModelThinkingLevel: TypeAlias = Literal["high", "low", "max", "medium", "minimal", "off", "xhigh"]

class DiagnosticErrorInfo(TypedDict):
    name: NotRequired[str]
    message: str
    stack: NotRequired[str]
    code: NotRequired[str | int | float]

class AssistantMessageDiagnostic(TypedDict):
    type: str
    timestamp: int
    error: NotRequired[DiagnosticErrorInfo]
    details: NotRequired[dict[str, Any]]

class UsageCost(TypedDict):
    input: int | float
    output: int | float
    cacheRead: int | float
    cacheWrite: int | float
    total: int | float
    totalFromProvider: NotRequired[bool]

class Usage(TypedDict):
    input: int
    output: int
    cacheRead: int
    cacheWrite: int
    cacheWrite1h: NotRequired[int]
    reasoning: NotRequired[int]
    totalTokens: int
    cost: UsageCost

StopReason: TypeAlias = Literal["pending", "stop", "length", "toolUse", "error", "aborted", "deferred"]

class DeferredHandle(TypedDict):
    provider: str
    modelId: str
    api: str
    id: str
    expiresAt: NotRequired[int | float]
    pollAfterMs: NotRequired[int | float]
    data: NotRequired[Any]

class AssistantMessage(TypedDict):
    role: Literal["assistant"]
    content: list[TextContent | ThinkingContent | ToolCall]
    api: Api
    provider: ProviderId
    model: str
    responseModel: NotRequired[str]
    responseId: NotRequired[str]
    providerThinkingLevel: NotRequired[str]
    thinkingLevel: NotRequired[ModelThinkingLevel]
    diagnostics: NotRequired[list[AssistantMessageDiagnostic]]
    usage: Usage
    stopReason: StopReason
    deferred: NotRequired[DeferredHandle]
    errorMessage: NotRequired[str]
    rawStopReason: NotRequired[str]
    endTurn: NotRequired[bool]
    timestamp: int
    durationMs: NotRequired[int | float]

class NestedToolCallRecord(TypedDict):
    id: str
    name: str
    arguments: NotRequired[dict[str, Any]]
    argumentsBytes: NotRequired[int]
    status: Literal["ok", "error", "unfinished"]
    durationMs: NotRequired[int | float]
    error: NotRequired[str]

class NestedToolCalls(TypedDict):
    calls: list[NestedToolCallRecord]
    complete: bool

class ToolResultMessage(TypedDict):
    role: Literal["toolResult"]
    toolCallId: str
    toolName: str
    content: list[TextContent | ImageContent]
    details: NotRequired[Any]
    usage: NotRequired[Usage]
    nestedCalls: NotRequired[NestedToolCalls]
    isError: bool
    timestamp: int
    durationMs: NotRequired[int | float]

Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolResultMessage

class BashExecutionMessage(TypedDict):
    role: Literal["bashExecution"]
    command: str
    output: str
    exitCode: NotRequired[int]
    cancelled: bool
    truncated: bool
    fullOutputPath: NotRequired[str]
    timestamp: int
    excludeFromContext: NotRequired[bool]

class CustomMessage(TypedDict):
    role: Literal["custom"]
    customType: str
    content: str | list[TextContent | ImageContent]
    display: bool
    details: NotRequired[Any]
    timestamp: int

class BranchSummaryMessage(TypedDict):
    role: Literal["branchSummary"]
    summary: str
    fromId: str | None
    timestamp: int

class CompactionSummaryMessage(TypedDict):
    role: Literal["compactionSummary"]
    summary: str
    tokensBefore: int
    timestamp: int

AgentMessage: TypeAlias = (
    Message | BashExecutionMessage | CustomMessage | BranchSummaryMessage | CompactionSummaryMessage
)

class FileOperations(TypedDict):
    read: list[str]
    written: list[str]
    edited: list[str]

class CompactionSettings(TypedDict):
    enabled: bool
    reserveTokens: int
    keepRecentTokens: int

class CompactionPreparation(TypedDict):
    firstKeptEntryId: str
    messagesToSummarize: list[AgentMessage]
    turnPrefixMessages: list[AgentMessage]
    isSplitTurn: bool
    tokensBefore: int
    previousSummary: NotRequired[str]
    fileOps: FileOperations
    settings: CompactionSettings

class SessionMessageEntry(TypedDict):
    type: Literal["message"]
    message: AgentMessage
    id: str
    parentId: str | None
    timestamp: str

class ThinkingLevelChangeEntry(TypedDict):
    type: Literal["thinking_level_change"]
    thinkingLevel: str
    id: str
    parentId: str | None
    timestamp: str

class ModelChangeEntry(TypedDict):
    type: Literal["model_change"]
    provider: str
    modelId: str
    id: str
    parentId: str | None
    timestamp: str

class UsageEntry(TypedDict):
    type: Literal["usage"]
    kind: str
    provider: str
    model: str
    usage: Usage
    note: NotRequired[str]
    id: str
    parentId: str | None
    timestamp: str

class CompactionEntry(TypedDict):
    type: Literal["compaction"]
    summary: str
    firstKeptEntryId: str
    tokensBefore: int
    details: NotRequired[Any]
    usage: NotRequired[Usage]
    fromHook: NotRequired[bool]
    systemMessage: NotRequired[SystemMessage]
    id: str
    parentId: str | None
    timestamp: str

class BranchSummaryEntry(TypedDict):
    type: Literal["branch_summary"]
    fromId: str
    summary: str
    details: NotRequired[Any]
    usage: NotRequired[Usage]
    fromHook: NotRequired[bool]
    id: str
    parentId: str | None
    timestamp: str

class CustomEntry(TypedDict):
    type: Literal["custom"]
    customType: str
    data: NotRequired[Any]
    id: str
    parentId: str | None
    timestamp: str

class CustomMessageEntry(TypedDict):
    type: Literal["custom_message"]
    customType: str
    content: str | list[TextContent | ImageContent]
    details: NotRequired[Any]
    display: bool
    id: str
    parentId: str | None
    timestamp: str

ContextEditableContent: TypeAlias = (
    str | list[TextContent | ImageContent] | list[TextContent | ThinkingContent | ToolCall]
)

class ContextEditEntryReplacement(TypedDict):
    content: ContextEditableContent

class ContextEditEntry(TypedDict):
    type: Literal["context_edit"]
    targetId: str
    replacement: ContextEditEntryReplacement | None
    id: str
    parentId: str | None
    timestamp: str

class LabelEntry(TypedDict):
    type: Literal["label"]
    targetId: str
    label: NotRequired[str]
    id: str
    parentId: str | None
    timestamp: str

class SessionInfoEntry(TypedDict):
    type: Literal["session_info"]
    name: NotRequired[str]
    id: str
    parentId: str | None
    timestamp: str

SessionEntry: TypeAlias = (
    SessionMessageEntry
    | ThinkingLevelChangeEntry
    | ModelChangeEntry
    | UsageEntry
    | CompactionEntry
    | BranchSummaryEntry
    | CustomEntry
    | CustomMessageEntry
    | ContextEditEntry
    | LabelEntry
    | SessionInfoEntry
)

class CompactionResult(TypedDict):
    summary: str
    firstKeptEntryId: str
    tokensBefore: int
    estimatedTokensAfter: NotRequired[int]
    usage: NotRequired[Usage]
    details: NotRequired[Any]

McpExposure: TypeAlias = Literal["codemode", "deferred", "direct", "hidden"]

class McpStdioServerConfig(TypedDict):
    env: NotRequired[dict[str, str]]
    cwd: NotRequired[str]
    command: str
    args: NotRequired[list[str]]
    enabled: NotRequired[bool]
    exposure: NotRequired[McpExposure]
    description: NotRequired[str]
    toolExposure: NotRequired[dict[str, McpExposure]]
    timeout: NotRequired[int | float]

class McpOAuthConfig(TypedDict):
    clientSecret: NotRequired[str]
    clientName: NotRequired[str]
    clientRegistration: NotRequired[Literal["auto", "dcr", "cimd"]]

class McpHttpServerConfigAuth(TypedDict):
    provider: str

class McpHttpServerConfig(TypedDict):
    headers: NotRequired[dict[str, str]]
    oauth: NotRequired[McpOAuthConfig]
    auth: NotRequired[McpHttpServerConfigAuth]
    url: str
    enabled: NotRequired[bool]
    exposure: NotRequired[McpExposure]
    description: NotRequired[str]
    toolExposure: NotRequired[dict[str, McpExposure]]
    timeout: NotRequired[int | float]

McpServerConfig: TypeAlias = McpStdioServerConfig | McpHttpServerConfig

class RegisteredMcpServer(TypedDict):
    name: str
    config: McpServerConfig
    extensionPath: str

class TreePreparation(TypedDict):
    targetId: str
    oldLeafId: str | None
    commonAncestorId: str | None
    entriesToSummarize: list[SessionEntry]
    userWantsSummary: bool
    customInstructions: NotRequired[str]
    replaceInstructions: NotRequired[bool]
    label: NotRequired[str]

class SessionBeforeTreeSummary(TypedDict):
    summary: str
    details: NotRequired[Any]
    usage: NotRequired[Usage]

CacheWarmingAction: TypeAlias = Literal["warm", "stop"]
ProviderHeaders: TypeAlias = dict[str, str | None]

class NormalizedBuildSystemPromptOptionsContextFiles(TypedDict):
    path: str
    content: str

SourceScope: TypeAlias = Literal["user", "project", "temporary"]
SourceOrigin: TypeAlias = Literal["package", "top-level"]

class SourceInfo(TypedDict):
    path: str
    source: str
    scope: SourceScope
    origin: SourceOrigin
    baseDir: NotRequired[str]
    changelogPath: NotRequired[str]

class Skill(TypedDict):
    name: str
    description: str
    filePath: str
    baseDir: str
    sourceInfo: SourceInfo
    disableModelInvocation: bool

class NormalizedBuildSystemPromptOptions(TypedDict):
    customPrompt: NotRequired[str]
    forceSystemPrompt: NotRequired[str]
    selectedTools: list[str]
    hiddenTools: NotRequired[list[str]]
    toolSnippets: dict[str, str]
    toolGuidelines: NotRequired[dict[str, list[str]]]
    promptGuidelines: list[str]
    appendSystemPrompt: NotRequired[str]
    sections: NotRequired[dict[str, str]]
    cwd: str
    contextFiles: list[NormalizedBuildSystemPromptOptionsContextFiles]
    skills: list[Skill]

class BeforeAgentStartMessage(TypedDict):
    customType: str
    content: str | list[TextContent | ImageContent]
    display: bool
    details: NotRequired[Any]

class CustomEntryDraft(TypedDict):
    type: Literal["custom"]
    customType: str
    data: NotRequired[Any]

class CustomMessageEntryDraft(TypedDict):
    type: Literal["custom_message"]
    customType: str
    content: str | list[TextContent | ImageContent]
    display: bool
    details: NotRequired[Any]

class ContextEditEntryDraftReplacement(TypedDict):
    content: ContextEditableContent

class ContextEditEntryDraft(TypedDict):
    type: Literal["context_edit"]
    targetId: str
    replacement: ContextEditEntryDraftReplacement | None

class CompactionEntryDraft(TypedDict):
    type: Literal["compaction"]
    summary: str
    firstKeptEntryId: str | None
    details: NotRequired[Any]
    usage: NotRequired[Usage]

SessionBoundaryDraft: TypeAlias = (
    CustomEntryDraft | CustomMessageEntryDraft | ContextEditEntryDraft | CompactionEntryDraft
)

class ProjectedSessionEntry(TypedDict):
    sourceEntry: SessionEntry
    messages: list[AgentMessage]

class BoundaryContextPreview(TypedDict):
    contextEntries: list[ProjectedSessionEntry]
    contextMessages: list[AgentMessage]
    llmMessages: list[Message]
    pendingMessages: list[AgentMessage]
    canContinue: bool

AgentActivityOutcome: TypeAlias = Literal["completed", "aborted", "error"]
UIPromptKind: TypeAlias = Literal["select", "confirm", "input", "editor", "custom"]

class AssistantMessageEventStart(TypedDict):
    type: Literal["start"]

class AssistantMessageEventTextStart(TypedDict):
    type: Literal["text_start"]
    contentIndex: int

class AssistantMessageEventTextDelta(TypedDict):
    type: Literal["text_delta"]
    contentIndex: int
    delta: str

class AssistantMessageEventTextEnd(TypedDict):
    type: Literal["text_end"]
    contentIndex: int
    content: str

class AssistantMessageEventThinkingStart(TypedDict):
    type: Literal["thinking_start"]
    contentIndex: int

class AssistantMessageEventThinkingDelta(TypedDict):
    type: Literal["thinking_delta"]
    contentIndex: int
    delta: str

class AssistantMessageEventThinkingEnd(TypedDict):
    type: Literal["thinking_end"]
    contentIndex: int
    content: str

class AssistantMessageEventToolcallStart(TypedDict):
    type: Literal["toolcall_start"]
    contentIndex: int

class AssistantMessageEventToolcallDelta(TypedDict):
    type: Literal["toolcall_delta"]
    contentIndex: int
    delta: str

class AssistantMessageEventToolcallEnd(TypedDict):
    type: Literal["toolcall_end"]
    contentIndex: int
    toolCall: ToolCall

class AssistantMessageEventDone(TypedDict):
    type: Literal["done"]
    reason: Literal["stop", "length", "toolUse", "deferred"]
    message: AssistantMessage

class AssistantMessageEventError(TypedDict):
    type: Literal["error"]
    reason: Literal["error", "aborted"]
    error: AssistantMessage

AssistantMessageEvent: TypeAlias = (
    AssistantMessageEventStart
    | AssistantMessageEventTextStart
    | AssistantMessageEventTextDelta
    | AssistantMessageEventTextEnd
    | AssistantMessageEventThinkingStart
    | AssistantMessageEventThinkingDelta
    | AssistantMessageEventThinkingEnd
    | AssistantMessageEventToolcallStart
    | AssistantMessageEventToolcallDelta
    | AssistantMessageEventToolcallEnd
    | AssistantMessageEventDone
    | AssistantMessageEventError
)

class ThinkingLevelMap(TypedDict):
    off: NotRequired[str | None]
    minimal: NotRequired[str | None]
    low: NotRequired[str | None]
    medium: NotRequired[str | None]
    high: NotRequired[str | None]
    xhigh: NotRequired[str | None]
    max: NotRequired[str | None]

class ModelPromptCache(TypedDict):
    short: NotRequired[int | float]
    long: NotRequired[int | float]

SamplingParams: TypeAlias = dict[str, Any]

class SamplingParamsByThinkingLevel(TypedDict):
    high: NotRequired[SamplingParams]
    low: NotRequired[SamplingParams]
    max: NotRequired[SamplingParams]
    medium: NotRequired[SamplingParams]
    minimal: NotRequired[SamplingParams]
    off: NotRequired[SamplingParams]
    xhigh: NotRequired[SamplingParams]

ModelInputModality: TypeAlias = Literal["image", "text"]

class ModelInputLimitsImagesResize(TypedDict):
    maxWidth: NotRequired[int | float]
    maxHeight: NotRequired[int | float]
    maxBytes: NotRequired[int | float]
    jpegQuality: NotRequired[int | float]

class ModelInputLimitsImages(TypedDict):
    resize: NotRequired[ModelInputLimitsImagesResize]
    maxPerMessage: NotRequired[int | float]
    maxPerRequest: NotRequired[int | float]

class ModelInputLimits(TypedDict):
    maxRequestBytes: NotRequired[int | float]
    images: NotRequired[ModelInputLimitsImages]

class ModelCostTiers(TypedDict):
    input: int | float
    output: int | float
    cacheRead: int | float
    cacheWrite: int | float
    inputTokensAbove: int | float

class ModelCost(TypedDict):
    input: int | float
    output: int | float
    cacheRead: int | float
    cacheWrite: int | float
    tiers: NotRequired[list[ModelCostTiers]]

class Model(TypedDict):
    type: NotRequired[Literal["chat"]]
    reasoning: bool
    thinkingLevelMap: NotRequired[ThinkingLevelMap]
    promptCache: NotRequired[ModelPromptCache]
    contextWindow: int
    maxTokens: int
    samplingParams: NotRequired[SamplingParams]
    samplingParamsByThinkingLevel: NotRequired[SamplingParamsByThinkingLevel]
    compat: NotRequired[Any]
    id: str
    name: str
    api: str
    provider: ProviderId
    baseUrl: str
    input: list[ModelInputModality]
    inputLimits: NotRequired[ModelInputLimits]
    cost: ModelCost
    headers: NotRequired[dict[str, str]]

ModelSelectSource: TypeAlias = Literal["set", "cycle", "restore"]
ThinkingLevel: TypeAlias = Literal["off", "minimal", "low", "medium", "high", "xhigh", "max"]

class BashToolInput(TypedDict):
    timeout: NotRequired[int | float]
    command: str

PowerShellToolInput: TypeAlias = BashToolInput

class ReadToolInput(TypedDict):
    offset: NotRequired[int]
    limit: NotRequired[int]
    path: str

class EditToolInputEdits(TypedDict):
    oldText: str
    newText: str

class EditToolInput(TypedDict):
    path: str
    edits: list[EditToolInputEdits]

class WriteToolInput(TypedDict):
    content: str
    path: str

class GrepToolInput(TypedDict):
    path: NotRequired[str]
    limit: NotRequired[int]
    glob: NotRequired[str]
    ignoreCase: NotRequired[bool]
    literal: NotRequired[bool]
    context: NotRequired[int]
    pattern: str

class FindToolInput(TypedDict):
    path: NotRequired[str]
    limit: NotRequired[int]
    pattern: str

class LsToolInput(TypedDict):
    path: NotRequired[str]
    limit: NotRequired[int]

class BashResult(TypedDict):
    output: str
    exitCode: NotRequired[int]
    cancelled: bool
    truncated: bool
    fullOutputPath: NotRequired[str]

InputSource: TypeAlias = Literal["interactive", "rpc", "extension"]
ResourcesDiscoverReason: TypeAlias = Literal["startup", "reload"]
SessionStartReason: TypeAlias = Literal["startup", "reload", "new", "resume", "fork"]
SessionBeforeSwitchReason: TypeAlias = Literal["new", "resume"]
SessionBeforeForkPosition: TypeAlias = Literal["before", "at"]
CompactionPreparationHandle: TypeAlias = Handle[CompactionPreparation]
SessionEntryListHandle: TypeAlias = Handle[list[SessionEntry]]
SessionBeforeCompactReason: TypeAlias = Literal["manual", "threshold", "overflow"]
SessionCompactReason: TypeAlias = Literal["manual", "threshold", "overflow"]
SessionCompactFailedReason: TypeAlias = Literal["manual", "threshold", "overflow"]
SessionShutdownReason: TypeAlias = Literal["quit", "reload", "new", "resume", "fork"]
TreePreparationHandle: TypeAlias = Handle[TreePreparation]
BeforeAgentStartMessageType: TypeAlias = Literal["user", "custom"]
BoundaryContextPreviewHandle: TypeAlias = Handle[BoundaryContextPreview]
UIPromptStartReason: TypeAlias = Literal["ui_prompt"]
UIPromptEndReason: TypeAlias = Literal["ui_prompt"]
InputStreamingBehavior: TypeAlias = Literal["steer", "followUp"]
