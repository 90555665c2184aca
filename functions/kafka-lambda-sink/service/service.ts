import { createServer, type Server } from "node:http";
import type { Log } from "../../shared/log";
import type { SinkConfig } from "../config/config";
import { makeConverter } from "../convert/factory";
import { recordConverter } from "../convert/records";
import type { ConfigurationError } from "../core/errors";
import type { MskToken } from "../kafka/access";
import { KafkaConsumer } from "../kafka/consumer";
import type { LambdaInvoker } from "./invoker";
import { gaugesOf, SinkMetrics } from "./metrics";

export interface ServiceOptions {
  readonly config: SinkConfig;
  readonly pipeline: string;
  readonly healthPort: number;
  /** Milliseconds between the request to stop and the end. */
  readonly stopMs: number;
  readonly invoker: LambdaInvoker;
  readonly mskToken: MskToken;
  readonly log: Log;
  /** Takes a line of metrics. */
  readonly write: (line: string) => void;
}

const METRICS_MS = 60_000;
/** What is kept of the stop time for leaving the group. */
const LEAVING_MS = 5_000;

/** One task: the consumer, its health check and its metrics, from the start to the end. */
export class SinkService {
  private readonly consumer: KafkaConsumer;
  private readonly metrics = new SinkMetrics();
  private readonly server: Server;
  private timer: NodeJS.Timeout | undefined;
  private end: (error: ConfigurationError | undefined) => void = () => {};
  private readonly ended = new Promise<ConfigurationError | undefined>((resolve) => {
    this.end = resolve;
  });

  constructor(private readonly options: ServiceOptions) {
    const { config, invoker, mskToken, log } = options;
    const { key, value, header } = config.converters;
    const parts = { key: makeConverter(key), value: makeConverter(value), header: makeConverter(header) };
    const convert = recordConverter(parts);
    this.consumer = new KafkaConsumer(config, {
      invoke: (batch) => invoker.invoke(batch),
      convert: (_, record) => convert(record),
      count: (counts) => this.metrics.count(counts),
      stopped: () => this.tell(),
      fatal: (error) => this.end(error),
      log,
      mskToken,
    });
    this.server = createServer((_, response) => {
      response.statusCode = this.isHealthy ? 200 : 503;
      response.end(JSON.stringify({ healthy: this.isHealthy, stopped: this.consumer.stops.length }));
    });
  }

  /** The group has answered within three sessions. */
  get isHealthy(): boolean {
    return Date.now() - this.consumer.lastAnswer < 3 * this.options.config.consumer.sessionTimeoutMs;
  }

  /**
   * Delivers until it is stopped.
   * @throws ConfigurationError at the start, or as soon as the task can't go on
   */
  async run(): Promise<void> {
    const { invoker, healthPort, stopMs } = this.options;
    await invoker.check();
    try {
      await this.consumer.start();
      this.server.listen(healthPort);
      this.timer = setInterval(() => this.tell(), METRICS_MS);
      const error = await this.ended;
      if (error !== undefined) throw error;
    } finally {
      clearInterval(this.timer);
      this.server.close();
      await this.consumer.close(Math.max(0, stopMs - LEAVING_MS));
      this.tell();
      invoker.close();
    }
  }

  /** As by SIGTERM: what is in flight is finished and committed. */
  stop(): void {
    this.end(undefined);
  }

  private tell(): void {
    const { status, inFlight, memberId } = this.consumer;
    const gauges = gaugesOf(status, { inFlight, isMember: memberId !== undefined });
    this.options.write(this.metrics.line(this.options.pipeline, gauges, Date.now()));
  }
}
