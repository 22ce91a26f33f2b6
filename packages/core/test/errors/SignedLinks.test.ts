import { SignedLinks } from "@chatferry/core/errors"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"

const KEY = "AIzaSyA1234567890abcdefghijklmnopqrstu"

const cases: ReadonlyArray<{ readonly of: string; readonly url: string; readonly left: string }> = [
  {
    of: "Amazon S3, version 4",
    url: "https://b.s3.amazonaws.com/k?v=1&X-Amz-Algorithm=A&X-Amz-Credential=C&X-Amz-Date=D&X-Amz-Expires=60&X-Amz-Security-Token=T&X-Amz-SignedHeaders=host&X-Amz-Signature=S",
    left: "https://b.s3.amazonaws.com/k?v=1"
  },
  {
    of: "Amazon S3, version 2",
    url: "https://b.s3.amazonaws.com/k?AWSAccessKeyId=A&Expires=1700000000&Signature=S&v=1",
    left: "https://b.s3.amazonaws.com/k?v=1"
  },
  {
    of: "Stream's files behind CloudFront, whose size stays",
    url: "https://eu.stream-io-cdn.com/1/images/a.png?Key-Pair-Id=K&Policy=P&Signature=S&oh=1080&ow=1920",
    left: "https://eu.stream-io-cdn.com/1/images/a.png?oh=1080&ow=1920"
  },
  {
    of: "Google Cloud Storage, version 4",
    url: "https://storage.googleapis.com/b/k?X-Goog-Algorithm=A&X-Goog-Credential=C&X-Goog-Date=D&X-Goog-Expires=9&X-Goog-SignedHeaders=host&X-Goog-Signature=S",
    left: "https://storage.googleapis.com/b/k"
  },
  {
    of: "Google Cloud Storage, version 2",
    url: "https://storage.googleapis.com/b/k?GoogleAccessId=A&Expires=1700000000&Signature=S&generation=3",
    left: "https://storage.googleapis.com/b/k?generation=3"
  },
  {
    of: "Azure",
    url: "https://a.blob.core.windows.net/c/k?sv=2022-11-02&sr=b&st=2024-01-01&se=2024-05-01&sp=r&skoid=O&sktid=T&skt=1&ske=2&sks=b&skv=3&sig=S%2B%3D&rscd=inline",
    left: "https://a.blob.core.windows.net/c/k?rscd=inline"
  },
  {
    of: "Azure with a policy of the server's",
    url: "https://a.blob.core.windows.net/c/k?sv=2022-11-02&si=policy&sig=S",
    left: "https://a.blob.core.windows.net/c/k"
  },
  {
    of: "a signature that is not Azure's",
    url: "https://e.com/k?st=1&sig=S",
    left: "https://e.com/k?st=1"
  },
  {
    of: "Alibaba, whose scaling stays",
    url: "https://e.com/k?x-oss-process=image/resize,w_9&x-oss-signature-version=V&x-oss-credential=C&x-oss-date=D&x-oss-expires=9&x-oss-signature=S",
    left: "https://e.com/k?x-oss-process=image/resize,w_9"
  },
  { of: "Sendbird", url: "https://e.com/f?x=1&auth=S&Expires=5", left: "https://e.com/f?x=1" },
  {
    of: "Facebook",
    url: "https://scontent.fbcdn.net/v/a.jpg?_nc_cat=1&oh=00_S&oe=65A1B2C3",
    left: "https://scontent.fbcdn.net/v/a.jpg?_nc_cat=1"
  },
  {
    of: "Bunny, in the path",
    url: "https://v.b-cdn.net/bcdn_token=S&expires=1700000000&token_path=%2Fa%2F/a/v.m3u8",
    left: "https://v.b-cdn.net/a/v.m3u8"
  },
  {
    of: "Akamai",
    url: "https://e.com/v?hdnts=exp=1~acl=/*~hmac=S&__token__=S",
    left: "https://e.com/v"
  },
  { of: "a token", url: "https://e.com/f?alt=media&token=S", left: "https://e.com/f?alt=media" },
  {
    of: "a session in the path",
    url: "https://e.com/a;jsessionid=S/b.png?x=1",
    left: "https://e.com/a/b.png?x=1"
  },
  { of: "an API key of Google's", url: `https://e.com/map?q=1&key=${KEY}`, left: "https://e.com/map?q=1" },
  { of: "a name and password", url: "https://ada:S@e.com/a@b", left: "https://e.com/a@b" },
  { of: "a token before the host", url: "https://S@e.com/", left: "https://e.com/" },
  { of: "a password with other signs in it", url: "https://a:S&token=@S;@e.com/", left: "https://e.com/" },
  { of: "a name and password without a scheme", url: "//ada:S@e.com/a", left: "//e.com/a" },
  { of: "a name and password before one slash", url: "https:\\ada:S@e.com", left: "https:\\e.com" },
  { of: "a name without a host", url: "https://ada:S@/a", left: "https://@/a" },
  { of: "a fragment", url: "https://e.com/#access_token=S&state=1", left: "https://e.com/#state=1" },
  { of: "a fragment alone", url: "https://e.com/a#id_token=S", left: "https://e.com/a" },
  { of: "a query in a fragment", url: "https://e.com/#/a?token=S&b=1", left: "https://e.com/#/a?b=1" },
  { of: "an escaped name", url: "https://e.com/a?%58-Amz%2DSignature=S&b=1", left: "https://e.com/a?b=1" },
  { of: "a name that is escaped twice", url: "https://e.com/a?%2574oken=S", left: "https://e.com/a" },
  { of: "a name with a line break in it", url: "https://e.com/a?to\nken=S&b=1", left: "https://e.com/a?b=1" },
  { of: "names in other case", url: "https://e.com/a?ACCESS-TOKEN=S&Sig=S", left: "https://e.com/a" },
  { of: "a name in brackets", url: "https://e.com/a?user[token]=S&c[]=1", left: "https://e.com/a?c[]=1" },
  {
    of: "a name that occurs again",
    url: "https://e.com/a?auth=S&b=1&auth=S&auth=",
    left: "https://e.com/a?b=1&auth="
  },
  {
    of: "parameters between semicolons",
    url: "https://e.com/a?b=1;token=S;c=2",
    left: "https://e.com/a?b=1;c=2"
  },
  {
    of: "a semicolon in a value",
    url: "https://e.com/a?b=1&token=S;S=S&c=2",
    left: "https://e.com/a?b=1&c=2"
  },
  { of: "a query within HTML", url: "https://e.com/a?b=1&amp;token=S", left: "https://e.com/a?b=1&amp" },
  {
    of: "an address within an address",
    url: "https://e.com/p?url=https%3A%2F%2Fu%3AS%40b%2Fk%3FX-Amz-Date%3D1%26v%3D1%26X-Amz-Signature%3DS&w=3",
    left: "https://e.com/p?url=https%3A%2F%2Fb%2Fk%3Fv%3D1&w=3"
  },
  {
    of: "an address within an address, not escaped",
    url: "https://e.com/p?url=https://b/k?Signature=S&Expires=5&w=3",
    left: "https://e.com/p?url=https://b/k&w=3"
  },
  {
    of: "an address within an address within an address",
    url: "https://e.com/?u=a%3Fu%3Db%253Ftoken%253DS%2526c%253D1%26auth%3DS",
    left: "https://e.com/?u=a%3Fu%3Db%253Fc%253D1"
  },
  {
    of: "a value with escaped separators",
    url: "https://e.com/a?token=S%26S%3BS%23S&b=1",
    left: "https://e.com/a?b=1"
  },
  {
    of: "an address within, before more",
    url: "https://e.com/?u=a%3Ftoken%3DS&b=1",
    left: "https://e.com/?u=a&b=1"
  },
  {
    of: "a parameter that hides a name and password",
    url: "https:;token=S//ada:S@e.com",
    left: "https://e.com"
  },
  { of: "parameters as a value", url: "https://e.com/?state=token%3DS", left: "https://e.com/?state=" },
  { of: "a query that was escaped", url: "https://e.com/a%3Fb=1%26auth=S", left: "https://e.com/a%3Fb=1" },
  { of: "a relative address", url: "../a?token=S&b=%zz", left: "../a?b=%zz" },
  { of: "text that is not an address", url: "https://[?token=S", left: "https://[" }
]

