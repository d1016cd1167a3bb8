// Stands in for a package whose 1.5.2 is not published: the fields that pi documents for an MCP server entry.
export interface McpServerFields {
  enabled?: boolean;
}
export interface McpStdioServerConfig extends McpServerFields {
  command: string;
  args?: string[];
}
export interface McpHttpServerConfig extends McpServerFields {
  url: string;
}
export interface McpOAuthConfig {}
