/** Why a role has what it has: as it stands beside the grant, in the component or in the function's permissions.ts. */
import { reasonIn } from "../../components/parts/policyDocument";
import type { FoundGrant } from "../../policy/access/grants";

export function whyOf({ resource, sid }: FoundGrant, action: string): string | undefined {
  for (const value of Object.values(resource.props)) {
    const reason = typeof value === "string" ? reasonIn(value, sid, action) : undefined;
    if (reason !== undefined) return reason;
  }
  // One that has no document.
  return resource.type === "aws:lambda/permission:Permission" ? "invokes the function" : undefined;
}
