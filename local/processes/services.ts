import { rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Log } from "../setup/command";
import type { Tools } from "../setup/ensureTools";
import { binFolder, logFolder, repository } from "../setup/paths";
import { type Child, pidFolder, startChild } from "./child";
import { childEnvironment } from "./environment";
import { freePort } from "./freePort";
import { stopLeftovers } from "./leftovers";
import { temporaryFolder } from "./temporary";

export interface Service {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
}

export interface Services {
  /** MiniStack, with IAM enforced. */
  readonly aws: Service;
  /** fakesnow, with pipes. */
  readonly snowflake: Service;
  /** What a process needs to reach the services: endpoints, credentials, region, and the launchers on the PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** For temporary files; removed when the services are stopped. */
  readonly temporaryFolder: string;
  /** Resolves when a service has ended by itself. */
  readonly died: Promise<Error>;
  /** Aborted when the services are being stopped, or when one has ended by itself. */
  readonly signal: AbortSignal;
  /** Leaves SIGINT and SIGTERM to the caller, who stops the services. */
  leaveSignals(): void;
  /** Ends both services and everything they started. */
  stop(): Promise<void>;
}

export interface StartServicesArgs {
  /** From ensureTools() or ensureServiceTools(). */
  readonly tools: Pick<Tools, "awsPython" | "snowflakePython" | "dbtPython">;
  /** Takes the lines of progress. @default none is shown */
  readonly log?: Log;
  /** Names the log files of a run beside others. @default "" */
  readonly logSuffix?: string;
}

const names = { aws: "the local AWS", snowflake: "the local Snowflake" };
const scripts = { aws: "ministack/aws_server.py", snowflake: "fakesnow/snowflake_server.py" };

/**
 * Starts the local cloud on free loopback ports, after stopping what a killed run left behind. The services end with
 * this process: on exit, SIGINT and SIGTERM, and by themselves when it is killed.
 *
 * @throws Error with the end of the service's log when one isn't ready in time; nothing is left running then.
 */
export async function startServices(args: StartServicesArgs): Promise<Services> {
  const log = args.log ?? (() => undefined);
  const stopped = await stopLeftovers(pidFolder);
  if (stopped.length > 0) log(`Stopped what an earlier run left behind: ${stopped.join(", ")}`);
  const temporary = await temporaryFolder();
  const suffix = args.logSuffix ? `-${args.logSuffix}` : "";
  const running: Child[] = [];
  const lifetime = new AbortController();
  const stop = async () => {
    leaveSignals();
    lifetime.abort();
    await Promise.all(running.splice(0).map((child) => child.stop()));
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  };
  const leaveSignals = stopOnSignals(stop);
  try {
    const containerPath = [dirname(args.tools.dbtPython), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);
    const aws = await start("aws", args.tools.awsPython, [join(logFolder, `model-problems${suffix}.jsonl`)], {
      LOCAL_CONTAINER_PATH: containerPath,
    });
    const environment = environmentOf(aws.endpoint);
    const snowflake = await start("snowflake", args.tools.snowflakePython, [], { LOCAL_AWS_ENDPOINT: aws.endpoint });
    log(`AWS at ${aws.endpoint}, Snowflake at ${snowflake.endpoint}`);
    const died = Promise.race(running.map((child) => child.died));
    void died.then(() => lifetime.abort());
    return {
      aws,
      snowflake,
      environment: { ...environment, LOCAL_SNOWFLAKE_ENDPOINT: snowflake.endpoint },
      temporaryFolder: temporary,
      died,
      signal: lifetime.signal,
      leaveSignals,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function start(
    name: keyof typeof scripts,
    python: string,
    more: string[],
    env: Record<string, string>,
  ): Promise<Service> {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const logFile = join(logFolder, `${name}${suffix}.log`);
    const child = await startChild({
      name: names[name],
      command: python,
      script: join(repository, "local", scripts[name]),
      args: [String(port), ...more],
      env: childEnvironment({ ...env, TMPDIR: temporary, PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" }),
      logFile,
      healthUrl: `${endpoint}/_local/health`,
    });
    running.push(child);
    return { endpoint, port, pid: child.pid, logFile };
  }
}

function environmentOf(awsEndpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: awsEndpoint,
    LOCAL_AWS_ENDPOINT: awsEndpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    PATH: `${binFolder}${delimiter}${process.env.PATH ?? ""}`,
  };
}

/** On SIGINT and SIGTERM the services are stopped first, then the signal does what it would have done. */
function stopOnSignals(stop: () => Promise<void>): () => void {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const handlers = signals.map((signal) => {
    const handler = () => {
      stop().finally(() => process.kill(process.pid, signal));
    };
    process.once(signal, handler);
    return { signal, handler };
  });
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}
