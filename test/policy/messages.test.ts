import assert from "node:assert/strict";
import { agreedMessages, messagesOfCorpus } from "./messages";

describe("messages of the rules on the corpus", () => {
  const messages = messagesOfCorpus();

  for (const each of messages) {
    it(`${each.row}: what is said of its documents, and the fix, is what was last read and agreed to`, () => {
      assert.equal(each.said, agreedMessages(each), "npm run policy:messages, and read the difference");
    });
  }

  it("P31: no message has a hole in it", () => {
    const texts = messages.flatMap(({ said }) => said.split("\n").filter((line) => line !== "" && !/^## /.test(line)));
    assert.deepEqual(
      texts.filter((text) => /undefined|null|NaN|\[object|""|: $| {3}/.test(text)),
      [],
    );
  });
});
