/** The base of what the kit throws; the message says what, where and the fix. */
export class ConnectorError extends Error {
  override readonly name: string = "ConnectorError";
}

/** Fivetran's request isn't of the form that is documented. */
export class RequestError extends ConnectorError {
  override readonly name = "RequestError";
}

/** The state can't be continued from. */
export class StateError extends ConnectorError {
  override readonly name = "StateError";
}

/** A page of the connector can't be handed over. */
export class PageError extends ConnectorError {
  override readonly name = "PageError";
}

/** A row of a page can't be handed over. */
export class RowError extends ConnectorError {
  override readonly name = "RowError";
}

/** Time was up before anything could be handed over, again and again. */
export class DeadlineError extends ConnectorError {
  override readonly name = "DeadlineError";
}

/** The connector's own code or its source failed. */
export class SourceError extends ConnectorError {
  override readonly name = "SourceError";
}
