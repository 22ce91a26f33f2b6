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

/** A user that other records refer to, followed by the unterminated line itself. */
const fileOf = (n: string, line: string | Buffer) =>
  joined(`${raw({ _tag: "user", id: `w-${n}`, name: n })}\n`, line, "")

type Damage = readonly [code: string, damage: (json: string) => string | Buffer]

const lines: ReadonlyArray<Damage> = [
  ...anyObject.filter(([code]) => code !== "too_deep"),
  ["nested_too_deeply", (json) => `{"x":${nested(4000)},${json.slice(1)}`]
]

const damagesOf = ([kind, of, key]: (typeof kinds)[number]) => {
  const own: ReadonlyArray<Damage> = [
    ["invalid_entity", (json) => raw(without(JSON.parse(json) as object, key))],
    ["invalid_entity", (json) => `{"colour":1,${json.slice(1)}`]
  ]
  const unknown: Damage = ["unknown_kind", (json) => json.replace(kind, CONTENT)]
  return lines
    .concat([unknown])
    .map(([code, damage]) => ({ kind: "unknown", code, of, damage }))
    .concat(own.map(([code, damage]) => ({ kind, code, of, damage })))
}

const damages = kinds.flatMap(damagesOf)

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
