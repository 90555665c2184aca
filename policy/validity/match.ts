/** Actions and resources of one statement that can't meet: it allows, or denies, nothing there. */

import { actionsOf } from "../catalogue/actions";
import { expandAction } from "../matching/expand";
import { canMatch } from "../matching/overlap";
import { arnFormats, serviceArnFormats, splitArn } from "../matching/resources";
import { covers, isStar } from "../matching/wildcard";
import type { Problem, Statement } from "../model/document";
import { memo } from "../model/memo";

/** The ARN forms that the actions of a pattern may be given beside `*`. */
type Takes = readonly string[];

export function* checkMatches(statement: Statement): Generator<Problem> {
  const { label, actions, resources, unknown } = statement;
  if (actions.length === 0 || resources.length === 0) return;
  const taken = actions.map((pattern) => ({ pattern, takes: takesOf(pattern) }));
  const lost = unknown.has("Resource")
    ? []
    : taken.filter(
        ({ pattern, takes }) => takes && !fitsAny(takes, resources) && !isWholeType(pattern, takes, resources),
      );
  for (const { pattern, takes = [] } of lost) {
    const message =
      takes.length === 0
        ? `${pattern} can't be restricted to a resource, so its statement never meets it`
        : `none of its resources is one that ${pattern} takes`;
    const fix = takes.length === 0 ? 'give it "*" in a statement of its own' : `write ${formsOf(takes)}`;
    yield { statement: label, message, fix };
  }
  // A resource without its action is mostly the other end of the same mistake. And of an action that AWS doesn't have,
  // which is told as such, nobody knows what it would take.
  if (lost.length > 0 || unknown.has("Action") || taken.some(({ takes }) => takes === undefined)) return;
  for (const resource of resources.filter((each) => !isStar(each))) {
    const isMet = ({ pattern, takes }: (typeof taken)[number]) =>
      takes !== undefined && (fitsAny(takes, [resource]) || isWholeType(pattern, takes, [resource]));
    if (taken.some(isMet)) continue;
    const message = `none of its actions takes the resource "${resource}"`;
    yield { statement: label, message, fix: `drop it, or add the actions that it is meant for; ${expectation(taken)}` };
  }
}

/**
 * Of an action without resource types, AWS's own policies write the whole of its service or of a type as often as `*`
 * (`s3:ListAllMyBuckets` on `arn:aws:s3:::*`): that isn't known to be a mistake.
 */
function isWholeType(action: string, takes: Takes, resources: readonly string[]): boolean {
  const [service = ""] = action.toLowerCase().split(":");
  return (
    takes.length === 0 &&
    resources.some((resource) => {
      const arn = splitArn(resource);
      return arn !== undefined && covers(arn.service, service) && /^([\w-]+[/:])*\*$/.test(arn.resource);
    })
  );
}

function fitsAny(takes: Takes, resources: readonly string[]): boolean {
  return resources.some((given) => {
    // API Gateway's own policies may leave out what comes before the API's id.
    const resource = given.replace(/^execute-api:\//, "arn:*:execute-api:*:*:*/");
    return isStar(resource) || takes.some((format) => canMatch(resource, format));
  });
}

function expectation(taken: readonly { readonly pattern: string; readonly takes: Takes | undefined }[]): string {
  const first = taken.find(({ takes }) => takes && takes.length > 0);
  return first?.takes ? `${first.pattern} takes ${formsOf(first.takes)}` : 'its actions take only "*"';
}

function formsOf(formats: Takes): string {
  return [...formats]
    .sort((a, b) => a.length - b.length)
    .slice(0, 2)
    .join(" or ");
}

/** undefined where every resource may be meant: a full wildcard, or an action that AWS doesn't have. */
const takesOf = memo((written: string): Takes | undefined => {
  const pattern = written.toLowerCase();
  const [service = "", name = ""] = pattern.split(":");
  if (/[*?]/.test(service)) return undefined;
  if (isStar(name)) return actionsOf(service).size > 0 ? serviceArnFormats(service) : undefined;
  const actions = expandAction(pattern);
  if (actions.length === 0) return undefined;
  return [...new Set(actions.flatMap((action) => arnFormats(action)))];
});
