import { gzipSync } from "node:zlib"
import type { Report } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { check, type Dialect } from "../packages/sink-stream-import/test/checker.ts"
import { asLines } from "../packages/source-stream/test/generated.ts"
import { runExample } from "./processes.ts"
import { traps } from "./streamTraps.ts"

const run = (args: ReadonlyArray<string>) => runExample("07-stream-to-stream", args)

/** Migrates a file and gives the import file's items by their type. */
const migrated = (name: string, content: string | Uint8Array, dialect: Dialect) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const at = yield* fs.makeTempDirectoryScoped()
    yield* typeof content === "string"
      ? fs.writeFileString(`${at}/${name}`, content)
      : fs.writeFile(`${at}/${name}`, content)
    const ran = yield* run([`${at}/${name}`, "--out", `${at}/out`, "--dialect", dialect])
    assert.strictEqual(ran.code, 0, ran.error)
    const file = yield* fs.readFileString(`${at}/out/import.${dialect === "jsonl" ? "jsonl" : "json"}`)
    const { items, problems } = check(file, dialect)
    assert.deepStrictEqual(problems, [])
    const of = (kind: string) => items.flatMap((one) => (one.kind === kind ? [one.item] : []))
    const report = JSON.parse(
      yield* fs.readFileString(`${at}/out/.chatferry/stream-to-stream/report.json`)
    ) as Report.Report
    return { ...ran, of, notes: report.sinks[0]?.ledger.notes ?? {} }
  })

type Item = Readonly<Record<string, unknown>>

const idOf = (item: Item) => String(item["id"])

const inputs: ReadonlyArray<{
  readonly form: string
  readonly name: string
  readonly content: string | Uint8Array
}> = [
  { form: "version 1", name: "a.json", content: JSON.stringify(traps) },
  { form: "version 2", name: "a.jsonl", content: asLines(traps) },
  { form: "gzip", name: "a.json.gz", content: gzipSync(JSON.stringify({ channels: traps })) }
]
const cases = inputs.flatMap((input) => [
  { ...input, dialect: "jsonl" as const },
  { ...input, dialect: "json-array" as const }
])

it.layer(NodeServices.layer)("an export of Stream", (it) => {
  describe("becomes a valid import with every trap on the way avoided:", () => {
    it.effect.each(cases)("$form as $dialect", ({ content, dialect, name }) =>
      Effect.gen(function* () {
        const { notes, of, out } = yield* migrated(name, content, dialect)

        // Users come out of whatever shows them.
        assert.deepStrictEqual(of("user").map(idOf), ["ann", "bob", "dora"])
        for (const { created_at, role } of of("user")) {
          assert.deepStrictEqual([role, created_at], ["user", "2021-02-17T08:17:49.745857Z"])
        }

        const channels = of("channel")
        assert.deepStrictEqual(
          channels.map(({ created_by, type }) => [created_by, type]),
          channels.map(() => ["ann", "messaging"])
        )
        assert.deepStrictEqual(
          channels.flatMap(({ member_ids }) => (member_ids === undefined ? [] : [member_ids])),
          [["ann", "bob"]]
        )
        const ids = channels.flatMap(({ id }) => (typeof id === "string" ? [id] : []))
        assert.lengthOf(ids, 2)
        assert.include(ids, "general")
        assert.match(ids.find((id) => id !== "general") ?? "", /^[\w-]+-[0-9a-f]{24}$/u)
        assert.lengthOf(of("member"), 6)
        for (const member of of("member")) {
          const isRead = member["user_id"] === "bob"
          assert.strictEqual(member["last_read"], isRead ? "2021-03-03T00:00:00.123456Z" : undefined)
          assert.strictEqual(member["channel_role"], "channel_member")
        }

        const messages = new Map(of("message").map((message) => [String(message["id"]), message]))
        assert.deepStrictEqual(Array.from(messages.keys()).toSorted(), [
          "d1",
          "l1",
          "m1",
          "m2",
          "m3",
          "m4",
          "m5",
          "m8",
          "m9"
        ])
        const m1 = messages.get("m1") ?? {}
        assert.deepStrictEqual([m1["user"], m1["mentioned_users_ids"]], ["ann", ["bob", "dora"]])
        const absent = ["parent_id", "quoted_message_id", "show_in_channel", "pinned_at", "pinned_by_id"]
        for (const field of [...absent, "reply_count", "latest_reactions", "cid"]) {
          assert.notProperty(m1, field)
        }
        const reply = messages.get("m2") ?? {}
        assert.deepStrictEqual([reply["parent_id"], reply["show_in_channel"]], ["m1", true])
        const quote = messages.get("m3") ?? {}
        assert.deepStrictEqual([quote["quoted_message_id"], quote["quoted_message"]], ["m1", undefined])
        const deleted = messages.get("m4") ?? {}
        assert.deepStrictEqual([deleted["type"], deleted["deleted_at"]], ["deleted", "2021-03-05T00:00:00Z"])
        const pinned = messages.get("m5") ?? {}
        assert.deepStrictEqual([pinned["pinned_at"], pinned["pinned_by_id"]], ["2021-03-05T00:00:00Z", "ann"])
        assert.strictEqual(messages.get("m8")?.["type"], "system")
        const [image, pdf] = (messages.get("m9")?.["attachments"] ?? []) as ReadonlyArray<Item>
        assert.match(String(image?.["image_url"]), /Signature=S$/u)
        assert.strictEqual(image?.["migrate_resources"], true)
        assert.strictEqual(pdf?.["asset_url"], "https://example.com/a.pdf")
        assert.deepStrictEqual(messages.get("d1")?.["channel_member_ids"], ["ann", "bob"])

        assert.deepStrictEqual(
          of("reaction").map(({ message_id, type, user_id }) => [message_id, user_id, type]),
          [
            ["m1", "ann", "wow"],
            ["m1", "bob", "like"]
          ]
        )
        for (const note of [
          "record_dropped.message.ephemeral",
          "record_dropped.message.error",
          "distinct_members_unknown",
          "expiring_url"
        ]) {
          assert.strictEqual(notes[note], 1, note)
        }
        assert.strictEqual(notes["reactions_not_exported"], 11)
        assert.match(out, /reactions_not_exported/u)
      })
    )
  })

  it.effect("07-stream-to-stream says what is missing when it is used wrongly", () =>
    Effect.gen(function* () {
      const { code, error, out } = yield* run(["--out", "x"])
      assert.strictEqual(code, 1)
      assert.include(`${out}${error}`, "INPUT")
    })
  )
})
