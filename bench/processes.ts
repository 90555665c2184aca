import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** The child's next message. @throws Error when it ends instead. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", stop).then(([message]) => message as unknown),
      once(child, "exit", stop).then(([code]) => {
        throw new Error(`A process of the benchmark ended with ${code}.`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}
