import type { Redactor } from "./redaction";
import type { ConnectorLog } from "./types";

/** A log that secrets don't get through. */
export function redactedLog(log: ConnectorLog, redactor: Redactor): ConnectorLog {
  const write =
    (level: keyof ConnectorLog): ConnectorLog["info"] =>
    (message, fields) => {
      const text = redactor.text(String(message));
      if (fields === undefined) log[level](text);
      else log[level](text, redactor.value(fields) as Readonly<Record<string, unknown>>);
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
