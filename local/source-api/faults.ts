/** What goes wrong, counted over the requests for data, so that a run can be repeated. */
export interface Faults {
  /** Each so-manyth request is answered 429. */
  readonly throttleEvery?: number;
  /** `Retry-After` of a 429, in seconds; as a date when `retryAfterDate` is set. */
  readonly retryAfterSeconds?: number;
  readonly retryAfterDate?: boolean;
  /** Each so-manyth request is answered 503. */
  readonly failEvery?: number;
  /** Every request is answered 503. */
  readonly failAlways?: boolean;
  /** Each so-manyth request is answered late. */
  readonly slowEvery?: number;
  readonly slowMs?: number;
  /** A token is good for so many requests. */
  readonly tokenUses?: number;
  /** Each so-manyth row lacks its id. */
  readonly idlessEvery?: number;
  /** Each so-manyth request's connection is cut. */
  readonly cutEvery?: number;
}

export type Fault = "throttle" | "fail" | "cut";

/** The fault of a request, by its number from 1. */
export function faultOf(faults: Faults, request: number): Fault | undefined {
  const is = (every: number | undefined) => every !== undefined && request % every === 0;
  if (faults.failAlways) return "fail";
  if (is(faults.throttleEvery)) return "throttle";
  if (is(faults.failEvery)) return "fail";
  return is(faults.cutEvery) ? "cut" : undefined;
}

export function delayOf({ slowEvery, slowMs = 0 }: Faults, request: number): number {
  return slowEvery !== undefined && request % slowEvery === 0 ? slowMs : 0;
}
