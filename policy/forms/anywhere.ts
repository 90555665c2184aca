/** Documents in resources that no table describes: an object with statements is a policy, wherever it stands. */
import { services } from "../catalogue/actions";
import type { DocumentKind } from "../model/document";
import { asArray, isRecord } from "../model/shape";

export interface Place {
  readonly path: string;
  readonly kind: DocumentKind;
  /** Of a resource policy: IAM's prefix. */
  readonly service?: string;
  readonly source: unknown;
}

/** Deeper than any resource of CloudFormation's goes. */
const mostLevels = 12;

/** @param service as CloudFormation calls it, in small letters */
export function documentsAnywhere(value: unknown, path: string, service: string): Place[] {
  const found: Place[] = [];
  const look = (each: unknown, at: string, level: number): void => {
    if (isPolicy(each)) found.push({ path: at, source: each, ...kindOf(each, service) });
    else if (level < mostLevels && Array.isArray(each)) {
      for (const [i, item] of each.entries()) look(item, `${at}[${i}]`, level + 1);
    } else if (level < mostLevels && isRecord(each)) {
      for (const [key, of] of Object.entries(each)) look(of, at === "" ? key : `${at}.${key}`, level + 1);
    }
  };
  look(value, path, 0);
  return found;
}

function isPolicy(value: unknown): boolean {
  const document = parsed(value);
  return isRecord(document) && asArray(document.Statement).some((each) => isRecord(each) && "Effect" in each);
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*\{/.test(value) || !value.includes('"Statement"')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** CloudFormation's name of a service → IAM's, where they differ. */
const prefixes: Readonly<Record<string, string>> = {
  apigateway: "execute-api",
  aps: "aps",
  efs: "elasticfilesystem",
  elasticsearch: "es",
  msk: "kafka",
  opensearchservice: "es",
  s3objectlambda: "s3-object-lambda",
  s3outposts: "s3-outposts",
  vpclattice: "vpc-lattice",
};

function kindOf(value: unknown, of: string): Pick<Place, "kind" | "service"> {
  const document = parsed(value) as Record<string, unknown>;
  const statements = asArray(document.Statement).filter(isRecord);
  if (!statements.some((each) => each.Principal !== undefined || each.NotPrincipal !== undefined)) {
    return { kind: "identity" };
  }
  const actions = statements.flatMap((each) => asArray(each.Action).filter((action) => typeof action === "string"));
  const named = actions.map((action) => action.split(":")[0]?.toLowerCase() ?? "");
  if (named.length > 0 && named.every((each) => each === "sts")) return { kind: "trust" };
  const service = prefixes[of] ?? (services().has(of) ? of : named.find((each) => services().has(each)));
  return { kind: "resource", ...(service === undefined ? {} : { service }) };
}