const unsigned = [
  "",
  "https://e.com/a.png",
  "https://e.com/a.png?author=x&v=2&token",
  "https://e.com/a?token=&auth=&b=%",
  "https://e.com/a?Expires=1700000000&Policy=x&Key-Pair-Id=y",
  "https://e.com/a?st=1&se=2&sv=3&sp=4",
  "https://e.com/a?oh=1080&ow=1920",
  "https://e.com/a?key=photos/a.png&authuser=0&signed=1",
  "https://e.com/a?x-amz-meta-name=a&x-oss-process=b",
  "https://e.com/@ada/a?mail=ada@e.com#@b",
  "https://@e.com/",
  "https://e.com/\n?a=b",
  "mailto:ada@e.com",
  "the token=x of a text",
  "\ud800?a=\udfff"
]

describe("a link", () => {
  it.each(cases)("loses the credential of $of and nothing else", ({ left, url }) => {
    assert.strictEqual(SignedLinks.strip(url), left)
    assert.isTrue(SignedLinks.isSigned(url))
    assert.isFalse(SignedLinks.isSigned(left))
  })

  it.each(unsigned)("without a credential is not changed: %s", (url) => {
    assert.strictEqual(SignedLinks.strip(url), url)
    assert.isFalse(SignedLinks.isSigned(url))
  })

  it.each([
    { url: "https://e.com/a?expires=1700000000", end: "2023-11-14T22:13:20Z" },
    { url: "https://e.com/a?%45xpires=1700000000", end: "2023-11-14T22:13:20Z" },
    { url: "https://e.com/a?Expires=1800000000&Expires=1700000000", end: "2023-11-14T22:13:20Z" },
    { url: "https://e.com/a?b=1;Expires=1700000000;c=2", end: "2023-11-14T22:13:20Z" },
    {
      url: "https://e.com/?u=https%3A%2F%2Fb%2F%3FX-Amz-Date%3D20240229T235000Z%26X-Amz-Expires%3D604800",
      end: "2024-03-07T23:50:00Z"
    },
    { url: "https://e.com/a?sig=x&se=2024-05-01T10%3A30Z&ske=2024-04-30", end: "2024-04-30T00:00:00Z" },
    { url: "https://e.com/a?oh=x&oe=65A1B2C3", end: "2024-01-12T21:44:35Z" },
    { url: "https://e.com/a?x-oss-date=20240101T000000Z&x-oss-expires=60", end: "2024-01-01T00:01:00Z" },
    { url: "https://e.com/a#?expires=1700000000", end: undefined },
    { url: "https://e.com/a?se=2024-05-01&oe=65A1B2C3", end: undefined },
    { url: "https://e.com/a?expires=0&Expires=99999999999999999999", end: undefined },
    { url: "", end: undefined }
  ])("has an expiry: $url", ({ end, url }) => {
    assert.strictEqual<string | undefined>(SignedLinks.expiresAt(url), end)
  })

  it("is processed in time that depends only on its length", () => {
    const times = 20_000
    for (const part of [
      "a=",
      "sig=",
      "https:",
      "://",
      "https://u@;",
      "?;token=a",
      "%2F%2F:",
      "=//u@",
      ";",
      "&expires="
    ]) {
      const url = `https://e.com/?${part.repeat(times)}&token=SECRET`
      assert.notInclude(SignedLinks.strip(url), "SECRET")
      SignedLinks.expiresAt(url)
    }
  }, 20_000)
})

