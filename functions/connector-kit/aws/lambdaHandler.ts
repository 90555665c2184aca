import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createS3Client } from "../../shared/aws/s3Client";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import {
  answer,
  type Connector,
  type ConnectorLog,
  clockOf,
  defineConnector,
  type FivetranResponse,
  type Json,
  type PutFile,
} from "../core";
import { environment } from "../environment";

/** What of Lambda's context the handler reads. */
export interface ConnectorInvocation {
  getRemainingTimeInMillis(): number;
}

/** The function that Lambda calls. */
export interface ConnectorHandler {
  (event: unknown, context: ConnectorInvocation): Promise<FivetranResponse>;
  /** The connector itself, for who runs it without Lambda. */
  readonly connector: Connector;
}

/**
 * Makes a connector the handler of a Lambda function.
 * @throws ConnectorError when the definition has a mistake, as defineConnector does
 */
export function lambdaHandler<Cursor extends Json>(connector: Connector<Cursor>): ConnectorHandler {
  // The cursor's type is the connector's own affair: the kit hands back only what the connector yielded.
  const untyped = defineConnector(connector) as unknown as Connector;
  let client: S3Client | undefined;
  const putFile = s3Files(() => {
    client ??= createS3Client();
    return client;
  });
  let log: ConnectorLog | undefined;
  const handler = async (event: unknown, context: ConnectorInvocation): Promise<FivetranResponse> => {
    const { PIPELINE } = parseEnvironment(environment);
    log ??= powertoolsLog();
    return answer(untyped, event, {
      log,
      putFile,
      clock: clockOf(() => context.getRemainingTimeInMillis()),
      startFrom: process.env.START || undefined,
      count: ({ AnswerBytes: _, ...counts }) => emitMetrics(PIPELINE, counts),
    });
  };
  return Object.assign(handler, { connector: untyped });
}

function powertoolsLog(): ConnectorLog {
  const logger = createLogger("fivetran-connector");
  const write =
    (level: keyof ConnectorLog): ConnectorLog["info"] =>
    (message, fields = {}) =>
      logger[level](message, { ...fields });
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Writes the files of a sync through an S3 bucket. */
export function s3Files(client: () => S3Client): PutFile {
  return async (Bucket, Key, text) => {
    const Body = Buffer.from(text);
    await client().send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
  };
}
