/** Tells whose document it is, where the document itself says so. */

import { services } from "../catalogue/actions";
import type { DocumentKind, PolicyDocument } from "../model/document";

export interface Kind {
  readonly kind: DocumentKind;
  /** Of a resource policy: IAM's prefix of the service. */
  readonly service?: string;
}

/** What the user has to mend. */
export class CheckError extends Error {
  override readonly name = "CheckError";
}

/**
 * @param text `identity`, `trust`, `guardrail` or `resource:<service>`
 * @throws CheckError
 */
export function parseKind(text: string): Kind {
  if (text === "identity" || text === "trust" || text === "guardrail") return { kind: text };
  const [, service] = /^resource:(.+)$/.exec(text) ?? [];
  if (service !== undefined && services().has(service)) return { kind: "resource", service };
  const problem = service === undefined ? "isn't a kind" : `names no service of AWS: ${service}`;
  throw new CheckError(
    `--kind ${text} ${problem}; write identity, trust, guardrail or resource:<service>, for example resource:sqs`,
  );
}

export function formatKind({ kind, service }: Kind): string {
  if (kind === "resource") return `${service} resource policy`;
  return kind === "guardrail" ? "guardrail" : `${kind} policy`;
}

/**
 * A document without principals is an identity policy; with principals it is a trust when it is about assuming roles,
 * else the policy of a resource, of the one service whose actions it names.
 *
 * @throws CheckError where more than one kind fits
 */
export function kindOf({ statements }: PolicyDocument): Kind {
  if (!statements.some(({ principals, notPrincipals }) => principals ?? notPrincipals)) return { kind: "identity" };
  const actions = statements.flatMap((statement) => [...statement.actions, ...statement.notActions]);
  const prefixes = new Set(actions.map((action) => action.toLowerCase().split(":")[0] ?? ""));
  const [service = "", ...others] = prefixes;
  if (others.length === 0 && service === "sts") return { kind: "trust" };
  if (others.length === 0 && services().has(service)) return { kind: "resource", service };
  const seen =
    prefixes.size === 0 ? "no action" : `actions of ${[...prefixes].map((p) => p || "no service").join(", ")}`;
  throw new CheckError(
    `it names principals and ${seen}, so whose policy it is can't be told; add --kind trust or --kind resource:<service>`,
  );
}