// Values without the letters of names, so that what is left of one is seen.
const CANARY = "ZQZQ"
const Level = Schema.Literals([0, 1, 2])
const Name = Schema.Literals([
  "auth",
  "token",
  "Access-Token",
  "X-Amz-Signature",
  "x-goog-signature",
  "Signature",
  "%73ig",
  "user[password]",
  "hdnts",
  "api_key"
])
const Value = Schema.String.check(Schema.isPattern(/^[\w .~!*'()/:+=,;&#?-]{0,12}$/u))
const Secret = Schema.Struct({ name: Name, value: Value, level: Level })
const OTHERS = ["v", "w", "size", "author"] as const
const Other = Schema.Struct({ name: Schema.Literals(OTHERS), value: Value, level: Level })
const Start = Schema.Literals([
  "https://e.com/a",
  "//e.com",
  "a",
  "",
  "https://e.com/#",
  "https://e.com/#/a",
  "data:,a"
])
const Separator = Schema.Literals(["&", ";"])

interface Written {
  readonly name: string
  readonly value: string
  readonly level: number
}

const canary = ({ level, name, value }: Written): Written => ({ name, level, value: `${CANARY}${value}` })

const escaped = (text: string, level: number): string => {
  let left = text
  for (let i = 0; i < level; i++) left = encodeURIComponent(left)
  return left
}

const written = (start: string, separator: string, parameters: ReadonlyArray<Written>) =>
  parameters.reduce((url, { level, name, value }, i) => {
    const before = i === 0 ? "?" : separator
    return `${url}${escaped(before, level)}${escaped(`${name}=`, level)}${escaped(value, level + 1)}`
  }, start)

describe("any text", () => {
  it.effect.prop(
    "is stripped of every secret value at any depth, idempotently",
    [Start, Separator, Schema.Array(Schema.Union([Secret, Other]))],
    ([start, separator, parameters]) =>
      Effect.sync(() => {
        const known = parameters.map((one) => (OTHERS.some((name) => name === one.name) ? one : canary(one)))
        const url = written(start, separator, known)
        const left = SignedLinks.strip(url)
        assert.notInclude(left, CANARY)
        assert.strictEqual(SignedLinks.strip(left), left)
        if (!url.includes(CANARY)) assert.strictEqual(left, url)
      }),
    runs(500, 20_000)
  )

  it.effect.prop(
    "keeps parameters that are not secrets byte for byte and in order",
    [Schema.Array(Secret), Schema.Array(Other), Separator],
    ([secrets, others, separator]) =>
      Effect.sync(() => {
        const flat = (list: ReadonlyArray<Written>) =>
          list.map(({ name, value }) => ({ name, value, level: 0 }))
        const mixed = flat(others).flatMap((one, i) =>
          [one].concat(flat(secrets.map(canary)).slice(i, i + 1))
        )
        assert.strictEqual(
          SignedLinks.strip(written("https://e.com/a", separator, mixed)),
          written("https://e.com/a", separator, flat(others))
        )
      }),
    runs(500)
  )

  it.effect.prop(
    "loses the name and password before its host, and nothing throws",
    [Schema.Literals(["https://", "http:", "HTTPS:\\", " ftp://", "//"]), Schema.String, Schema.String],
    ([scheme, user, rest]) =>
      Effect.sync(() => {
        const url = `${scheme}${user}@${rest}`
        const left = SignedLinks.strip(url)
        assert.strictEqual(SignedLinks.strip(left), left)
        SignedLinks.expiresAt(url)
        const parsed = URL.parse(left, "https://base.example")
        if (parsed !== null) assert.strictEqual(`${parsed.username}${parsed.password}`, "")
      }),
    runs(500, 20_000)
  )
})
