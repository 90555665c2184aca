/** A random wait between 0 and the exponential bound ("full jitter"), in milliseconds. */
export function fullJitter(attempt: number, baseMs = 50, capMs = 5_000, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));
}

/** Resolves after so many milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits so many milliseconds, or until it is over: looks ten times a second. */
export async function sleepUnless(ms: number, isOver: () => boolean): Promise<void> {
  for (let left = ms; left > 0 && !isOver(); left -= SLICE_MS) await sleep(Math.min(left, SLICE_MS));
}

const SLICE_MS = 100;

const THROTTLES = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottledError",
  "ThrottlingException",
  "RequestLimitExceeded",
  "LimitExceededException",
  "RequestThrottled",
  "SlowDown",
]);

/** True for the names of the answers by which AWS asks for fewer requests. */
export function isThrottleName(name: string): boolean {
  return THROTTLES.has(name);
}

/** True for the answers by which AWS asks for fewer requests. */
export function isThrottle(error: unknown): boolean {
  return error instanceof Error && isThrottleName(error.name);
}

/** True for an error of this name, as the SDK names its service exceptions. */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** The one error, or one that tells them all. */
export function allOf(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new AggregateError(errors, errors.map(String).join("\n"));
}
