import assert from "node:assert/strict";
import {
  listConnections,
  parseListRequest,
} from "../../../../functions/fivetran-dbt-orchestration/list-connections/listConnections";
import { connection, FakeLog } from "./fakes";

describe("List connections", () => {
  function list(event: object, ids: readonly string[] = ["b", "a", "c"]) {
    const log = new FakeLog();
    const fivetran = {
      listConnections: async function* () {
        for (const id of ids) yield connection({ id });
      },
    };
    return {
      answer: listConnections(parseListRequest({ group_id: "g", most: 1_000, ...event }), { fivetran, log }),
      log,
    };
  }

  it("O2: answers the group and the list as the seed has it, in a fixed order", async () => {
    assert.deepEqual(await list({}).answer, { group_id: "g", connectors_list: ["a", "b", "c"] });
  });

  it("O17: none, more than fit into a state, or an id of another form is an error that says so", async () => {
    const nothing = { name: "NoConnections", message: /The group g has no connection to sync: it has 0; look at/ };
    await assert.rejects(list({}, []).answer, nothing);
    await assert.rejects(list({ include: ["a"], exclude: ["a"] }).answer, { name: "NoConnections" });
    const many = {
      name: "TooManyConnections",
      message: /g has 3 connections to sync.* made for 2: raise maxConnections/,
    };
    await assert.rejects(list({ most: 2 }).answer, many);
    assert.deepEqual((await list({ most: 2, exclude: ["a"] }).answer).connectors_list, ["b", "c"]);
    for (const id of ["x".repeat(65), "ä", "a b", ""]) {
      await assert.rejects(list({}, ["a", id]).answer, { name: "FivetranApiError" }, id);
    }
  });

  it("O17: of a thousand connections that aren't there twenty are named", async () => {
    const include = Array.from({ length: 1_000 }, (_, i) => `missing_${i}`);
    await assert.rejects(list({ include }).answer, ({ message }: Error) => {
      assert.match(message, /missing_19 and 980 more\. It has 3/);
      return message.length < 1_000;
    });
  });

  it("O2: include and exclude choose among the group's connections", async () => {
    assert.deepEqual((await list({ include: ["c", "a"] }).answer).connectors_list, ["a", "c"]);
    assert.deepEqual((await list({ exclude: ["b"] }).answer).connectors_list, ["a", "c"]);
    assert.deepEqual((await list({ include: ["a", "b"], exclude: ["b"] }).answer).connectors_list, ["a"]);
    assert.deepEqual((await list({ include: null }).answer).connectors_list, ["a", "b", "c"]);
  });

  it("O2: an empty include is no connection, not every one, and asks Fivetran nothing", async () => {
    const { answer, log } = list({ include: [] });
    assert.deepEqual(await answer, { group_id: "g", connectors_list: [] });
    assert.deepEqual(log.lines, []);
  });

  it("O2: a connection to include that isn't there is an error; one to exclude is only told", async () => {
    await assert.rejects(list({ include: ["a", "x"] }).answer, {
      name: "FivetranNotFound",
      message: /no connection x\./,
    });
    const { answer, log } = list({ exclude: ["x"] });
    assert.equal((await answer).connectors_list.length, 3);
    assert.ok(log.lines.some((line) => line.includes('"unknown":"x"')));
  });

  it("O2: an event without group, or with lists that are none, is an InputError", () => {
    assert.throws(() => parseListRequest({}), { name: "InputError", message: /group_id/ });
    assert.throws(() => parseListRequest({ group_id: "g", include: "a" }), { name: "InputError", message: /include/ });
    assert.throws(() => parseListRequest({ group_id: "g", exclude: [1] }), { name: "InputError", message: /exclude/ });
  });
});
