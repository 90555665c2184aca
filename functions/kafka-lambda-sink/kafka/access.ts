import type { ConnectionOptions } from "@platformatic/kafka";
import type { Sasl, Security, Tls } from "../config/security";

/** Makes a token by which a role signs in at MSK. */
export type MskToken = () => Promise<string>;

/** What a connection to a cluster needs. */
export function connectionOptions({ sasl, tls }: Security, mskToken: MskToken): ConnectionOptions {
  return {
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl, mskToken) }),
    // The brokers' names are sent along, since one address may serve several.
    ...(tls === undefined ? {} : { tls: tlsOptions(tls), tlsServerName: true }),
  };
}

function saslOptions(sasl: Sasl, mskToken: MskToken): NonNullable<ConnectionOptions["sasl"]> {
  if (sasl.mechanism === "AWS_MSK_IAM") return { mechanism: "OAUTHBEARER", token: mskToken };
  const { mechanism, username, password } = sasl;
  return { mechanism, username, password };
}

function tlsOptions({ ca, certificate, key, keyPassword }: Tls): NonNullable<ConnectionOptions["tls"]> {
  return { ca, cert: certificate, key, passphrase: keyPassword, minVersion: "TLSv1.2" };
}
