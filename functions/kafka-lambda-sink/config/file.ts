import { type ConnectorProperties, SinkConfigError } from "./properties";

/**
 * The configuration in a connector's file: JSON as Kafka Connect's REST interface takes it (`{"name": …, "config": {…}}`,
 * or the configuration alone), or properties as standalone workers read them.
 * @param path for messages
 * @throws SinkConfigError
 */
export function readConnectorFile(text: string, path: string): ConnectorProperties {
  return text.trimStart().startsWith("{") ? fromJson(text, path) : fromProperties(text, path);
}

function fromJson(text: string, path: string): ConnectorProperties {
  let parsed: Readonly<Record<string, unknown>>;
  try {
    parsed = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    // The parser's message quotes the text, which may hold a password.
    throw new SinkConfigError([`${path} isn't valid JSON.`]);
  }
  const { name, config } = parsed;
  if (config === undefined) return parsed as ConnectorProperties;
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new SinkConfigError([`${path}: config isn't an object. Fix: give the connector's keys and values there.`]);
  }
  return { ...(typeof name === "string" ? { name } : {}), ...(config as ConnectorProperties) };
}

/** https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader- without escapes of characters */
function fromProperties(text: string, path: string): ConnectorProperties {
  const problems: string[] = [];
  const properties: Record<string, string> = {};
  // A backslash at the end of a line takes the next one along.
  const lines = text.replace(/\\\r?\n[ \t]*/g, "").split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || /^[#!]/.test(trimmed)) continue;
    const [, key, value] = /^([^\s=:]+)\s*[=:]\s*(.*)$/.exec(trimmed) ?? [];
    if (key === undefined) problems.push(`${path}: line ${index + 1} isn't key=value.`);
    else properties[key] = value ?? "";
  }
  if (problems.length > 0) throw new SinkConfigError(problems);
  return properties;
}
