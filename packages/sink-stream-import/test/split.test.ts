import { Ledger, Transform } from "@chatferry/core"
import { EntityGenerator } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { base, channel, member, message, reaction, user } from "../../../test/entities.ts"
import { runs } from "../../../test/runs.ts"
import type { Dialect } from "./checker.ts"
import { type Config, dialects, type Result, write } from "./harness.ts"
import { writeThrough } from "./through.ts"

const LEAST = 65_536
const bytes = (text: string) => Buffer.byteLength(text)

const soup = (seed: number, records = 700) =>
  EntityGenerator.make({ seed, records, dangling: 0.1, duplicates: 0.1, oddIds: 0.3, extremes: 0.02 })

// Messages of a few kilobytes, so that a few dozen fill a file.
const long = (id: string, fields: object = {}) => message(id, { text: "é".repeat(2000), ...fields })

const policies: ReadonlyArray<Partial<Config>> = [
  {},
  { distinctChannels: "member_ids", unknownChannel: "synthesise", deletedContent: "keep" }
]

const sizes = ({ files }: Result) => files.map(({ content }) => bytes(content))

const names = (dialect: Dialect, count: number) =>
  Array.from(
    { length: count },
    (_, i) => `import-${String(i + 1).padStart(4, "0")}.${dialect === "jsonl" ? "jsonl" : "json"}`
  )

/** All items of an import without repeated ones, sorted. */
const items = ({ items }: Result) => items.map((entry) => JSON.stringify(entry)).toSorted()

