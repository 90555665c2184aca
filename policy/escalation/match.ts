/** Which methods a principal's permissions are enough for. */
import { actionInfo } from "../catalogue/actions";
import { isEveryResource } from "../matching/resources";
import { covers, includes, isStar } from "../matching/wildcard";
import { type Effective, type Grant, mayPassTo } from "./effective";
import type { Method, Need } from "./method";
import { methods } from "./methods";

/** @param own patterns of ARNs are matched with: the principal's and those of the policies attached to it */
export function methodsOpenTo(effective: Effective, own: readonly string[] = []): readonly Method[] {
  const open = methods.filter((method) => isOpen(method, effective, own));
  // A method that needs more than another one adds nothing to it.
  return open.filter((method) => !open.some((other) => other !== method && needsLess(other, method)));
}

function isOpen({ needs, passesTo }: Method, effective: Effective, own: readonly string[]): boolean {
  if (!needs.every((need) => fitting(need, effective, own, passesTo).length > 0)) return false;
  const [first, second] = needs.filter(({ on }) => on === "same");
  if (!first || !second) return true;
  return effective
    .grants(first.action)
    .some((a) => effective.grants(second.action).some((b) => overlaps(a.resource, b.resource)));
}

function fitting(
  need: Need,
  effective: Effective,
  own: readonly string[],
  passesTo: string | undefined,
): readonly Grant[] {
  const grants = effective
    .grants(need.action)
    .filter(({ conditions }) => need.action !== "iam:PassRole" || !passesTo || mayPassTo(conditions, passesTo));
  if (need.on === "any" || need.on === "same") return grants;
  if (isEvery(need, grants)) return grants;
  return need.on === "self" ? grants.filter(({ resource }) => own.some((arn) => covers(resource, arn))) : [];
}

/** Of all of a principal's statements together. */
function isEvery({ action, type }: Need, grants: readonly Grant[]): boolean {
  const resources = grants.map(({ resource }) => resource);
  if (resources.some(isStar)) return true;
  const info = actionInfo(action);
  const meant = type ? resources.filter((resource) => type.test(resource)) : resources;
  return info !== undefined && isEveryResource(meant, info);
}

function overlaps(a: string, b: string): boolean {
  return includes(a, b) || includes(b, a);
}

function needsLess(one: Method, other: Method): boolean {
  const actions = (method: Method) => new Set(method.needs.map(({ action }) => action));
  const [few, many] = [actions(one), actions(other)];
  return few.size < many.size && [...few].every((action) => many.has(action));
}
