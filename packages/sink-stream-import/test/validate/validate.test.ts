import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, PlatformError, Stream } from "effect"
import {
  array,
  channel,
  codes,
  type Entry,
  hall,
  lines,
  member,
  message,
  reaction,
  user,
  validate,
  write
} from "./files.ts"

/** Enough ids to fill the smallest memory many times. */
const crowd = (count: number): ReadonlyArray<Entry> => [
  ...Array.from({ length: count }, (_, i) => user(`user-${i}`)),
  user(),
  channel(),
  ...Array.from({ length: count }, (_, i) => message(`m${i}é\u{1f600}`, { user: `user-${(i * 7) % count}` })),
  ...Array.from({ length: count }, (_, i) =>
    reaction({ message_id: `m${i}é\u{1f600}`, user_id: `user-${i}` })
  )
]

const byCode = (a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>) =>
  String(a[0]).localeCompare(String(b[0]))

describe("StreamImportValidator", () => {
  it.effect("has the same findings with ids on disk as in memory", () =>
    Effect.gen(function* () {
      const good = crowd(3000)
      const bad = [
        ...good,
        good[2000] ?? user(),
        user("last"),
        message("m9", { user: "nobody" }),
        reaction({ message_id: "nothing" })
      ]
      for (const [entries, isValid] of [
        [good, true],
        [bad, false]
      ] as const) {
        for (const content of [lines(...entries), array(...entries.toReversed())]) {
          const inMemory = yield* validate({ files: [content] })
          const onDisk = yield* validate({ files: [content], settings: { memoryBytes: 20_000 } })
          assert.strictEqual(inMemory.isValid, isValid)
          assert.deepStrictEqual(codes(onDisk), codes(inMemory))
          assert.deepStrictEqual(
            [...onDisk.errors, ...onDisk.warnings].map(({ count }) => count),
            [...inMemory.errors, ...inMemory.warnings].map(({ count }) => count)
          )
        }
      }
    })
  )

  it.effect("checks any number of deferred references", () =>
    Effect.gen(function* () {
      const mentions = Array.from({ length: 45_000 }, (_, i) => `u${i}`)
      const entries = [...hall(message("m", { mentioned_users_ids: mentions.slice(1) }))]
      const result = yield* validate({
        files: [array(...entries, ...mentions.slice(2).map((id) => user(id)))]
      })
      assert.deepStrictEqual(
        result.errors.map(({ code, count }) => [code, count]),
        [["user_unknown", 1]]
      )
      assert.strictEqual(result.errors[0]?.examples[0]?.pointer, "/item/mentioned_users_ids/0")
    })
  )

  it.effect(
    "knows who is in the team of a channel, however many teams there are and however long their names are",
    () =>
      Effect.gen(function* () {
        const team = (i: number) => `team-${i}-${"x".repeat(i % 3 === 0 ? 400 : 0)}`
        const locations = Array.from({ length: 1200 }, (_, i) => i)
        const entries = [
          user(),
          ...locations.map((i) => user(`in-${i}`, { teams: [`other-${i}`, team(i)] })),
          ...locations.map((i) => user(`out-${i}`, { teams: [team(i + 1), team(i + 2)] })),
          ...locations.map((i) => channel(`c${i}`, { team: team(i) }))
        ]
        const members = locations.flatMap((i) =>
          [`in-${i}`, `out-${i}`].map((id) => member(id, { channel_id: `c${i}` }))
        )
        for (const content of [lines(...entries, ...members), array(...members, ...entries)]) {
          for (const memoryBytes of [16 << 20, 20_000]) {
            const result = yield* validate({ files: [content], settings: { memoryBytes, examples: 2 } })
            assert.deepStrictEqual(
              result.errors.map(({ code, count }) => [code, count]),
              [["team_mismatch", 1200]]
            )
            const [long, short] = result.errors[0]?.examples ?? []
            assert.include(
              long?.server,
              'user "out-0" cannot be a member of channel messaging:c0 with team "…"'
            )
            assert.include(short?.server, 'channel messaging:c1 with team "team-1-"')
          }
        }
      })
  )

  it.effect("checks references however long they are", () =>
    Effect.gen(function* () {
      const long = (i: number) => `${i}-${"x".repeat(500_000)}`
      const quotes = (count: number) =>
        Array.from({ length: count }, (_, i) => message(`m${i}`, { quoted_message_id: long(i) }))
      const known = Array.from({ length: 5 }, (_, i) => message(long(i)))
      const result = yield* validate({ files: [array(...hall(), ...quotes(30), ...known)] })
      const group = result.warnings.find(({ code }) => code === "quoted_message_unknown")
      assert.strictEqual(group?.count, 25)
      assert.strictEqual(group?.examples[0]?.line, 9)
    })
  )

  it.effect("continues after items that are too large, and locates them and the following items", () =>
    Effect.gen(function* () {
      const entries = [user("a"), user("large", { name: "x".repeat(300_000) }), user("a")]
      for (const [first, content] of [
        [1, lines(...entries)],
        [2, array(...entries)]
      ] as const) {
        const { errors, items } = yield* validate({ files: [content], settings: { itemBytes: 1000 } })
        assert.deepStrictEqual(items, { user: 2 })
        const at = [content.indexOf('{"type"', 20), content.lastIndexOf('{"type"')]
        assert.deepStrictEqual(
          errors
            .flatMap(({ code, examples }) => examples.map(({ byte, line }) => [code, byte, line]))
            .toSorted(byCode),
          [
            ["item_duplicated", at[1], first + 2],
            ["item_too_large", at[0], first + 1]
          ]
        )
        const large = errors.find(({ code }) => code === "item_too_large")
        assert.strictEqual(large?.examples[0]?.bytes, content.indexOf("}}", at[0]) + 2 - (at[0] ?? 0))
      }
    })
  )

  it.effect("reports an item that is too large and never ends because a bracket is missing", () =>
    Effect.gen(function* () {
      const content = array(user("a"), user("b", { name: "x".repeat(300_000) })).slice(0, -3)
      const { errors } = yield* validate({ files: [content], settings: { itemBytes: 1000 } })
      assert.deepStrictEqual(errors.map(({ code, examples: [one] }) => [code, one?.byte]).toSorted(byCode), [
        ["array_truncated", content.length],
        ["item_too_large", content.lastIndexOf('{"type"')]
      ])
    })
  )

  it.effect("lets lines refer to earlier files, but not arrays", () =>
    Effect.gen(function* () {
      const [first, second] = [hall(), [member(), message(), reaction()]]
      assert.isTrue((yield* validate({ files: [lines(...first), lines(...second)] })).isValid)
      const backwards = yield* validate({ files: [lines(...second), lines(...first)] })
      assert.deepStrictEqual(
        backwards.errors.map(({ code }) => code),
        ["user_unknown", "channel_unknown"]
      )
      const apart = yield* validate({ files: [array(...first), array(...second)] })
      assert.isFalse(apart.isValid)
      const again = yield* validate({ files: [array(...first), array(...first, ...second), array(...first)] })
      assert.isTrue(again.isValid)
      assert.isTrue((yield* validate({ files: [lines(...first), lines(...first)] })).isValid)
    })
  )

  it.effect("does not report references if the rest of a file cannot be read", () =>
    Effect.gen(function* () {
      const content = array(channel(), message(), user())
      const result = yield* validate({ files: [content.slice(0, -30)] })
      assert.deepStrictEqual(
        result.errors.map(({ code }) => code),
        ["array_truncated"]
      )
      assert.deepStrictEqual(
        result.files.map(({ isComplete }) => isComplete),
        [false]
      )
    })
  )

  it.effect(
    "counts all findings, and keeps as many examples as the settings say, in the order of the file",
    () =>
      Effect.gen(function* () {
        const content = lines(...Array.from({ length: 40 }, (_, i) => user(`u${i}`, { invisible: i })))
        const result = yield* validate({ files: [content], settings: { examples: 3 } })
        assert.strictEqual(result.errors[0]?.count, 40)
        assert.deepStrictEqual(
          result.errors[0]?.examples.map(({ line }) => line),
          [1, 2, 3]
        )
        const all = yield* Effect.scoped(
          Effect.gen(function* () {
            return yield* Stream.runCollect(
              StreamImportValidator.findings({ files: yield* write([content]) })
            )
          })
        ).pipe(Effect.provide(NodeServices.layer))
        assert.strictEqual(all.length, 40)
      })
  )

  it.effect("never shows the content of messages", () =>
    Effect.gen(function* () {
      const secret = "between you and me"
      const content = lines(
        ...hall(
          member(secret),
          message("m", {
            text: [secret],
            created_at: secret,
            type: secret,
            attachments: [{ type: "x", image_url: secret }]
          }),
          message(secret, { channel_id: secret, parent_id: secret, quoted_message_id: secret, user: secret }),
          message("n", { channel_type: secret, mentioned_users_ids: [secret] }),
          reaction({ type: secret, message_id: secret }),
          [secret, { id: secret }],
          user(secret, { role: secret, channel_mutes: [secret], teams: [secret] })
        )
      )
      const result = yield* validate({ files: [`${content}{"type":"${secret}","x":"${secret}`] })
      assert.isAbove(result.errors.length, 8)
      assert.notInclude(JSON.stringify(result) + StreamImportValidator.format(result), secret)
    })
  )

  it.effect("formats a report with counts, locations, Stream's words and fixes", () =>
    Effect.gen(function* () {
      const result = yield* validate({ files: [lines(...hall(member("eve")))] })
      const text = StreamImportValidator.format(result).replaceAll(/\S+\/file-1/gu, "FILE")
      assert.strictEqual(
        text,
        `FILE: jsonl, 3 items, 204 bytes
channel 1, member 1, user 1

ERRORS

1 × user_unknown
  fix: Write an item for each user.
  Stream: Validation error: user_id user "eve" doesn't exist (member "messaging:hall"). please include all users as separate user entries
  FILE:3 (byte 114) /data/user_id: member.user_id refers to a user who is not in the file

not valid: 1 error, 0 warnings
`
      )
    })
  )

  it.effect("leaves nothing in the stage directory", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const stageDirectory = `${yield* fs.makeTempDirectoryScoped()}/made`
      yield* validate({ files: [lines(...crowd(500))], settings: { memoryBytes: 10_000 }, stageDirectory })
      assert.deepStrictEqual(yield* fs.readDirectory(stageDirectory), [])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("reads settings from a file, and reports the invalid ones", () =>
    Effect.gen(function* () {
      const [good = "", wrong = "", broken = ""] = yield* write([
        JSON.stringify({ app: { userRoles: ["chief"], teams: false }, references: "app" }),
        JSON.stringify({ app: { userRole: ["chief"] } }),
        "{"
      ])
      const settings = yield* StreamImportValidator.readSettings(good)
      const files = yield* write([lines(user("a", { role: "user" }))])
      const { errors } = yield* StreamImportValidator.validate({ files, settings })
      assert.deepStrictEqual(
        errors.map(({ code }) => code),
        ["role_unknown"]
      )
      for (const path of [wrong, broken]) {
        const error = yield* Effect.flip(StreamImportValidator.readSettings(path))
        assert.strictEqual(error.reason._tag, "InvalidConfig")
        assert.include(error.message, path)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("fails with the path of a file that cannot be read, and fails without files", () =>
    Effect.gen(function* () {
      const unread = yield* Effect.flip(StreamImportValidator.validate({ files: ["/nowhere/import.jsonl"] }))
      assert.strictEqual(unread.reason._tag, "ReadFailed")
      assert.include(unread.message, "cannot read /nowhere/import.jsonl: no such file or directory")
      const none = yield* Effect.flip(StreamImportValidator.validate({ files: [] }))
      assert.strictEqual(none.reason._tag, "InvalidConfig")
      const [file = ""] = yield* write([lines(user())])
      const stage = yield* Effect.flip(
        StreamImportValidator.validate({ files: [file], stageDirectory: `${file}/below` })
      )
      assert.strictEqual(stage.reason._tag, "StageFailed")
      assert.match(stage.message, /cannot store ids in .*\/below: (?:file already exists|not a directory)\./u)
      assert.include(stage.message, "Choose another folder with stageDirectory.")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("returns its result even if its files on disk cannot be removed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [file = ""] = yield* write([lines(user())])
      const remove: typeof fs.remove = (path) =>
        Effect.fail(
          PlatformError.systemError({
            _tag: "Unknown",
            module: "FileSystem",
            method: "remove",
            pathOrDescriptor: path
          })
        )
      const { isValid } = yield* StreamImportValidator.validate({ files: [file] }).pipe(
        Effect.provideService(FileSystem.FileSystem, { ...fs, remove })
      )
      assert.isTrue(isValid)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
