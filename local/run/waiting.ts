import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 1_000;

export function secondsSince(start: number): number {
  return (Date.now() - start) / 1000;
}

/** Asks once a second until the answer is yes. @returns false when the time is over before */
export async function until(seconds: number, isDone: () => Promise<boolean>): Promise<boolean> {
  const start = Date.now();
  for (;;) {
    if (await isDone()) return true;
    if (secondsSince(start) > seconds) return false;
    await sleep(pollMs);
  }
}
