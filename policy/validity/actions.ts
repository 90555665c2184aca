/** Actions that AWS doesn't have. */

import { actionsOf, services } from "../catalogue/actions";
import { expandAction } from "../matching/expand";
import { hasWildcard, isEveryAction } from "../matching/wildcard";
import type { Problem, Statement } from "../model/document";
import { nearest } from "./nearest";

export function* checkActions({ label, actions, notActions }: Statement): Generator<Problem> {
  for (const action of [...actions, ...notActions]) {
    const problem = isEveryAction(action) ? undefined : problemOf(action);
    if (problem) yield { statement: label, ...problem };
  }
}

function problemOf(action: string): Omit<Problem, "statement"> | undefined {
  const [service = "", name, ...rest] = action.split(":");
  if (name === undefined || rest.length > 0 || name === "" || service === "") {
    return { message: `"${action}" isn't an action`, fix: "write <service>:<Action>, for example s3:GetObject" };
  }
  if (hasWildcard(service)) {
    const message = `"${action}" has a wildcard in the service's name, which IAM doesn't take`;
    return { message, fix: "name the service" };
  }
  if (!services().has(service.toLowerCase())) {
    const meant = nearest(service, services());
    const fix =
      meant === undefined ? "use the prefix of the service authorization reference" : `did you mean ${meant}?`;
    return { message: `AWS has no service "${service}" ("${action}")`, fix };
  }
  if (expandAction(action).length > 0) return undefined;
  if (hasWildcard(name)) {
    return { message: `no action of ${service} matches "${action}"`, fix: "name the actions, or drop it" };
  }
  const names = [...actionsOf(service.toLowerCase()).values()].map((each) => each.name);
  const meant = nearest(name, names);
  const hint = meant === undefined ? "" : `did you mean ${service}:${meant}? `;
  return {
    message: `AWS has no action "${action}"`,
    fix: `${hint}use a name of the service authorization reference, which isn't always that of the API call`,
  };
}
