// The output files of a migration may be below its input folder.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFiles } from "./reading.ts"

const users = { active_users: [{ user_id: "u" }] }
const manifest = '{\n  "format": "chatferry-manifest/1",\n  "files": []\n}\n'

const owner = '{"format":"chatferry-lock/1","token":"t","process":1,"host":"h"}\n'

describe("files of a migration below its input", () => {
  it.live.each<{ name: string; files: Readonly<Record<string, string | object>> }>([
    { name: "a folder named .chatferry", files: { ".chatferry/a/report.json": {} } },
    {
      name: "a state folder with a lock",
      files: { "s/checkpoint.json": {}, "s/lock": "x", "s/more.json": {} }
    },
    { name: "a state folder with rejects", files: { "s/a/checkpoint.json": {}, "s/a/rejects.ndjson": "" } },
    {
      name: "a state folder with only a lock",
      files: { "s/lock": "", "s/lock.owner": owner }
    },
    {
      name: "a state folder before its first checkpoint",
      files: { "s/lock": "", "s/run.json": '{"format":"chatferry-run/1","run":"x"}\n', "s/more.json": {} }
    },
    {
      name: "unfinished output",
      files: { "out/unfinished.json": '{\n  "format": "chatferry-unfinished/1"', "out/user.json": users }
    },
    { name: "files that are being written", files: { "out/user.ndjson.part": "{}", "u.zip.part": "PK" } },
    { name: "published files", files: { "out/manifest.json": manifest, "out/user.json": users } }
  ])("are left out: $name", ({ files }) =>
    Effect.gen(function* () {
      const { notes, records, rejected } = yield* readFiles({ "users.json": users, ...files })
      assert.deepStrictEqual([records.length, rejected, notes], [1, [], {}])
    })
  )

  it.live.each<{ name: string; files: Readonly<Record<string, string | object>> }>([
    { name: "a manifest of something else", files: { "out/manifest.json": "{}", "out/user.json": users } },
    {
      name: "other unfinished files",
      files: { "out/unfinished.json": "{}", "out/user.json": users }
    },
    {
      name: "downloads beside a lock",
      files: { "out/lock": "", "out/lock.owner": owner, "out/user.json": users }
    },
    { name: "only a checkpoint", files: { "out/checkpoint.json": {}, "out/user.json": users } },
    { name: "a lock of something else", files: { "out/lock": "by me", "out/user.json": users } }
  ])("are distinguished from $name", ({ files }) =>
    Effect.gen(function* () {
      const { records } = yield* readFiles({ "users.json": users, ...files })
      assert.lengthOf(records, 2)
    })
  )
})
