import type { Key, SecurityKey, SecurityPrefix } from "./keys";
import type { Properties } from "./properties";

export type SaslMechanism = "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | "AWS_MSK_IAM";

export interface Sasl {
  readonly mechanism: SaslMechanism;
  readonly username?: string;
  readonly password?: string;
}

/** Texts in PEM. */
export interface Tls {
  /** Authorities that are trusted instead of the public ones. */
  readonly ca?: string;
  /** What this client proves itself with. */
  readonly certificate?: string;
  readonly key?: string;
  readonly keyPassword?: string;
}

/** How a cluster is reached. */
export interface Security {
  /** Left out: without SASL. */
  readonly sasl?: Sasl;
  /** Left out: without TLS. */
  readonly tls?: Tls;
}

const PROTOCOLS = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] as const;
const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "AWS_MSK_IAM"] as const;

/** @param prefixes looked through for each key, the first one first */
export function securityOf(properties: Properties, prefixes: readonly SecurityPrefix[]): Security {
  const keyOf = (key: SecurityKey): Key =>
    prefixes.map((prefix): Key => `${prefix}${key}`).find((each) => properties.has(each)) ??
    (`${prefixes[0] as SecurityPrefix}${key}` as Key);
  const given = (key: SecurityKey) => properties.given(keyOf(key));
  const protocol =
    given("security.protocol") === undefined ? "PLAINTEXT" : properties.oneOf(keyOf("security.protocol"), PROTOCOLS);
  return {
    ...(protocol.startsWith("SASL") ? { sasl: saslOf(properties, keyOf) } : {}),
    ...(protocol.endsWith("SSL") ? { tls: tlsOf(properties, keyOf) } : {}),
  };
}

type KeyOf = (key: SecurityKey) => Key;

function saslOf(properties: Properties, keyOf: KeyOf): Sasl {
  const mechanism = properties.oneOf(keyOf("sasl.mechanism"), MECHANISMS);
  if (mechanism === "AWS_MSK_IAM") return { mechanism };
  const jaas = properties.given(keyOf("sasl.jaas.config"));
  const username = properties.given(keyOf("sasl.username")) ?? jaasOption(jaas, "username");
  const password = properties.given(keyOf("sasl.password")) ?? jaasOption(jaas, "password");
  if (username === undefined || password === undefined) {
    properties.problem(
      keyOf(jaas === undefined ? "sasl.username" : "sasl.jaas.config"),
      `${mechanism} needs a user and a password: give sasl.username and sasl.password, or sasl.jaas.config with username="…" password="…";`,
    );
  }
  return { mechanism, username, password };
}

/** `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";` */
function jaasOption(jaas: string | undefined, name: string): string | undefined {
  const [, quoted, single, bare] =
    new RegExp(`\\b${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|'([^']*)'|([^\\s;]+))`).exec(jaas ?? "") ?? [];
  return quoted?.replace(/\\(.)/g, "$1") ?? single ?? bare;
}

function tlsOf(properties: Properties, keyOf: KeyOf): Tls {
  for (const key of ["ssl.truststore.type", "ssl.keystore.type"] as const) {
    const type = properties.given(keyOf(key));
    if (type !== undefined && type !== "PEM") properties.problem(keyOf(key), "Give PEM, the one form that is read.");
  }
  const algorithm = keyOf("ssl.endpoint.identification.algorithm");
  if (properties.has(algorithm) && properties.given(algorithm) !== "https") {
    properties.problem(algorithm, "Leave it out, or give https: the brokers' names are always checked.");
  }
  const tls = {
    ca: pem(properties, keyOf("ssl.truststore.certificates")),
    certificate: pem(properties, keyOf("ssl.keystore.certificate.chain")),
    key: pem(properties, keyOf("ssl.keystore.key")),
    keyPassword: properties.given(keyOf("ssl.key.password")),
  };
  if ((tls.certificate === undefined) !== (tls.key === undefined)) {
    const missing = tls.key === undefined ? "ssl.keystore.key" : "ssl.keystore.certificate.chain";
    properties.problem(keyOf(missing), "Give both the certificate chain and its key, or neither.");
  }
  return tls;
}

function pem(properties: Properties, key: Key): string | undefined {
  // In a file of properties line ends are written as \n.
  const text = properties.given(key)?.replaceAll("\\n", "\n");
  if (text !== undefined && !text.includes("-----BEGIN ")) {
    properties.problem(key, 'Give PEM: a text with "-----BEGIN …-----".');
  }
  return text;
}
