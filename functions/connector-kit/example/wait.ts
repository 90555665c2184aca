import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after so many milliseconds. @throws the signal's reason as soon as it is aborted */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
