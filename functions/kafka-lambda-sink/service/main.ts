import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { parseSinkConfig } from "../config/config";
import { readConnectorFile } from "../config/file";
import { lambdaClients, mskTokens } from "./clients";
import { environment } from "./environment";
import { LambdaInvoker } from "./invoker";
import { SinkService } from "./service";

const log = createLogger("kafka-lambda-sink");

/** The container: delivers until SIGTERM; ends with 1 where it can't go on, so that ECS starts another. */
async function main(): Promise<void> {
  const env = parseEnvironment(environment);
  const given = readConnectorFile(env.SINK_CONFIG, "SINK_CONFIG");
  const { config, notices } = parseSinkConfig(given, (name) => process.env[name]);
  for (const notice of notices) log.warn(notice);
  const region = process.env.AWS_REGION ?? config.lambda.region ?? "";
  const service = new SinkService({
    config,
    log,
    pipeline: env.PIPELINE,
    healthPort: env.HEALTH_PORT,
    stopMs: env.STOP_SECONDS * 1_000,
    invoker: new LambdaInvoker(config.lambda, lambdaClients(config.lambda)),
    mskToken: mskTokens(region),
    write: (line) => process.stdout.write(`${line}\n`),
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => service.stop());
  await service.run();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    log.error("The sink ends", error as Error);
    process.exit(1);
  },
);