describe("a large import", () => {
  for (const dialect of dialects) {
    for (const [index, policy] of policies.entries()) {
      it.live.prop(
        `is split into valid ${dialect} files within the limit, with the same items as one file (policies ${index})`,
        [Schema.Int],
        ([seed]) =>
          Effect.gen(function* () {
            const config = { dialect, ...policy }
            const whole = yield* write(config, soup(seed))
            const split = yield* write({ ...config, maxFileBytes: LEAST }, soup(seed))
            assert.deepStrictEqual(split.problems, [])
            assert.isAbove(split.files.length, 1)
            assert.isTrue(sizes(split).every((size) => size <= LEAST))
            assert.deepStrictEqual(
              split.files.map(({ path }) => path),
              names(dialect, split.files.length)
            )
            assert.deepStrictEqual(items(split), items(whole))
            assert.deepStrictEqual(split.ledger.kinds, whole.ledger.kinds)
            assert.deepStrictEqual(Ledger.imbalance(split.ledger), [])
            assert.strictEqual(
              split.files.reduce((sum, { records }) => sum + records, 0),
              whole.items.length + repeatedItems(split)
            )
          }),
        runs(2, 60)
      )
    }

    it.live(`has the same ${dialect} bytes in any order and any batches`, () =>
      Effect.gen(function* () {
        const entities = soup(5)
        const config = { dialect, maxFileBytes: LEAST, distinctChannels: "member_ids" } as const
        const expected = yield* write(config, entities)
        for (const batch of [7, 1000]) {
          const other = yield* write(config, entities.toReversed(), batch)
          assert.strictEqual(other.manifest, expected.manifest)
        }
      })
    )

    it.live(`stays one ${dialect} file up to the limit and becomes two one byte above it`, () =>
      Effect.gen(function* () {
        const entities = [...base, ...Array.from({ length: 30 }, (_, i) => long(`m${i}`))]
        const whole = yield* write({ dialect }, entities)
        const size = bytes(whole.file)
        assert.isAbove(size, LEAST)
        const exact = yield* write({ dialect, maxFileBytes: size }, entities)
        assert.strictEqual(exact.files.length, 1)
        assert.strictEqual(exact.file, whole.file)
        assert.deepStrictEqual(exact.files[0]?.path, whole.files[0]?.path)
        const over = yield* write({ dialect, maxFileBytes: size - 1 }, entities)
        assert.strictEqual(over.files.length, 2)
        assert.deepStrictEqual(over.problems, [])
        assert.deepStrictEqual(items(over), items(whole))
      })
    )

    it.live(`knows the exact size of one ${dialect} file before messages and reactions are written`, () =>
      Effect.gen(function* () {
        const entities = [
          ...base,
          user("ü", { devices: [{ id: "token", provider: "firebase" }], mutedUserIds: ["ada"] }),
          channel("distinct", { isDistinct: true, createdById: "ada" }),
          member("distinct", "ada"),
          member("distinct", "ü"),
          ...Array.from({ length: 20 }, (_, i) => long(`m${10 + i}`)),
          long("mentions", { mentionedUserIds: ["ü"], pinnedAt: "2024-01-01T00:00:00Z", pinnedById: "ü" }),
          long("quote", { quotedMessageId: "m10", createdAt: "2025-01-01T00:00:00Z" }),
          long("orphan", { parentId: "missing", quotedMessageId: "missing" }),
          long("reply", { parentId: "m11", createdAt: "2025-01-01T00:00:00Z", isShownInChannel: true }),
          message("html", { html: "x".repeat(70_000) }),
          reaction("m12", "like", { createdAt: undefined }),
          reaction("m12", "ß", { userId: "ü" })
        ]
        const config = { dialect, distinctChannels: "member_ids" } as const
        const whole = yield* write(config, entities)
        const maxFileBytes = bytes(whole.file)
        const exact = yield* write({ ...config, maxFileBytes }, entities)
        const over = yield* write({ ...config, maxFileBytes: maxFileBytes - 1 }, entities)
        assert.strictEqual(exact.file, whole.file)
        assert.strictEqual(exact.files.length, 1)
        assert.isAbove(over.files.length, 1)
        assert.deepStrictEqual(over.problems, [])
        assert.deepStrictEqual(items(over), items(whole))
      })
    )

    it.live(`fills ${dialect} files to the byte`, () =>
      Effect.gen(function* () {
        const entities = [...base, ...Array.from({ length: 60 }, (_, i) => long(`m${100 + i}`))]
        const first = yield* write({ dialect, maxFileBytes: 100_000 }, entities)
        const size = sizes(first)[0] ?? 0
        const same = yield* write({ dialect, maxFileBytes: size }, entities)
        const less = yield* write({ dialect, maxFileBytes: size - 1 }, entities)
        assert.strictEqual(sizes(same)[0], size)
        assert.isBelow(sizes(less)[0] ?? 0, size - 1)
      })
    )

    it.live(`rejects items that are larger than a file in ${dialect}`, () =>
      Effect.gen(function* () {
        const others = Array.from({ length: 2000 }, (_, i) => `user-with-a-long-id-${i}`)
        const result = yield* write({ dialect, maxFileBytes: LEAST }, [
          ...base,
          user("mute", { mutedUserIds: others }),
          message("1", { html: "x".repeat(LEAST) }),
          message("2", { parentId: "1" }),
          reaction("1", "like")
        ])
        assert.deepStrictEqual(result.problems, [])
        assert.deepStrictEqual(result.ledger.kinds.user.rejected, { over_file_limit: 1 })
        assert.deepStrictEqual(result.ledger.kinds.message.rejected, { over_file_limit: 1 })
        assert.deepStrictEqual(result.ledger.kinds.reaction.rejected, { unknown_message: 1 })
        assert.deepStrictEqual(result.ledger.notes, { reply_detached: 1 })
      })
    )
  }

  it.live("repeats items in an array that others refer to, and counts them", () =>
    Effect.gen(function* () {
      const result = yield* write({ dialect: "json-array", maxFileBytes: LEAST }, [
        ...base,
        user("bob", { mutedUserIds: ["cleo"], mutedChannelIds: ["quiet"] }),
        channel("quiet", { createdById: "dan" }),
        member("general", "ada"),
        long("root", { createdAt: "2023-01-01T00:00:00Z", userId: "bob" }),
        ...Array.from({ length: 40 }, (_, i) => long(`a${10 + i}`)),
        long("reply", { parentId: "root", createdAt: "2025-01-01T00:00:00Z" })
      ])
      assert.deepStrictEqual(result.problems, [])
      const last = result.files.at(-1)?.content ?? ""
      for (const id of ["ada", "bob", "cleo", "dan", "quiet", "general", "root", "reply"]) {
        assert.include(last, `{"id":"${id}"`)
      }
      assert.notInclude(last, '"type":"member"')
      assert.deepInclude(result.ledger.notes, {
        item_repeated_channel: result.files.length,
        item_repeated_message: 1
      })
      assert.strictEqual(result.ledger.kinds.user.written, 4)
    })
  )

  it.live("has, in each file, the user who now pins the messages that a left-out user had pinned", () =>
    Effect.gen(function* () {
      const exceptBob = Transform.users("except-bob", ({ id }) => id !== "bob")
      const pinned = { pinnedAt: "2024-01-01T00:00:00Z", pinnedById: "bob", userId: "ada" }
      const result = yield* writeThrough(
        { dialect: "json-array", maxFileBytes: LEAST },
        exceptBob,
        [...base, user("bob"), ...Array.from({ length: 60 }, (_, i) => long(`m${10 + i}`, pinned))],
        10
      )
      assert.deepStrictEqual(result.problems, [])
      assert.isAbove(result.files.length, 1)
      for (const { content } of result.files) assert.include(content, '"item":{"id":"data-migration-admin"')
    })
  )

  it.live("fails if an item does not fit into a file with everything that it refers to", () =>
    Effect.gen(function* () {
      const users = Array.from({ length: 1000 }, (_, i) =>
        user(`u${i}`, { name: "n".repeat(100), mutedUserIds: [`u${(i + 1) % 1000}`] })
      )
      const error = yield* Effect.flip(write({ dialect: "json-array", maxFileBytes: LEAST }, users))
      assert.strictEqual(error._tag === "SinkError" && error.reason._tag, "Conflict")
      assert.include(error.message, "maxFileBytes")
    })
  )
})

const repeatedItems = ({ ledger }: Result) =>
  Object.entries(ledger.notes).reduce(
    (sum, [note, count]) => (note.startsWith("item_repeated_") ? sum + count : sum),
    0
  )
