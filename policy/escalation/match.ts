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
  return grants.filter(
    ({ resource }) => isEvery(need, resource) || (need.on === "self" && own.some((arn) => covers(resource, arn))),
  );
}

function isEvery({ action, type }: Need, resource: string): boolean {
  if (isStar(resource)) return true;
  const info = actionInfo(action);
  return info !== undefined && (!type || type.test(resource)) && isEveryResource(resource, info);
}

function overlaps(a: string, b: string): boolean {
  return includes(a, b) || includes(b, a);
}

function needsLess(one: Method, other: Method): boolean {
  const actions = (method: Method) => new Set(method.needs.map(({ action }) => action));
  const [few, many] = [actions(one), actions(other)];
  return few.size < many.size && [...few].every((action) => many.has(action));
}
