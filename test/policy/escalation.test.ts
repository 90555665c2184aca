import assert from "node:assert/strict";
import { actionInfo } from "../../policy/catalogue/actions";
import { readDocument } from "../../policy/document/readDocument";
import { Effective } from "../../policy/escalation/effective";
import { methodsOpenTo } from "../../policy/escalation/match";
import { methods } from "../../policy/escalation/methods";

const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });
const open = (Statement: unknown, own: string[] = []) =>
  methodsOpenTo(new Effective([readDocument({ Version: "2012-10-17", Statement })]), own).map(({ id }) => id);

describe("published methods of privilege escalation", () => {
  it("P8: each has an id of its own and needs actions that AWS has", () => {
    assert.equal(new Set(methods.map(({ id }) => id)).size, methods.length);
    assert.ok(methods.length >= 59, `${methods.length} methods`);
    // CodeStar and Data Pipeline take no new customers, and AWS's list has dropped CodeStar.
    const gone = methods
      .flatMap(({ needs }) => needs.map(({ action }) => action))
      .filter((action) => !actionInfo(action));
    assert.deepEqual(
      gone.filter((action) => !action.startsWith("codestar:")),
      [],
    );
  });

  for (const { id, name, needs, passesTo } of methods) {
    const actions = needs.map(({ action }) => action);
    // What needs less is told instead.
    const isToldOf = (ids: string[]) =>
      ids.some((each) =>
        methods.find((other) => other.id === each)?.needs.every(({ action }) => actions.includes(action)),
      );
    it(`P8: ${id} (${name}) is open to who has its actions, and closed without any one of them`, () => {
      if (!actions.every((action) => actionInfo(action))) return assert.equal(id, "rhino-codestar");
      assert.ok(isToldOf(open(allow(...actions))), "on every resource");
      for (const without of actions) {
        const rest = actions.filter((action) => action !== without);
        if (rest.length > 0) assert.ok(!open(allow(...rest)).includes(id), `without ${without}`);
      }
      const denied = [allow(...actions), { Effect: "Deny", Action: actions[0], Resource: "*" }];
      assert.ok(!open(denied).includes(id), "denied");
      if (!passesTo) return;
      const to = (service: string) => ({
        ...allow(...actions),
        Condition: { StringEquals: { "iam:PassedToService": service } },
      });
      assert.ok(isToldOf(open(to(passesTo))), passesTo);
      const others = open(to("scheduler.amazonaws.com"));
      assert.ok(!others.some((each) => methods.find((other) => other.id === each)?.passesTo), "to another service");
    });
  }

  it("P8: conditions on tags and on the policy that is attached narrow; those on the caller don't", () => {
    const attach = (Condition: unknown) => open({ ...allow("iam:AttachRolePolicy"), Condition });
    assert.deepEqual(attach({ ArnEquals: { "iam:PolicyARN": "arn:aws:iam::111122223333:policy/a" } }), []);
    assert.deepEqual(attach({ StringEquals: { "aws:ResourceTag/team": "data" } }), []);
    assert.deepEqual(attach({ Bool: { "aws:MultiFactorAuthPresent": "true" } }), ["iam-009"]);
  });

  it("P8: one's own role and one's own policies count when they are named, others don't", () => {
    const own = "arn:aws:iam::111122223333:role/loader";
    const put = { Effect: "Allow", Action: "iam:PutRolePolicy", Resource: own };
    assert.deepEqual(open(put, [own]), ["iam-005"]);
    assert.deepEqual(open(put, ["arn:aws:iam::111122223333:role/other"]), []);
  });

  it("P8: a permissions boundary that doesn't allow the action closes the method", () => {
    const document = readDocument({ Statement: allow("iam:PutRolePolicy") });
    const boundary = readDocument({ Statement: allow("s3:GetObject", "iam:Get*") });
    assert.deepEqual(methodsOpenTo(new Effective([document], boundary)), []);
    assert.equal(methodsOpenTo(new Effective([document])).length, 1);
  });
});
