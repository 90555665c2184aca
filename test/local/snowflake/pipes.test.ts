/** A pipe is replaced under load: paused, made anew by an update, repaired by the command, with nothing lost or doubled. */
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { parseOptions } from "../../../cli/snowflake-pipes/options";
import { run } from "../../../cli/snowflake-pipes/run";
import { sqlApi } from "../../../cli/snowflake-pipes/sqlApi";
import type { SnowflakeTableArgs } from "../../../components/snowflake-landing/snowflakeLanding";
import { countRows } from "../../../local/run/counts";
import { eventually, openStage, type Stage } from "./stage";

describe("pipes that are replaced", () => {
  const table: SnowflakeTableArgs = { name: "ORDERS", prefix: "orders/", columns: [{ name: "ID" }] };
  let stage: Stage;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  before(async function () {
    this.timeout(300_000);
    stage = await openStage("snowflake-pipes", () => ({ tables: [table], dynamoDbTables: [] }));
    const key = createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64");
    await stage.sql(
      `CREATE USER PIPER; ALTER USER PIPER SET RSA_PUBLIC_KEY = '${key}'; GRANT ROLE "${stage.outputs.loaderRoleName}" TO USER PIPER`,
    );
  });

  after(() => stage?.close());

  /** The command, as a person runs it with the stack's outputs and the loader role's rights. @returns its exit code, what it printed */
  async function command(action: string): Promise<{ code: number; printed: string }> {
    const printed: string[] = [];
    const environment = {
      SNOWFLAKE_ACCOUNT: "acme-local",
      SNOWFLAKE_USER: "piper",
      SNOWFLAKE_URL: stage.services.snowflake.endpoint,
      SNOWFLAKE_PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
    const options = parseOptions([action, "--outputs", "outputs.json"], environment, () =>
      JSON.stringify(stage.outputs),
    );
    assert.ok(options);
    const whole = await run(options, {
      sql: sqlApi(options.connection),
      print: (line) => void printed.push(line),
      now: () => new Date(),
      wait: () => new Promise((resolve) => setTimeout(resolve, 200)),
    });
    return { code: whole ? 0 : 1, printed: printed.join("\n") };
  }

  const count = () => countRows(stage.services.snowflake.endpoint, "RAW.LANDING.ORDERS");
  const doubled = async () =>
    stage.sql('SELECT "_FILE" FROM "RAW"."LANDING"."ORDERS" GROUP BY "_FILE", "_FILE_ROW" HAVING COUNT(*) > 1');
  const put = (name: string, ...ids: string[]) => stage.put(`orders/${name}`, `id\n${ids.join("\n")}\n`);

  it("W14: what waits for the old pipe and what comes in the gap is lost to it, and is there once after the repair", async () => {
    await put("1.csv", "1", "2");
    await put("2.csv", "3");
    await eventually(count, 3);
    assert.match((await command("pause")).printed, /ORDERS_PIPE" is paused/);
    // Waits for the paused pipe, which is about to be replaced.
    await put("3.csv", "4");
    table.columns = [{ name: "ID" }, { name: "NOTE" }];
    table.anyFieldCount = true;
    await stage.update();
    await put("4.csv", "5");
    await eventually(count, 4);
    assert.deepEqual(await stage.sql(`SELECT "ID" FROM "RAW"."LANDING"."ORDERS" WHERE "ID" = '4'`), []);
    const { code, printed } = await command("repair");
    assert.equal(code, 0, printed);
    assert.match(printed, /ORDERS_PIPE": 1 files loaded that were missing/);
    await eventually(count, 5);
    assert.deepEqual(await doubled(), []);
    assert.match((await command("repair")).printed, /: 0 files loaded/);
  }).timeout(180_000);

  it("W14: REFRESH alone, of a pipe that is new, loads everything again: that is what repair is for", async () => {
    const before = await count();
    await stage.sql(`ALTER PIPE ${stage.outputs.pipes.ORDERS?.pipe} REFRESH`);
    await eventually(count, before + 3);
    const { code, printed } = await command("repair");
    assert.equal(code, 1);
    assert.match(printed, /3 rows are more than once in "RAW"\."LANDING"\."ORDERS".*DELETE FROM/s);
  });

  it("W14: a file that Snowflake refuses is told as missing, and the command ends with 1", async () => {
    table.anyFieldCount = undefined;
    await stage.update();
    await put("bad.csv", "6,x,too many");
    await eventually(async () => (await stage.errors()).length, 1);
    const { code, printed } = await command("repair");
    assert.equal(code, 1);
    assert.match(printed, /1 files are still not in .*COPY_HISTORY says why:\n {2}orders\/bad\.csv/);
  }).timeout(180_000);

  it("W14: a token of another key, or a role that the user doesn't have, signs nobody in", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const connection = {
      url: stage.services.snowflake.endpoint,
      account: "ACME-LOCAL",
      user: "PIPER",
      role: stage.outputs.loaderRoleName,
      warehouse: "",
      privateKey,
    };
    await assert.rejects(sqlApi({ ...connection, privateKey: other })("SELECT 1"), /JWT token is invalid/);
    await assert.rejects(sqlApi({ ...connection, role: "DEPLOYER" })("SELECT 1"), /not granted to this user/);
    assert.equal((await sqlApi(connection)("LIST @RAW.LANDING.ORDERS_STAGE")).length >= 5, true);
  });
});
