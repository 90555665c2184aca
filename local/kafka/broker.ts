import { createServer } from "node:net";
import { join } from "node:path";
import { type Child, startChild } from "../processes/child";
import { freePort } from "../processes/freePort";
import type { Log } from "../setup/command";
import { ensureKafkaBroker } from "../setup/kafkaBroker";
import { logFolder } from "../setup/paths";

/** A cluster in memory, on loopback. */
export interface BrokerOptions {
  /** Partitions by topic. */
  readonly topics?: Readonly<Record<string, number>>;
  /** @default 1 */
  readonly brokers?: number;
  /** `mechanism:user:password`, each; switches SASL on. */
  readonly users?: readonly string[];
  /** Files in PEM. `clients`: who signs the certificates that clients must have. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clients?: string };
  readonly name?: string;
  readonly log?: Log;
}

/** Kafka's numbers of the calls that can be made to fail. */
export const apiKeys = {
  Produce: 0,
  Fetch: 1,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  SyncGroup: 14,
} as const;

export class KafkaBroker {
  constructor(
    /** `127.0.0.1:port`, each. */
    readonly addresses: readonly string[],
    private readonly control: string,
    private readonly child: Child,
  ) {}

  get died(): Promise<Error> {
    return this.child.died;
  }

  /** The partitions' leaders move to other brokers. */
  moveLeaders(): Promise<void> {
    return this.post("/leaders");
  }

  /** The groups' coordinators do. */
  moveCoordinators(): Promise<void> {
    return this.post("/coordinators");
  }

  /** @param error Kafka's number; left out: the connection is closed */
  fail(call: keyof typeof apiKeys, { error = 0, times = 1 } = {}): Promise<void> {
    return this.post(`/fail?key=${apiKeys[call]}&error=${error}&times=${times}`);
  }

  /** How many calls were made to fail so far. */
  async failed(): Promise<number> {
    return Number(await (await fetch(`${this.control}/failed`)).text());
  }

  stop(): Promise<void> {
    return this.child.stop();
  }

  private async post(path: string): Promise<void> {
    const { ok, status } = await fetch(this.control + path, { method: "POST" });
    if (!ok) throw new Error(`The broker answers ${path} with ${status}`);
  }
}

/** @throws Error naming what to install where there is no Go */
export async function startKafkaBroker(options: BrokerOptions = {}): Promise<KafkaBroker> {
  const { topics = {}, brokers = 1, users = [], tls, name = "kafka", log = () => undefined } = options;
  const script = await ensureKafkaBroker(log);
  const control = await freePort();
  const port = await freePorts(brokers);
  const list = Object.entries(topics).map(([topic, partitions]) => `${topic}=${partitions}`);
  const args = [
    "-port",
    port,
    "-control",
    control,
    "-brokers",
    brokers,
    "-topics",
    list.join(","),
    "-users",
    users.join(","),
  ];
  const files =
    tls === undefined
      ? []
      : ["-tls-certificate", tls.certificate, "-tls-key", tls.key, "-tls-clients", tls.clients ?? ""];
  const child = await startChild({
    name: "The Kafka broker",
    // It is its own program; `env` lets it be started as scripts are.
    command: "/usr/bin/env",
    script,
    args: [...args, ...files].map(String),
    env: process.env,
    logFile: join(logFolder, `${name}.log`),
    healthUrl: `http://127.0.0.1:${control}/health`,
  });
  const addresses = Array.from({ length: brokers }, (_, i) => `127.0.0.1:${port + i}`);
  return new KafkaBroker(addresses, `http://127.0.0.1:${control}`, child);
}

/** The first of several free ports in a row. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    if (
      count === 1 ||
      (await Promise.all(Array.from({ length: count - 1 }, (_, i) => isFree(first + 1 + i)))).every(Boolean)
    ) {
      return first;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
