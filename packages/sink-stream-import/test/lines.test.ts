import { createInterface } from "node:readline"
import { Readable } from "node:stream"
import type { Entity } from "@chatferry/core"
import { EntityGenerator } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { channel, member, message, reaction, user } from "../../../test/entities.ts"
import { dialects, write } from "./harness.ts"

const ENDS = "\u2028a\u2029b\u0085c"

/** Entities with characters in all texts that end a line for some readers. */
const broken = (value: unknown): unknown => {
  if (typeof value === "string") return /^\d{4}-|^https?:/u.test(value) ? value : `${value}${ENDS}`
  if (Array.isArray(value)) return value.map(broken)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, NAMES.has(key) ? one : broken(one)])
  )
}
const NAMES = new Set(["_tag", "form", "audience", "type", "textFormat", "level", "role"])

const readline = (text: string) =>
  Effect.promise(async () => {
    const lines: Array<string> = []
    for await (const line of createInterface({ input: Readable.from([text]), crlfDelay: Infinity }))
      lines.push(line)
    return lines
  })

describe("lines of an import", () => {
  const entities: ReadonlyArray<Entity.Entity> = [
    user("ada", { name: ENDS, devices: [{ id: ENDS, provider: "apn" }] }),
    channel("general", { name: ENDS, createdById: "ada" }),
    member("general", "ada", { custom: { own: { note: ENDS } } }),
    message("1", { text: ENDS, custom: { own: { large: ENDS.repeat(2000) } } }),
    message("2", { text: "reply", parentId: "1", quotedMessageId: `gone${ENDS}` }),
    reaction("1", "love", { custom: { own: { note: ENDS } } })
  ]

  for (const dialect of dialects) {
    it.live(`are lines for Node's readline, with unchanged content (${dialect})`, () =>
      Effect.gen(function* () {
        const result = yield* write({ dialect }, entities)
        assert.deepStrictEqual(result.problems, [])
        assert.notMatch(result.file, /[\u0085\u2028\u2029]/u)
        assert.strictEqual((yield* readline(result.file)).length, result.file.split("\n").length - 1)
        assert.deepInclude(result.of("message")[0], { text: ENDS })
        assert.deepInclude(result.moved[0], { value: ENDS.repeat(2000) })
      })
    )

    it.live(`are lines, whatever the records contain (${dialect})`, () =>
      Effect.gen(function* () {
        const soup = EntityGenerator.make({ seed: 5, records: 300, extremes: 0.1 }).filter(
          ({ _tag }) => _tag !== "failed_webhook"
        )
        const result = yield* write(
          { dialect, distinctChannels: "member_ids" },
          soup.map((one) => broken(one) as Entity.Entity)
        )
        assert.deepStrictEqual(result.problems, [])
        for (const file of [result.file, ...Object.values(result.texts)])
          assert.notMatch(file, /[\u0085\u2028\u2029]/u)
      })
    )
  }
})
