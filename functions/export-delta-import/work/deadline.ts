import type { Context } from "aws-lambda";

/**
 * When an invocation has to leave the rest to the next one: with 60 s or a quarter of its time left, whichever is less.
 * What it does between two looks takes seconds.
 */
export function invocationDeadline({ getRemainingTimeInMillis }: Pick<Context, "getRemainingTimeInMillis">): {
  near(): boolean;
} {
  const margin = Math.min(60_000, getRemainingTimeInMillis() / 4);
  return { near: () => getRemainingTimeInMillis() < margin };
}
