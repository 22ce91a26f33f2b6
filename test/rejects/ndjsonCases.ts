// Lines of canonical entities.
import { anyObject, CONTENT, joined, type Make, nested, raw, without } from "./cases.ts"

const time = "2024-01-01T00:00:00Z"

const kinds: ReadonlyArray<readonly [kind: string, of: (n: string) => object, key: string]> = [
  [
    "user",
    (n) => ({ _tag: "user", id: `u-${n}`, name: "A", custom: { other: { n: "@9007199254740993@" } } }),
    "id"
  ],
  [
    "channel",
    (n) => ({ _tag: "channel", id: `c-${n}`, form: "typed", name: n, createdAt: time, updatedAt: time }),
    "id"
  ],
  ["member", (n) => ({ _tag: "member", channelId: `c-${n}`, userId: `u-${n}`, role: "member" }), "userId"],
  [
    "message",
    (n) => ({
      _tag: "message",
      id: `m-${n}`,
      channelId: `c-${n}`,
      userId: `u-${n}`,
      type: "regular",
      createdAt: time
    }),
    "createdAt"
  ],
  [
    "reaction",
    (n) => ({ _tag: "reaction", messageId: `m-${n}`, channelId: `c-${n}`, userId: `u-${n}`, type: "like" }),
    "type"
  ]
]

/** A user whom other records name, and the line itself behind it, without an end. */
const fileOf = (n: string, line: string | Buffer) =>
  joined(`${raw({ _tag: "user", id: `w-${n}`, name: n })}\n`, line, "")

const CODES: Readonly<Record<string, string>> = { too_deep: "nested_too_deeply" }

const damages = kinds.flatMap(([kind, of, key]) => [
  ...anyObject
    .filter(([code]) => code !== "too_deep")
    .map(([code, damage]) => ({ kind: "unknown", code: CODES[code] ?? code, of, damage })),
  {
    kind: "unknown",
    code: "nested_too_deeply",
    of,
    damage: (json: string) => `{"x":${nested(4000)},${json.slice(1)}`
  },
  { kind: "unknown", code: "unknown_kind", of, damage: (json: string) => json.replace(kind, CONTENT) },
  {
    kind,
    code: "invalid_entity",
    of,
    damage: (json: string) => raw(without(JSON.parse(json) as object, key))
  },
  { kind, code: "invalid_entity", of, damage: (json: string) => `{"colour":1,${json.slice(1)}` }
])

export const ndjson: ReadonlyArray<Make> = damages.map(({ code, damage, kind, of }) => (n) => {
  const line = raw(of(n))
  return {
    kind,
    code,
    ending: "ndjson",
    clean: fileOf(n, line),
    damaged: fileOf(n, damage(line)),
    corrected: line
  }
})
