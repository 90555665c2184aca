/** Holds what roles were granted against what they used. */
import { GetRolePolicyCommand, ListRolePoliciesCommand, paginateListRoles } from "@aws-sdk/client-iam";
import { reasonIn } from "../../components/parts/policyDocument";
import { readDocument } from "../../policy/document/readDocument";
import { covers } from "../../policy/matching/wildcard";
import { fetchJson } from "../processes/localFetch";
import type { RootClients } from "./clients";
import type { DeniedCall, UnusedGrant, UsedGrant } from "./report";
import { type GrantedAction, reasonFor } from "./unusedReasons";

interface LedgerEntry {
  readonly principal: string;
  readonly role: string | null;
  readonly action: string;
  readonly resource: string;
  readonly decision: "Allow" | "Deny" | "ImplicitDeny";
  readonly count: number;
}

export interface IamFindings {
  readonly calls: number;
  readonly denied: readonly DeniedCall[];
  readonly used: readonly UsedGrant[];
  readonly unused: readonly UnusedGrant[];
}

/** @param rolePrefix what the names of the stack's roles begin with */
export async function judgeIam(awsEndpoint: string, clients: RootClients, rolePrefix: string): Promise<IamFindings> {
  const { entries } = await fetchJson<{ entries: LedgerEntry[] }>(`${awsEndpoint}/_local/iam-ledger`);
  const ofRoles = entries.filter(({ role }) => role?.startsWith(rolePrefix));
  const denied = entries
    .filter(({ decision, principal }) => decision !== "Allow" && !principal.endsWith(":root"))
    .map(({ role, principal, action, resource, count }) => ({ role: role ?? principal, action, resource, count }));
  const allowed = ofRoles.filter(({ decision }) => decision === "Allow");
  const used: UsedGrant[] = [];
  const unused: UnusedGrant[] = [];
  for (const grant of await grants(clients, rolePrefix)) {
    const { role, action, resource, why } = grant;
    const calls = callsOf(allowed.filter((entry) => isUseOf(grant, entry)));
    if (calls > 0) used.push({ role, action, resource, why, calls });
    else unused.push({ role, action, resource, why, reason: reasonFor(grant) ?? "" });
  }
  return { calls: callsOf(ofRoles), denied, used, unused };
}

function callsOf(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, { count }) => sum + count, 0);
}

/** As IAM compares: actions without their case, ARNs with it. */
function isUseOf(grant: GrantedAction, { role, action, resource }: Pick<LedgerEntry, "role" | "action" | "resource">) {
  return role === grant.role && covers(grant.action, action, { ignoreCase: true }) && covers(grant.resource, resource);
}

interface Grant extends GrantedAction {
  readonly why: string | undefined;
}

/** The stack's program has run in this process, so that the documents' reasons are known. */
async function grants({ iam }: RootClients, rolePrefix: string): Promise<Grant[]> {
  const found: Grant[] = [];
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, {})) {
    for (const { RoleName = "" } of Roles.filter((role) => role.RoleName?.startsWith(rolePrefix))) {
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames) {
        const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        const document = decodeURIComponent(PolicyDocument);
        for (const { sid = "", effect, actions, resources } of readDocument(document).statements) {
          if (effect !== "Allow") continue;
          for (const action of actions) {
            const why = reasonIn(document, sid, action);
            for (const resource of resources) found.push({ role: RoleName, sid, action, resource, why });
          }
        }
      }
    }
  }
  return found;
}
