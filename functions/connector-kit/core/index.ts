/** What a connector needs, free of AWS: it runs wherever Node.js does. */
export { type AnswerPorts, answer, type FivetranResponse } from "./answer";
export { defineConnector } from "./defineConnector";
export {
  ConnectorError,
  DeadlineError,
  PageError,
  RequestError,
  RowError,
  SourceError,
  StateError,
} from "./errors";
export { clockOf, defaultLimits, type Limits } from "./limits";
export { Redactor } from "./redaction";
export type {
  Clock,
  Connector,
  ConnectorContext,
  ConnectorCounts,
  ConnectorLog,
  Json,
  Page,
  PutFile,
  Row,
  Schema,
  TableSchema,
} from "./types";
