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
        for (const id of ids) yield connection({ id, schema: id === "c" ? null : `schema_${id}` });
      },
    };
    return { answer: listConnections(parseListRequest({ group_id: "g", ...event }), { fivetran, log }), log };
  }

  it("O2: answers the group and the list as the seed has it, and what later states need, in a fixed order", async () => {
    assert.deepEqual(await list({}).answer, {
      group_id: "g",
      connectors_list: ["a", "b", "c"],
      connections: [
        { connection_id: "a", name: "schema_a", service: "salesforce" },
        { connection_id: "b", name: "schema_b", service: "salesforce" },
        { connection_id: "c", name: "c", service: "salesforce" },
      ],
    });
  });

  it("O2: include and exclude choose among the group's connections", async () => {
    assert.deepEqual((await list({ include: ["c", "a"] }).answer).connectors_list, ["a", "c"]);
    assert.deepEqual((await list({ exclude: ["b"] }).answer).connectors_list, ["a", "c"]);
    assert.deepEqual((await list({ include: ["a", "b"], exclude: ["b"] }).answer).connectors_list, ["a"]);
    assert.deepEqual((await list({ include: null }).answer).connectors_list, ["a", "b", "c"]);
    assert.deepEqual((await list({ include: null }, []).answer).connectors_list, []);
  });

  it("O2: an empty include is no connection, not every one, and asks Fivetran nothing", async () => {
    const { answer, log } = list({ include: [] });
    assert.deepEqual(await answer, { group_id: "g", connectors_list: [], connections: [] });
    assert.deepEqual(log.lines, []);
  });

  it("O2: a connection to include that isn't there is an error; one to exclude is only told", async () => {
    await assert.rejects(list({ include: ["a", "x"] }).answer, {
      name: "FivetranNotFound",
      message: /no connection x\./,
    });
    const { answer, log } = list({ exclude: ["x"] });
    assert.equal((await answer).connectors_list.length, 3);
    assert.ok(log.lines.some((line) => line.includes('"unknown":["x"]')));
  });

  it("O2: an event without group, or with lists that are none, is an InputError", () => {
    assert.throws(() => parseListRequest({}), { name: "InputError", message: /group_id/ });
    assert.throws(() => parseListRequest({ group_id: "g", include: "a" }), { name: "InputError", message: /include/ });
    assert.throws(() => parseListRequest({ group_id: "g", exclude: [1] }), { name: "InputError", message: /exclude/ });
  });
});
