import { ConfigurationError, RecordError, TransientError } from "../core/errors";

/** Kafka's names of the errors in an answer, also of those within others; network errors have their codes. */
export function errorNames(error: unknown): Set<string> {
  const names = new Set<string>();
  const pending: unknown[] = [error];
  for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
    if (typeof each !== "object" || each === null) continue;
    const { apiId, code, cause, errors } = each as Record<string, unknown>;
    if (typeof apiId === "string") names.add(apiId);
    if (typeof code === "string") names.add(code);
    pending.push(cause, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
  }
  return names;
}

/** Nothing gets better by another attempt; what to do about it. */
const configuration: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: "Allow the sink's principal to read the topics and to write the report topics",
  GROUP_AUTHORIZATION_FAILED: "Allow the sink's principal to read the consumer group",
  CLUSTER_AUTHORIZATION_FAILED: "Allow the sink's principal to do this on the cluster",
  SASL_AUTHENTICATION_FAILED: "Check the user and the password, or the role for MSK IAM",
  PLT_KFK_AUTHENTICATION: "Check sasl.mechanism, the user and the password, or the role for MSK IAM",
  UNSUPPORTED_SASL_MECHANISM: "Give a mechanism that the brokers offer",
  FENCED_INSTANCE_ID: "Give each task a group.instance.id of its own, or none",
  INVALID_GROUP_ID: "Give another name or group.id",
  INVALID_SESSION_TIMEOUT: "Give a session.timeout.ms that the brokers allow",
  INVALID_TOPIC_EXCEPTION: "Correct the topic's name",
  UNSUPPORTED_VERSION: "The sink needs brokers of Apache Kafka 3.0 or later",
  PLT_KFK_UNSUPPORTED_API: "The sink needs brokers of Apache Kafka 3.0 or later",
  PLT_KFK_UNSUPPORTED_COMPRESSION: "Run the sink on Node.js 22.15 or later, which knows zstd",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "Give the authority of the brokers' certificates in ssl.truststore.certificates",
  UNABLE_TO_GET_ISSUER_CERT: "Give the authority of the brokers' certificates in ssl.truststore.certificates",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "Give the authority of the brokers' certificates in ssl.truststore.certificates",
  SELF_SIGNED_CERT_IN_CHAIN: "Give the authority of the brokers' certificates in ssl.truststore.certificates",
  DEPTH_ZERO_SELF_SIGNED_CERT: "Give the brokers' certificate in ssl.truststore.certificates",
  CERT_HAS_EXPIRED: "Renew the brokers' certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "Name the brokers as their certificate does",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "Give ssl.keystore.certificate.chain and ssl.keystore.key",
};

/** About one record, or the records of one request. */
const aboutRecords = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD", "INVALID_TIMESTAMP"]);

/** What an error of the client means for the sink. Errors of our own stay as they are. */
export function sinkError(doing: string, error: unknown): Error {
  const isOurs = [ConfigurationError, RecordError, TransientError].some((type) => error instanceof type);
  if (isOurs) return error as Error;
  const names = errorNames(error);
  const said = `${doing}: ${reasonOf(error)}`;
  // MSK answers so where too many connections authenticate at once.
  const isCrowd = names.has("SASL_AUTHENTICATION_FAILED") && /too many/i.test(said);
  const fix = Object.keys(configuration).find((name) => names.has(name));
  if (fix !== undefined && !isCrowd) return new ConfigurationError(`${said}. Fix: ${configuration[fix]}.`);
  if ([...names].some((name) => aboutRecords.has(name))) return new RecordError(said);
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return new TransientError(said);
}

/** The message with those of the errors within, each once. */
function reasonOf(error: unknown): string {
  const parts = new Set<string>();
  const add = (each: unknown, depth: number): void => {
    if (!(each instanceof Error) || depth > 6) return;
    const { apiId, serverErrorMessage } = each as { readonly apiId?: string; readonly serverErrorMessage?: string };
    parts.add([apiId, serverErrorMessage || each.message].filter(Boolean).join(" "));
    add(each.cause, depth + 1);
    if (each instanceof AggregateError) for (const inner of each.errors.slice(0, 3)) add(inner, depth + 1);
  };
  add(error, 0);
  return parts.size === 0 ? String(error) : [...parts].join("; ");
}
