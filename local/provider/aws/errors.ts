import { setTimeout as sleep } from "node:timers/promises";

/** The value, or undefined when the service says that the thing isn't there. */
export async function found<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Deletion of what may be gone already. */
export async function unlessGone(work: () => Promise<unknown>): Promise<void> {
  await found(work);
}

/** `NoSuchBucket`, `ResourceNotFoundException`, `QueueDoesNotExist`, `NotFound`, `NoSuchEntity`, … */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === 404 || /^NoSuch|NotFound|NonExistent|DoesNotExist|NotFoundError$/.test(error.name);
}

/** Tries again while a new role or queue isn't known everywhere yet; other errors pass at once. */
export async function eventually<T>(retryable: RegExp, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (let wait = 50; ; wait = Math.min(wait * 2, 1000)) {
    try {
      return await work();
    } catch (error) {
      const retry = error instanceof Error && retryable.test(`${error.name}: ${error.message}`);
      if (!retry || Date.now() + wait > deadline) throw error;
      await sleep(wait);
    }
  }
}
