/** What every refusal of the Fivetran API has in common. `name` is what the state machine's Catch and Retry see. */
interface Refusal {
  /** HTTP status of the last answer; undefined where none came. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** The API gave no usable answer: it refused the request, or every retry met a 5xx, a time-out or a broken connection. */
export class FivetranApiError extends Error {
  override readonly name: string = "FivetranApiError";
  readonly status: number | undefined;

  constructor(message: string, { status, cause }: Refusal = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** The account's request limit is used up, and it won't be free again within the function's time. */
export class FivetranThrottled extends FivetranApiError {
  override readonly name = "FivetranThrottled";
}

/** No such group, connection or webhook, or the key may not see it. */
export class FivetranNotFound extends FivetranApiError {
  override readonly name = "FivetranNotFound";
}

/** The API key is wrong, revoked, or lacks the right. */
export class FivetranUnauthorized extends FivetranApiError {
  override readonly name = "FivetranUnauthorized";
}
