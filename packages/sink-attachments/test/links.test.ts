// The terms in the address of a file, and the parts of it that are written.
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../test/runs.ts"
import { CANARY, inventoryOf, message, PROTECTED } from "./harness.ts"

const listed = (url: string) =>
  Effect.map(inventoryOf([message("m", [{ type: "file", url }])]), ({ bytes, entries }) => {
    assert.notInclude(bytes, CANARY)
    assert.isAtMost(entries.length, 1)
    return entries[0]
  })

const policy = (json: string) =>
  Buffer.from(json).toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~")

it.layer(NodeServices.layer)("links", (it) => {
  it.effect.each<{ name: string; query: string; end?: string; isSigned?: boolean }>([
    { name: "with Sendbird's key", query: `auth=${CANARY}` },
    { name: "with a token", query: `alt=media&token=${CANARY}` },
    { name: "with an escaped name", query: `%58-Amz-Signature=${CANARY}` },
    {
      name: "of Facebook",
      query: `oh=${CANARY}&oe=65A1B2C3`,
      end: "2024-01-12T21:44:35Z"
    },
    { name: "with a signature alone", query: `a=1&Signature=${CANARY}` },
    {
      name: "of S3",
      query: `X-Amz-Date=20240229T235000Z&X-Amz-Expires=604800&X-Amz-Signature=${CANARY}`,
      end: "2024-03-07T23:50:00Z"
    },
    {
      name: "of S3 with names in small letters",
      query: `x-amz-signature=${CANARY}&x-amz-expires=60&x-amz-date=20240101T000000Z`,
      end: "2024-01-01T00:01:00Z"
    },
    {
      name: "of S3 in the old form",
      query: `AWSAccessKeyId=${CANARY}&Expires=1700000000&Signature=${CANARY}`,
      end: "2023-11-14T22:13:20Z"
    },
    {
      name: "of Google Cloud Storage",
      query: `X-Goog-Date=20240101T000000Z&X-Goog-Expires=3600&X-Goog-Signature=${CANARY}`,
      end: "2024-01-01T01:00:00Z"
    },
    {
      name: "of Azure",
      query: `se=2024-05-01T10%3A30Z&sig=${CANARY}`,
      end: "2024-05-01T10:30:00Z"
    },
    { name: "of Azure with a date alone", query: `se=2024-05-01&sig=${CANARY}`, end: "2024-05-01T00:00:00Z" },
    {
      name: "of Azure with parts of seconds",
      query: `se=2024-05-01T10:30:01.9990000Z&sig=${CANARY}`,
      end: "2024-05-01T10:30:01Z"
    },
    {
      name: "of CloudFront with a policy",
      query: `Policy=${policy(`{"Statement":[{"Resource":"${CANARY}","Condition":{"DateLessThan":{"AWS:EpochTime":1700000000}}}]}`)}&Signature=${CANARY}`,
      end: "2023-11-14T22:13:20Z"
    },
    {
      name: "with two expiries, of which the earlier counts",
      query: `Expires=1700000000&X-Amz-Date=20230101T000000Z&X-Amz-Expires=1&Signature=${CANARY}`,
      end: "2023-01-01T00:00:01Z"
    },
    {
      name: "that expire and are not signed",
      query: "expires=1700000000",
      end: "2023-11-14T22:13:20Z",
      isSigned: false
    },
    { name: "whose expiry is not a time", query: `Expires=soon&Signature=${CANARY}` },
    { name: "whose expiry is too far away", query: `Expires=99999999999999999999&Signature=${CANARY}` },
    {
      name: "whose day does not exist",
      query: `X-Amz-Date=20240231T000000Z&X-Amz-Expires=60&X-Amz-Signature=${CANARY}`
    },
    { name: "with broken escapes", query: `Expires=%E0%A4%A&se=%&Signature=%${CANARY}` }
  ])("$name are listed with their terms and without their query", ({ end, isSigned = true, query }) =>
    Effect.gen(function* () {
      const entry = yield* listed(`https://files.example.com:8443/a%20b/c.png?${query}#${CANARY}`)
      assert(entry !== undefined)
      assert.deepStrictEqual(
        entry.reasons,
        [isSigned ? ["signed_link" as const] : [], end === undefined ? [] : ["expires_at" as const]].flat()
      )
      assert.strictEqual<string | undefined>(entry.expiresAt, end)
      assert.deepStrictEqual([entry.host, entry.path], ["files.example.com:8443", "/a%20b/c.png"])
    })
  )

  it.effect.each([
    { name: "have no query", url: "https://files.example.com/a.png" },
    { name: "have another query", url: "https://files.example.com/a.png?author=x&v=2" },
    { name: "say 0 for never", url: "https://files.example.com/a.png?expires=0" },
    {
      name: "state their expiry in the fragment, which servers never see",
      url: "https://files.example.com/a.png#?expires=1700000000"
    },
    { name: "are empty", url: "" }
  ])("are not listed if they $name", ({ url }) =>
    Effect.map(listed(url), (entry) => assert.isUndefined(entry))
  )

  it.effect.each([
    {
      name: "a name and password",
      url: `https://${CANARY}:${CANARY}@files.example.com/a?auth=x`,
      path: "/a"
    },
    {
      name: "a parameter of the path",
      url: `https://files.example.com/a;auth=${CANARY}/b?auth=x`,
      path: "/a/b"
    },
    { name: "a name and password alone", url: `https://${CANARY}@files.example.com/a`, path: "/a" },
    {
      name: "a token in the fragment",
      url: `https://files.example.com/a#access_token=${CANARY}`,
      path: "/a"
    },
    {
      name: "a query escaped twice",
      url: `https://files.example.com/a%3FX-Amz-Signature%3D${CANARY}?auth=x`,
      path: "/a"
    },
    {
      name: "a token among such parameters",
      url: `https://files.example.com/a%3fv=1%26access_token=${CANARY}?auth=x`,
      path: "/a%3fv=1"
    }
  ])("are listed without $name", ({ path, url }) =>
    Effect.gen(function* () {
      const entry = yield* listed(url)
      assert.deepStrictEqual([entry?.host, entry?.path], ["files.example.com", path])
    })
  )

  it.effect.each([
    { name: "contain the content", url: `data:image/png;base64,${CANARY}?auth=x` },
    { name: "are of another scheme", url: `ftp://files.example.com/${CANARY}?auth=x` },
    { name: "are broken", url: `https://[${CANARY}/a?auth=x` },
    { name: "have no scheme", url: `${CANARY}/a?auth=x` }
  ])("are listed without host and path if they $name", ({ url }) =>
    Effect.gen(function* () {
      const entry = yield* listed(url)
      assert.deepStrictEqual(entry?.reasons, ["signed_link"])
      assert.deepStrictEqual([entry?.host, entry?.path], [undefined, undefined])
    })
  )
})

const NAMES = [
  "auth",
  "Signature",
  "X-Amz-Signature",
  "X-Goog-Signature",
  "token",
  "Policy",
  "Expires",
  "se",
  "sig"
]
const Parameter = Schema.Tuple([Schema.Literals(NAMES), Schema.String])
const Base = Schema.Literals([
  "https://files.example.com/a",
  "http://h/",
  "//h/a",
  "x",
  "data:,a",
  `https://${CANARY}@h/a`
])

describe("queries and fragments", () => {
  it.effect.prop(
    "are never written, whatever they contain",
    [Base, Schema.Array(Parameter), Schema.String],
    ([base, parameters, fragment]) =>
      Effect.gen(function* () {
        const query = parameters.map(([name, value]) => `${name}=${CANARY}${value}`).join("&")
        const url = `${base}?${query}#${CANARY}${fragment}`
        const { bytes, entries } = yield* inventoryOf([
          message("m", [{ ...PROTECTED, url, thumbnailUrl: url }])
        ])
        assert.notInclude(bytes, CANARY)
        assert.strictEqual(entries.length, 2)
      }).pipe(Effect.provide(NodeServices.layer)),
    runs(10, 400)
  )
})
