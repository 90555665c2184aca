import assert from "node:assert/strict";
import { type SecretRequest, webhookSecret } from "../../../../cli/register-webhook/webhookSecret";

const ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook";

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

/** @param value of the secret; undefined: none yet; an error: what AWS answers a read */
async function run(
  value: string | Uint8Array | undefined | Error,
  given: Partial<SecretRequest> = {},
  storing?: Error,
) {
  const stored: [string, string][] = [];
  const lines: string[] = [];
  const outcome = await webhookSecret(
    { arn: ARN, rotate: false, dryRun: false, ...given },
    {
      read: async (arn) => {
        assert.equal(arn, ARN);
        if (value === undefined) throw named("ResourceNotFoundException");
        if (value instanceof Error) throw value;
        return typeof value === "string" ? value : undefined;
      },
      store: async (arn, text) => {
        if (storing) throw storing;
        stored.push([arn, text]);
      },
      print: (line) => lines.push(line),
    },
  ).catch((error: unknown) => error);
  return { outcome, stored, text: lines.join("\n") };
}

describe("The webhook's secret", () => {
  it("O5, O7: while it is empty a random one is made, stored, used and not printed; each time another", async () => {
    const made = new Set<unknown>();
    for (let time = 0; time < 3; time += 1) {
      const { outcome, stored, text } = await run(undefined);
      assert.match(String(outcome), /^[0-9a-f]{64}$/);
      assert.deepEqual(stored, [[ARN, JSON.stringify({ webhookSecret: outcome })]]);
      assert.match(text, /^Made a webhook secret and stored it in arn:aws:secretsmanager.*no value yet\.$/);
      assert.ok(!text.includes(String(outcome)));
      made.add(outcome);
    }
    assert.equal(made.size, 3);
  });

  it("O5: the value that is there is used, and nothing is stored", async () => {
    const { outcome, stored, text } = await run('{"webhookSecret":"hush"}');
    assert.deepEqual([outcome, stored, text], ["hush", [], ""]);
  });

  it("O5: --rotate stores a new one, beside what else the value has", async () => {
    const { outcome, stored, text } = await run('{"webhookSecret":"old","note":"kept"}', { rotate: true });
    assert.match(String(outcome), /^[0-9a-f]{64}$/);
    assert.deepEqual(JSON.parse(stored[0]?.[1] ?? ""), { note: "kept", webhookSecret: outcome });
    assert.match(text, /instead of the one it had/);
  });

  it("O5: a dry run stores nothing and says what it would do", async () => {
    for (const [value, rotate] of [[undefined, false] as const, ['{"webhookSecret":"hush"}', true] as const]) {
      const { outcome, stored, text } = await run(value, { rotate, dryRun: true });
      assert.deepEqual([outcome, stored], [undefined, []]);
      assert.match(text, /^Would make a webhook secret and store it in arn/);
    }
  });

  it("O5: a value of another form isn't overwritten, and isn't shown", async () => {
    for (const value of ["hush", '["hush"]', '"hush"', "null"]) {
      for (const rotate of [false, true]) {
        const { outcome, stored } = await run(value, { rotate });
        assert.ok(outcome instanceof Error && outcome.name === "SecretError", value);
        assert.match(outcome.message, /Its value has to be \{"webhookSecret": "…"\}/);
        assert.ok(!`${outcome.stack} ${String(outcome.cause)}`.includes("hush"));
        assert.deepEqual(stored, []);
      }
    }
    assert.match(String((await run('{"webhookSecret":""}')).outcome), /lacks webhookSecret/);
    const bytes = await run(new Uint8Array(8), { rotate: true });
    assert.match(String(bytes.outcome), /holds bytes/);
    assert.deepEqual(bytes.stored, []);
  });

  it("O5: a secret that doesn't exist is told; other faults of AWS come through", async () => {
    const missing = await run(undefined, {}, named("ResourceNotFoundException"));
    assert.match(String(missing.outcome), /There is no secret arn.*run pulumi up first/);
    assert.equal((await run(named("AccessDeniedException"))).outcome instanceof Error, true);
    assert.match(String((await run(named("AccessDeniedException"))).outcome), /AccessDenied/);
    assert.match(String((await run(undefined, {}, named("AccessDeniedException"))).outcome), /AccessDenied/);
  });
});
