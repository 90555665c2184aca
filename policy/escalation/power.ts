/** What the roles of a stack may do, and how one gets from one role to the next. */

import { findDocuments } from "../document/locations";
import { splitArn } from "../matching/resources";
import { covers } from "../matching/wildcard";
import { escalationDocuments, isAdministrator } from "../principals/managedPolicies";
import { isAnybody, isWholeAccount, letsAssume } from "../principals/principal";
import type { Principals, RoleModel } from "../principals/principals";
import { Effective, mayPassTo } from "./effective";
import { methodsOpenTo } from "./match";
import type { Method } from "./method";
import { passRoleMethods } from "./passRole";

export interface Power {
  readonly effective: Effective;
  /** Why it can do everything already; undefined when it can't. */
  readonly administrator: string | undefined;
  /** The methods by which it can give itself more. */
  readonly methods: readonly Method[];
  /** Of these, what no single policy of AWS's opens. */
  readonly added: readonly Method[];
}

const powers = new WeakMap<RoleModel, Power>();

export function powerOf(role: RoleModel, { references }: Principals): Power {
  let power = powers.get(role);
  if (!power) {
    const [boundary] = references
      .named(role.resource, "permissionsBoundary", "aws:iam/policy:Policy")
      .flatMap(({ type, props }) => findDocuments(type, props));
    const arns = role.attachments.flatMap((attachment) => attachment.arns);
    const ofAws = escalationDocuments(arns);
    const documents = [...new Set(role.attachments.flatMap((attachment) => attachment.documents)), ...ofAws];
    const effective = new Effective(documents, boundary?.document);
    const managed = arns.find(isAdministrator);
    const administrator =
      boundary !== undefined
        ? undefined
        : managed !== undefined
          ? `has ${managed.split("/").at(-1)}`
          : effective.isAdministrator
            ? "may do everything"
            : undefined;
    const own = ownArns(role);
    // What a policy of AWS's opens alone is told where it is attached, by rule P19.
    const told = new Set(ofAws.flatMap((document) => methodsOpenTo(new Effective([document]), own)));
    const methods = methodsOpenTo(effective, own);
    power = { effective, administrator, methods, added: methods.filter((method) => !told.has(method)) };
    powers.set(role, power);
  }
  return power;
}

/** The role and the policies attached to it: rewriting one of these is rewriting oneself. */
function ownArns(role: RoleModel): readonly string[] {
  const arns = role.attachments.flatMap((attachment) => attachment.arns);
  return [...arnsOf(role), ...arns.filter((arn) => !/:iam::aws:/.test(arn))];
}

/** One ARN; where only the name is known yet, one for a pattern's account to be filled in. */
function arnsOf({ arn, name, resource }: RoleModel): readonly string[] {
  if (arn !== undefined) return [arn];
  const path = typeof resource.props.path === "string" ? resource.props.path : "/";
  return name === undefined ? [] : [`arn:aws:iam::000000000000:role${path}${name}`];
}

export interface Edge {
  readonly to: RoleModel;
  /** For example `assumes loader`, `passes loader to a new function`. */
  readonly by: string;
}

/** The other roles that one can act as. */
export function edgesOf(from: RoleModel, principals: Principals): readonly Edge[] {
  const { effective } = powerOf(from, principals);
  return principals.roles
    .filter((to) => to !== from)
    .flatMap((to) => {
      const by = passage(from, to, effective, principals);
      return by === undefined ? [] : [{ to, by }];
    });
}

function passage(from: RoleModel, to: RoleModel, effective: Effective, principals: Principals): string | undefined {
  const { name } = to.resource;
  const on = (action: string) => effective.grants(action).filter(({ resource }) => coversRole(resource, to));
  if (isTrusted(from, to, on("sts:AssumeRole").length > 0)) return `assumes ${name}`;
  if (on("iam:UpdateAssumeRolePolicy").length > 0) return `rewrites the trust of ${name}`;
  const passed = on("iam:PassRole");
  const services = (to.trust?.statements ?? []).filter(letsAssume).flatMap((each) => each.principals?.Service ?? []);
  for (const { passesTo = "", needs, name: what } of passRoleMethods) {
    if (!services.includes(passesTo) || !passed.some(({ conditions }) => mayPassTo(conditions, passesTo))) continue;
    const others = needs.filter(({ action }) => action !== "iam:PassRole");
    if (others.every(({ action }) => effective.grants(action).length > 0)) return `passes ${name} to a ${what}`;
  }
  const changed = principals.workloads.find(
    ({ resource, role, as }) =>
      as === "function" &&
      role === to.resource.urn &&
      ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"].some((action) =>
        effective.grants(action).some((grant) => coversFunction(grant.resource, resource.props)),
      ),
  );
  return changed && `changes the code of ${changed.resource.name}, which runs with ${name}`;
}

/** A trust that names the role lets it in by itself; one that names the account asks for the permission as well. */
function isTrusted(from: RoleModel, to: RoleModel, isAllowed: boolean): boolean {
  return (to.trust?.statements ?? []).filter(letsAssume).some(({ principals, unknown }) => {
    const named = principals?.AWS ?? [];
    if (named.some((principal) => arnsOf(from).some((arn) => sameRole(principal, arn)))) return true;
    // The only principal whose name isn't known yet is the one that the trust's value comes from.
    if (unknown.has("Principal") && to.resource.dependencies.assumeRolePolicy?.includes(from.resource.urn)) return true;
    return isAllowed && named.some((principal) => isWholeAccount(principal) || isAnybody(principal));
  });
}

function sameRole(principal: string, arn: string): boolean {
  return (
    principal === arn || (arn.includes("::000000000000:") && principal.replace(/::\d{12}:/, "::000000000000:") === arn)
  );
}

function coversRole(pattern: string, role: RoleModel): boolean {
  return arnsOf(role).some((arn) => coversArn(pattern, arn));
}

function coversFunction(pattern: string, { arn, name }: Readonly<Record<string, unknown>>): boolean {
  if (typeof arn === "string") return covers(pattern, arn);
  return typeof name === "string" && coversArn(pattern, `arn:aws:lambda:*:000000000000:function:${name}`);
}

/** Of an ARN made from a name, region and account aren't known. */
function coversArn(pattern: string, arn: string): boolean {
  if (covers(pattern, arn)) return true;
  const [given, wanted] = [splitArn(pattern), splitArn(arn)];
  if (!given || !wanted || !arn.includes(":000000000000:")) return false;
  return covers(given.service, wanted.service) && covers(given.resource, wanted.resource);
}
