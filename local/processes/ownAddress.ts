import type { IncomingMessage } from "node:http";

/**
 * Why a request to a service of the local cloud isn't answered: only programs that call it by its own address are, no
 * page of a browser (Origin, Sec-Fetch-Site) and no other name that leads to it (Host). `own_address.py` says the same.
 *
 * @returns undefined for a request that is answered
 */
export function refusal({ headers }: Pick<IncomingMessage, "headers">, port: number): string | undefined {
  const own = `127.0.0.1:${port}`;
  const { host = "none", origin, "sec-fetch-site": site = "none" } = headers;
  if (host !== own) return `Host is ${host}: only ${own} is answered`;
  if (origin !== undefined) return `origin is ${origin}: pages of browsers aren't answered`;
  return site === "none" ? undefined : `sec-fetch-site is ${site}: pages of browsers aren't answered`;
}
