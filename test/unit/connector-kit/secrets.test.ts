import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { type ConnectorContext, Redactor } from "../../../functions/connector-kit";
import { type AskOptions, failure, first, type Logged, orders, paged } from "./harness";

const password = "p&ss w/rd+ü=1!";
const secrets = {
  apiKey: "k-12345678",
  pin: 987654,
  login: { user: "reader", password },
  keys: ["first-of-list", "second-of-list"],
  document: JSON.stringify({ inner: { token: "token-in-json" } }),
  pem: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----\n",
};
const planted = [
  "k-12345678",
  "987654",
  password,
  "first-of-list",
  "second-of-list",
  "token-in-json",
  "MIIEvQIBADANBgkqhkiG9w0B",
];

/** In the ways in which a client, a URL or a header would show it. */
function disguises(secret: string): string[] {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return [
    secret,
    `https://api.example.com/?key=${encodeURIComponent(secret)}&page=1`,
    new URLSearchParams({ key: secret }).toString(),
    encodeURIComponent(encodeURIComponent(secret)),
    encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
    new URL(`https://api.example.com/${secret}`).href,
    JSON.stringify({ key: secret }),
    `Basic ${base64(secret)}`,
    `Basic ${base64(`a:${secret}`)}`,
    `Basic ${base64(`me:${secret}:x`)}`,
    Buffer.from(`you:${secret}`).toString("base64url"),
    Buffer.from(secret).toString("hex"),
  ];
}

/** Texts that would give a secret away. */
function traces(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    encodeURI(secret),
    new URLSearchParams({ "": secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString("hex"),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  ];
}

function assertClean(text: string, what: string): void {
  for (const secret of planted) {
    for (const trace of traces(secret)) assert.ok(!text.includes(trace), `${what} shows ${trace}: ${text}`);
  }
}

describe("Fivetran connector: secrets", () => {
  for (const secret of planted) {
    it(`F6: in no log line and no error, however it is written: ${secret.slice(0, 10)}`, async () => {
      const logged: Logged[] = [];
      for (const [at, text] of disguises(secret).entries()) {
        const connector = paged([], {
          // biome-ignore lint/correctness/useYield: it fails before it comes to that.
          pull: async function* (_cursor: number | undefined, { log }: ConnectorContext) {
            log.info(`asking ${text}`, { url: text, headers: new Headers({ "x-key": encodeURI(text) }), [text]: 1 });
            log.warn("tried", { error: new Error(text), list: [[text]], map: new Map([["a", text]]) });
            log.error("failed", { url: new URL(`http://a/${encodeURIComponent(text)}`), error: { cause: text } });
            throw new Error(`source said ${text}`, { cause: new Error(text) });
          },
        });
        const error = await failure(connector, { ...first, secrets }, { logged });
        assert.equal(error.name, "SourceError");
        assert.match(error.message, /source said .*\[redacted\]/);
        assert.equal(error.cause, undefined);
        assertClean(`${error.message}\n${error.stack}\n${inspect(error, { depth: 9 })}`, `error ${at}`);
      }
      assert.equal(logged.length, 4 * disguises(secret).length);
      for (const line of logged) assertClean(inspect(line, { depth: 9 }), "a log line");
    });
  }

  it("F6: the kit's own errors don't show them either", async () => {
    const options: AskOptions = { limits: { answerBytes: 600 } };
    const rows = [{ id: "k-12345678", text: "x".repeat(900) }];
    const error = await failure(paged([{ upserts: { orders: rows } }]), { ...first, secrets }, options);
    assert.match(error.message, /The row \["\[redacted\]"\] of table orders/);
    const malformed = await failure(paged([]), { agent: 1, state: {}, secrets });
    assertClean(malformed.message, "the error of a malformed request");
    assertClean((await failure(paged([]), { state: "k-12345678", secrets })).message, "the error of a wrong state");
  });

  it("F6: a token that the connector was given on the way is hidden from then on", async () => {
    const connector = paged([], {
      // biome-ignore lint/correctness/useYield: it fails before it comes to that.
      pull: async function* (_cursor: number | undefined, { hide }: ConnectorContext) {
        hide("eyJhbGciOiJub25lIn0");
        throw new Error("Bearer eyJhbGciOiJub25lIn0 has expired");
      },
    });
    assert.equal((await failure(connector, first)).message, "Error: Bearer [redacted] has expired");
  });

  it("F6: what the connector throws may be anything", async () => {
    for (const thrown of ["k-12345678", { key: "k-12345678" }, undefined, null]) {
      const connector = paged([], {
        pull: () => {
          throw thrown;
        },
      });
      const error = await failure(connector, { ...first, secrets });
      assert.equal(error.name, "SourceError");
      assertClean(inspect(error), "the error");
    }
  });

  it("F6: a cursor with a secret in it is refused, because Fivetran stores it in plain text", async () => {
    const connector = paged([], {
      pull: async function* () {
        yield { upserts: { orders: orders(1, 1) }, cursor: "?key=k-12345678" as never };
      },
    });
    const error = await failure(connector, { ...first, secrets });
    assert.equal(error.name, "StateError");
    assert.match(error.message, /The cursor has a secret in it/);
    assertClean(error.message, "the error");
  });

  it("F6: ordinary text stays, also where a secret is a short word or a secret is part of another", () => {
    const redactor = new Redactor({ a: "eu", b: "", c: true, d: null, e: "abcdef", f: "abcdefgh" });
    assert.equal(redactor.text("a row in eu is true"), "a row in eu is true");
    assert.equal(redactor.text("abcdefgh abcdef"), "[redacted] [redacted]");
    assert.deepEqual(redactor.value({ n: 1, t: true, z: null, u: undefined }), {
      n: 1,
      t: true,
      z: null,
      u: undefined,
    });
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    assert.ok(inspect(redactor.value(loop), { depth: 20 }).includes("[too deep]"));
  });

  it("F6: within base64, any text of five letters or more is found wherever it begins", () => {
    const text = fc.string({ minLength: 5, maxLength: 40, unit: "grapheme", size: "max" });
    const around = fc.string({ maxLength: 12, size: "max" });
    fc.assert(
      fc.property(around, text, around, (before, secret, after) => {
        const redactor = new Redactor({ secret });
        for (const form of ["base64", "base64url"] as const) {
          const encoded = Buffer.from(before + secret + after).toString(form);
          assert.notEqual(redactor.text(encoded), encoded);
        }
      }),
      { numRuns: 200 },
    );
  });
});
