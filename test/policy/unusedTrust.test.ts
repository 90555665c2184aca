import assert from "node:assert/strict";
import { unusedTrust } from "../../policy/rules/trusts/p36-unused-trust";
import { judgeExample } from "./judge";

describe("trust that nothing uses", () => {
  it("P36: a role left behind is told by its name and service; the one that a function runs with isn't", () => {
    const found = judgeExample(unusedTrust, unusedTrust.wrong);
    assert.deepEqual(
      found.map(({ urn, message }) => [urn, message]),
      [["loader-of-last-year", "it trusts lambda.amazonaws.com, but nothing of that service runs with the role"]],
    );
  });
});
