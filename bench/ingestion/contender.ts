import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** What a contender's process answers to each "run". */
export interface Measured {
  readonly items: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Against the loopback server, with credentials that sign but open nothing. */
export function benchClient(): DynamoDBClient {
  return new DynamoDBClient({
    region: "us-east-1",
    endpoint: process.env.BENCH_ENDPOINT,
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
  });
}

/** Serves a contender: each message is one measured run, whose CPU time is the process's own. */
export function serve(run: () => Promise<number>): void {
  process.on("message", () => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    run().then(
      (items) => {
        const { user, system } = process.cpuUsage(cpu);
        const measured: Measured = {
          items,
          cpuSeconds: (user + system) / 1e6,
          seconds: (performance.now() - start) / 1000,
        };
        process.send?.(measured);
      },
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on("disconnect", () => process.exit());
  process.send?.("ready");
}
