/** The rejects of the sink are the entities that it was given. */
import { DatabaseSync } from "node:sqlite"
import { Entity, Transform } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import { EntityGenerator } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { base, message, reaction, user } from "../../../test/entities.ts"
import { runs } from "../../../test/runs.ts"
import { type Config, dialects, makeRun, openRun, type Result, stageOf, write } from "./harness.ts"
import { writeThrough } from "./through.ts"
import { type Fields, time, untidy } from "./untidy.ts"

/** The lines of the file. */
const readAll = ({ rejected }: Result) =>
  Effect.forEach(rejected, (one) =>
    RejectedLine.entity(JSON.stringify({ stage: "sink", sink: "stream-import", ...one }))
  )

const byKey = (entities: ReadonlyArray<Entity.Entity>) =>
  new Map(entities.map((entity) => [`${entity._tag} ${Entity.key(entity)}`, entity]))

/** Fields that differ, shortened. */
const differences = (found: Entity.Entity | undefined, expected: Entity.Entity) => {
  const [was, is] = [expected, found ?? {}] as ReadonlyArray<Fields>
  return Array.from(new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]))
    .filter((name) => JSON.stringify(is?.[name]) !== JSON.stringify(was?.[name]))
    .map(
      (name) =>
        `${name}: ${JSON.stringify(is?.[name])?.slice(0, 300)} of ${JSON.stringify(was?.[name])?.slice(0, 300)}`
    )
    .join("\n")
}

const policies: ReadonlyArray<Partial<Config>> = [
  {},
  { deletedContent: "keep", httpUrls: "custom", maxMessageLength: 100, migrateResources: true },
  { userIds: { overridden: "chosen-id" }, reactionTypes: { chosen: "like" }, adminUserId: "ada" }
]

describe("the rejects of StreamImportSink", () => {
  for (const dialect of dialects) {
    for (const [index, policy] of policies.entries()) {
      it.live.prop(
        `are its messages and reactions unchanged, in ${dialect} (policies ${index})`,
        [Schema.Int],
        ([seed]) =>
          Effect.gen(function* () {
            // Records with the same key are one record, and not a reject. Removed records are not rejects either.
            const expected = byKey(untidy(seed).filter((one) => !("removedAt" in one)))
            const result = yield* write({ dialect, unknownChannel: "reject", ...policy }, [
              ...expected.values()
            ])
            const found = byKey(yield* readAll(result))
            assert.strictEqual(found.size, result.rejected.length)
            assert.deepStrictEqual([...found.keys()].toSorted(), [...expected.keys()].toSorted())
            for (const [key, entity] of expected) {
              const is = found.get(key)
              assert.deepStrictEqual(is, entity, differences(is, entity))
            }
          }),
        runs(2, 60)
      )
    }
  }

  it.live("can be read again, for all kinds and reasons", () =>
    Effect.gen(function* () {
      const entities = byKey(
        EntityGenerator.make({
          seed: 8,
          records: 1500,
          duplicates: 0,
          dangling: 0.3,
          oddIds: 0.5,
          extremes: 0.05
        })
      )
      const codes = new Set<string>()
      for (const dialect of dialects) {
        const result = yield* write({ dialect, missingUser: "reject", unknownChannel: "reject" }, [
          ...entities.values()
        ])
        for (const [key, entity] of byKey(yield* readAll(result)))
          assert.deepStrictEqual(entity, entities.get(key), key)
        for (const { code, kind } of result.rejected) codes.add(`${kind} ${code}`)
      }
      for (const one of [
        "channel unknown_user",
        "member unknown_channel",
        "member rejected_channel",
        "member unknown_user",
        "message unknown_channel",
        "message rejected_channel",
        "message unknown_user",
        "reaction unknown_channel",
        "reaction rejected_channel",
        "reaction unknown_message",
        "reaction unknown_user",
        "reaction rejected_message"
      ])
        assert.include([...codes], one)
    })
  )

  it.live("have the references to excluded users", () =>
    Effect.gen(function* () {
      const entities = [
        ...base,
        user("bot", { isBot: true }),
        message("1", {
          channelId: "nowhere",
          mentionedUserIds: ["bot", "ada"],
          pinnedAt: time,
          pinnedById: "bot"
        })
      ]
      const noBots = Transform.users("no-bots", ({ isBot }) => isBot !== true, { mentions: "drop" })
      const result = yield* writeThrough({ dialect: "jsonl", unknownChannel: "reject" }, noBots, entities)
      assert.deepStrictEqual(yield* readAll(result), entities.slice(-1))
    })
  )

  it.live("are only stored separately in the stage if their rows cannot restore them", () =>
    Effect.gen(function* () {
      const file = { type: "image", url: "https://files.example.com/a.png", name: "a", sizeBytes: 1 }
      const ordinary = [
        message("1", {
          userSnapshot: { name: "Ada" },
          updatedAt: time,
          observedAt: time,
          mentionedUserIds: ["ada lovelace", "ada"],
          attachments: [{ ...file, custom: { sendbird: { width: 1 } } }],
          custom: { sendbird: { data: "{}", sorted_metaarray: [] } }
        }),
        message("2", { parentId: "1", isShownInChannel: true, quotedMessageId: "1", isSilent: true }),
        message("3", { userId: undefined, type: "system" }),
        message("4", { text: undefined, isDeleted: true, updatedAt: time, deletedAt: time }),
        message("5", { text: undefined, isDeleted: true }),
        message("6", {
          pinnedAt: time,
          pinnedById: "ada",
          visibleToUserIds: ["ada"],
          custom: { stream: { mood: "good", seen: { by: [] }, i18n: { en: "x" } } }
        }),
        reaction("1", "👍", { createdAt: time, updatedAt: time, score: 1, custom: { stream: { mood: 1 } } }),
        reaction("1", "like", { score: 3 })
      ]
      const odd = [message("7", { isSilent: false }), reaction("2", "like", { custom: {} })]
      for (const dialect of dialects) {
        const run = yield* makeRun({ dialect })
        const session = yield* openRun(run)
        yield* session.write([...base, ...ordinary, ...odd])
        yield* session.commit
        const database = new DatabaseSync(`${stageOf(run)}/stage.db`, { readOnly: true })
        const rows = database.prepare("SELECT record FROM originals ORDER BY row").all()
        database.close()
        assert.deepStrictEqual(
          rows.map(({ record }) => JSON.parse(String(record)) as unknown),
          odd
        )
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
