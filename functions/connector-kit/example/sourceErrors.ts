/** The source's answer was none that can be used. */
export class SourceAnswerError extends Error {
  override readonly name = "SourceAnswerError";

  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter?: string,
  ) {
    super(message);
  }
}

/** Too many requests, the source's own failure, or no answer at all. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof SourceAnswerError) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError");
}

/** `Retry-After` in milliseconds: it is a number of seconds or a date. Undefined when there is none. */
export function retryAfterMs(error: unknown, now = Date.now()): number | undefined {
  if (!(error instanceof SourceAnswerError) || error.retryAfter === undefined) return undefined;
  const seconds = Number(error.retryAfter);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(error.retryAfter) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
