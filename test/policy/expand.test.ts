import assert from "node:assert/strict";
import { actionsOf, services } from "../../policy/catalogue/actions";
import { expandAction, expandActions } from "../../policy/matching/expand";

const keys = (pattern: string) => expandAction(pattern).map(({ key }) => key);

describe("expanding action patterns", () => {
  it("P1: * is every action of every service, and so is *:*", () => {
    const every = [...services()].reduce((sum, service) => sum + actionsOf(service).size, 0);
    assert.ok(every > 10_000);
    assert.equal(keys("*").length, every);
    assert.equal(keys("*:*").length, every);
  });

  it("P2: a service's wildcard is its actions alone", () => {
    assert.equal(keys("sqs:*").length, actionsOf("sqs").size);
    assert.ok(keys("SQS:*").every((key) => key.startsWith("sqs:")));
  });

  it("P3: wildcards stand in the service's name and in the action's, without regard to case", () => {
    assert.deepEqual(keys("sq?:sendmessage"), ["sqs:SendMessage"]);
    assert.deepEqual(keys("SQS:SendMessag?"), ["sqs:SendMessage"]);
    assert.deepEqual(keys("sqs:SendMessage"), ["sqs:SendMessage"]);
    const several = keys("s*:sendmessage");
    assert.ok(several.length > 1 && several.every((key) => /^s[\w-]*:SendMessage$/.test(key)), several.join());
  });

  it("P25: what names no action stands for none", () => {
    for (const pattern of ["", ":", "sqs", "sqs:", ":SendMessage", "sqs:SendMessages", "nosuch:*", "?", "**"]) {
      assert.deepEqual(keys(pattern), [], pattern);
    }
  });

  it("P3: several patterns stand for each action once", () => {
    const found = expandActions(["sqs:SendMessage", "sqs:Send*", "sqs:sendmessage"]);
    assert.deepEqual(
      found.map(({ key }) => key),
      ["sqs:SendMessage"],
    );
    assert.deepEqual(expandActions([]), []);
    assert.deepEqual(expandActions(["sqs:SendMessage"]), expandAction("sqs:SendMessage"));
  });
});
