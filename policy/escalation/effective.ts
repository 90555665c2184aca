/** What a principal may do, over all documents that are attached to it. */

import { actionInfo } from "../catalogue/actions";
import { pinsOf } from "../matching/pins";
import { canMeet } from "../matching/resources";
import { mustHold } from "../matching/scopeConditions";
import { covers, includes, isEveryAction, isStar } from "../matching/wildcard";
import type { Conditions, PolicyDocument, Statement } from "../model/document";
import { allows } from "../principals/principal";

/** An allowed action and one resource pattern that it is allowed on. */
export interface Grant {
  readonly resource: string;
  readonly conditions: Conditions;
}

export class Effective {
  private readonly allows: readonly Statement[];
  private readonly denials: readonly Statement[];
  private readonly found = new Map<string, readonly Grant[]>();

  /** @param boundary limits them: what it doesn't allow isn't allowed */
  constructor(
    documents: readonly PolicyDocument[],
    private readonly boundary?: PolicyDocument,
  ) {
    const statements = documents.flatMap((document) => document.statements);
    this.allows = statements.filter(({ effect }) => effect === "Allow");
    // A condition may not hold: only what is denied in any case is taken away.
    this.denials = [...statements, ...(boundary?.statements ?? [])].filter(
      ({ effect, conditions, unknown }) => effect === "Deny" && conditions.length === 0 && unknown.size === 0,
    );
  }

  /** Everything, on everything. */
  get isAdministrator(): boolean {
    return this.allows.some(
      ({ actions, resources, conditions }) =>
        conditions.length === 0 && actions.some(isEveryAction) && resources.some(isStar),
    );
  }

  /** Where an action is allowed. Statements for every action of AWS are left out: rule P1 tells of them. */
  grants(action: string): readonly Grant[] {
    let grants = this.found.get(action);
    if (!grants) {
      grants = this.find(action);
      this.found.set(action, grants);
    }
    return grants;
  }

  private find(action: string): Grant[] {
    if (this.boundary && !this.boundary.statements.some((each) => each.effect === "Allow" && names(each, action)))
      return [];
    return this.allows
      .filter(({ actions }) => !actions.some(isEveryAction))
      .filter((statement) => names(statement, action) && !isNarrowed(statement.conditions, action))
      .flatMap(({ resources, conditions }) => resources.map((resource) => ({ resource, conditions })))
      .filter(({ resource }) => isPossible(action, resource) && !this.isDenied(action, resource));
  }

  private isDenied(action: string, resource: string): boolean {
    return this.denials.some(
      (denial) => names(denial, action) && denial.resources.some((pattern) => includes(pattern, resource)),
    );
  }
}

function names({ actions, notActions }: Statement, action: string): boolean {
  return notActions.length > 0 ? !allows(notActions, action) : allows(actions, action);
}

function isPossible(action: string, resource: string): boolean {
  const info = actionInfo(action);
  return info ? canMeet(info, resource) : isStar(resource);
}

/** Conditions on the action's own keys and on tags pick resources; which, nobody can tell from here. */
function isNarrowed(conditions: Conditions, action: string): boolean {
  const service = action.slice(0, action.indexOf(":"));
  return conditions.some(
    (condition) =>
      condition.key !== "iam:passedtoservice" &&
      (condition.key.startsWith(`${service}:`) || condition.key.startsWith("aws:resourcetag/")) &&
      mustHold(condition),
  );
}

/** Whether a role may be passed to the service under these conditions. */
export function mayPassTo(conditions: Conditions, service: string): boolean {
  return pinsOf(conditions, "iam:passedtoservice").every((pins) =>
    pins.some(({ value, isPattern }) => (isPattern ? covers(value, service) : value === service)),
  );
}
