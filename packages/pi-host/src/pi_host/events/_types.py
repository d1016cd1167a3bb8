"""pi's own JSON types as they are at run time: plain data.

Editors and type checkers read the exact types from the stub beside this module. Nothing inside an event is validated,
so that a newer pi with one more field or value does not break a plugin. Written by codegen/sync.py; do not edit.
"""

from typing import Any

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

AgentActivityOutcome = str
AgentMessage = dict
Api = str
AssistantMessage = dict
AssistantMessageDiagnostic = dict
AssistantMessageEvent = dict
AssistantMessageEventDone = dict
AssistantMessageEventError = dict
AssistantMessageEventStart = dict
AssistantMessageEventTextDelta = dict
AssistantMessageEventTextEnd = dict
AssistantMessageEventTextStart = dict
AssistantMessageEventThinkingDelta = dict
AssistantMessageEventThinkingEnd = dict
AssistantMessageEventThinkingStart = dict
AssistantMessageEventToolcallDelta = dict
AssistantMessageEventToolcallEnd = dict
AssistantMessageEventToolcallStart = dict
BashExecutionMessage = dict
BashResult = dict
BashToolInput = dict
BeforeAgentStartMessage = dict
BeforeAgentStartMessageType = str
BoundaryContextPreview = dict
BoundaryContextPreviewHandle = Any
BranchSummaryEntry = dict
BranchSummaryMessage = dict
CacheWarmingAction = str
CompactionEntry = dict
CompactionEntryDraft = dict
CompactionPreparation = dict
CompactionPreparationHandle = Any
CompactionResult = dict
CompactionSettings = dict
CompactionSummaryMessage = dict
ConstrainedSamplingConfig = dict
ConstrainedSamplingConfigGrammar = dict
ConstrainedSamplingConfigJsonSchema = dict
ContextEditEntry = dict
ContextEditEntryDraft = dict
ContextEditEntryDraftReplacement = dict
ContextEditEntryReplacement = dict
ContextEditableContent = list | str
CustomEntry = dict
CustomEntryDraft = dict
CustomMessage = dict
CustomMessageEntry = dict
CustomMessageEntryDraft = dict
DeferredHandle = dict
DiagnosticErrorInfo = dict
EditToolInput = dict
EditToolInputEdits = dict
FileOperations = dict
FindToolInput = dict
GrammarVariants = dict
GrepToolInput = dict
ImageContent = dict
InputSource = str
InputStreamingBehavior = str
KnownApi = str
KnownProvider = str
LabelEntry = dict
LsToolInput = dict
McpExposure = str
McpHttpServerConfig = dict
McpHttpServerConfigAuth = dict
McpOAuthConfig = dict
McpServerConfig = dict
McpStdioServerConfig = dict
Message = dict
MessageList = Any
Model = dict
ModelChangeEntry = dict
ModelCost = dict
ModelCostTiers = dict
ModelInputLimits = dict
ModelInputLimitsImages = dict
ModelInputLimitsImagesResize = dict
ModelInputModality = str
ModelPromptCache = dict
ModelSelectSource = str
ModelThinkingLevel = str
NestedToolCallRecord = dict
NestedToolCalls = dict
NormalizedBuildSystemPromptOptions = dict
NormalizedBuildSystemPromptOptionsContextFiles = dict
PowerShellToolInput = dict
ProjectTrustEventDecision = str
ProjectedSessionEntry = dict
ProviderHeaders = dict
ProviderId = str
ReadToolInput = dict
RegisteredMcpServer = dict
ResourcesDiscoverReason = str
SamplingParams = dict
SamplingParamsByThinkingLevel = dict
SessionBeforeCompactReason = str
SessionBeforeForkPosition = str
SessionBeforeSwitchReason = str
SessionBeforeTreeSummary = dict
SessionBoundaryDraft = dict
SessionCompactFailedReason = str
SessionCompactReason = str
SessionEntry = dict
SessionEntryListHandle = Any
SessionInfoEntry = dict
SessionMessageEntry = dict
SessionShutdownReason = str
SessionStartReason = str
Skill = dict
SourceInfo = dict
SourceOrigin = str
SourceScope = str
StopReason = str
SystemMessage = dict
TextContent = dict
ThinkingContent = dict
ThinkingLevel = str
ThinkingLevelChangeEntry = dict
ThinkingLevelMap = dict
Tool = dict
ToolCall = dict
ToolReference = dict
ToolResultMessage = dict
TreePreparation = dict
TreePreparationHandle = Any
UIPromptEndReason = str
UIPromptKind = str
UIPromptStartReason = str
Usage = dict
UsageCost = dict
UsageEntry = dict
UserMessage = dict
WriteToolInput = dict
