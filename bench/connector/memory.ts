import { answer, type Connector, clockOf } from "../../functions/connector-kit/core";

const quiet = () => undefined;

/**
 * Child process: so many rows through the kit, in as many requests as it takes; tells the most memory it had.
 * Run with a small heap limit, so that garbage doesn't pass for need.
 */
async function main(rows: number): Promise<void> {
  const text = "x".repeat(100);
  const connector: Connector<number> = {
    schema: { items: { primaryKey: ["id"] } },
    test: async () => undefined,
    async *pull(cursor = 0) {
      for (let at = cursor; at < rows; at += 1_000) {
        yield {
          upserts: { items: Array.from({ length: 1_000 }, (_, id) => ({ id: at + id, text })) },
          cursor: at + 1_000,
        };
      }
    },
  };
  let requests = 0;
  let sent = 0;
  for (let state: unknown = {}, more = true; more; requests += 1) {
    const response = await answer(
      connector as unknown as Connector,
      { state, secrets: {} },
      {
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        clock: clockOf(() => 60_000),
        putFile: async () => undefined,
      },
    );
    sent += response.insert?.items?.length ?? 0;
    JSON.stringify(response);
    ({ state, hasMore: more } = response);
  }
  if (sent !== rows) throw new Error(`${sent} of ${rows} rows went out.`);
  process.send?.({ requests, peakMb: process.resourceUsage().maxRSS / 1024 });
}

main(Number(process.argv[2])).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
