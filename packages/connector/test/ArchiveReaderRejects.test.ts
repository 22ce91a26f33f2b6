import type { Rejected } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { pigeon } from "./pigeon.ts"

it.layer(NodeServices.layer)("rejected records", (it) => {
  const broken = {
    "a.json": '{"people":[{"name":"no id"},7,{bad}],"team":{"id":"t1"},"more":1}',
    "b.jsonl": '{"name":"no id"}\n7\n{bad}\n',
    "c.csv": 'id,name,name\n,a,b\n"x"y,z,z\nonly\n',
    "d.json": '{"people":{"id":"a"},"team":[]}',
    "e.json": '[{"name":"no id"}]'
  }

  const linesOf = (rejected: ReadonlyArray<Rejected.Rejected>) =>
    rejected.map((one) => ({ stage: "source" as const, ...one, source: "pigeon" }))

  it.effect("fail with their context if nothing reads it", () =>
    Effect.gen(function* () {
      const { rejected } = pigeon({ inputs: yield* SourceHarness.folderOf(broken) })
      const line = {
        stage: "source",
        source: "pigeon",
        kind: "user",
        code: "no_wing",
        message: "it has none"
      }
      const messageOf = (more: object) =>
        Effect.map(
          Effect.flip(
            rejected?.({ ...line, location: "a.json", original: {}, ...more }) ?? Effect.die("none")
          ),
          ({ message }) => message
        )
      const problem = "cannot read this line of rejects: this source cannot read a line with "
      const toDo =
        ". If somebody changed the context, take the line from rejects.ndjson as it was written; if not, the source lacks an `again` for such rejects"
      assert.strictEqual(
        yield* messageOf({ context: { part: "wing", of: "what somebody wrote" } }),
        `${problem}a context of part, of${toDo}`
      )
      assert.strictEqual(yield* messageOf({}), `${problem}no context${toDo}`)
    })
  )

  it.effect("have their location, their original and their context", () =>
    Effect.gen(function* () {
      const { notes, rejected } = yield* SourceHarness.readAll(
        pigeon({ inputs: yield* SourceHarness.folderOf(broken) })
      )
      assert.deepStrictEqual(notes, { "ignored_member.more": 1 })
      assert.deepStrictEqual(
        rejected.map(({ code, context, original, location }) => [code, location, original, context]),
        [
          [
            "missing_id",
            "export/a.json:people[0] (byte 11)",
            { name: "no id" },
            { list: "people", team: "t1" }
          ],
          ["not_an_object", "export/a.json:people[1] (byte 28)", 7, { list: "people", team: "t1" }],
          [
            "invalid_json",
            "export/a.json:people[2] (byte 30)",
            { text: "{bad}" },
            { list: "people", team: "t1" }
          ],
          ["missing_id", "export/b.jsonl:line 1 (byte 0)", { name: "no id" }, { part: "line" }],
          ["not_an_object", "export/b.jsonl:line 2 (byte 17)", 7, { part: "line" }],
          ["invalid_json", "export/b.jsonl:line 3 (byte 19)", { text: "{bad}" }, { part: "line" }],
          [
            "missing_id",
            "export/c.csv:row 1 (line 2, byte 13)",
            { id: "", name: "a", name_2: "b" },
            { columns: ["id", "name", "name"], delimiter: ",", lineEnd: "\n", file: "c.csv" }
          ],
          [
            "invalid_csv",
            "export/c.csv:row 2 (line 3, byte 18)",
            { text: '"x"y,z,z' },
            { columns: ["id", "name", "name"], delimiter: ",", lineEnd: "\n", file: "c.csv" }
          ],
          [
            "wrong_cell_count",
            "export/c.csv:row 3 (line 4, byte 27)",
            { text: "only" },
            { columns: ["id", "name", "name"], delimiter: ",", lineEnd: "\n", file: "c.csv" }
          ],
          ["not_a_list", "export/d.json:people (byte 10)", { id: "a" }, { member: "people" }],
          ["not_an_object", "export/d.json:team (byte 28)", [], { member: "team" }],
          ["missing_id", "export/e.json:[0] (byte 1)", { name: "no id" }, { list: "" }]
        ]
      )
    })
  )

  it.effect("remain rejected in the same way if their lines are unchanged", () =>
    Effect.gen(function* () {
      const inputs = yield* SourceHarness.folderOf({ ...broken, "f.csv": "name\n" })
      const source = pigeon({ inputs })
      const { rejected } = yield* SourceHarness.readAll(source)
      assert.lengthOf(rejected, 13)
      for (const line of linesOf(rejected)) {
        const again = yield* source.rejected?.(line) ?? Effect.die("no rejected")
        assert.deepStrictEqual(again.records, [])
        assert.deepStrictEqual(
          again.rejected.map(({ code, context, original, location }) => ({
            code,
            context,
            original,
            location
          })),
          [{ code: line.code, context: line.context, original: line.original, location: line.location }]
        )
      }
    })
  )

  it.effect("are mapped with their context once they are corrected", () =>
    Effect.gen(function* () {
      const inputs = yield* SourceHarness.folderOf(broken)
      const source = pigeon({ inputs })
      const { rejected } = yield* SourceHarness.readAll(source)
      const corrected = new Map<string, unknown>([
        ["export/a.json:people[2] (byte 30)", { text: '{"id":"x","name":"X"}' }],
        ["export/b.jsonl:line 3 (byte 19)", { id: "x", name: "X" }],
        ["export/c.csv:row 1 (line 2, byte 13)", { id: "x", name: "X", name_2: "b" }],
        ["export/c.csv:row 2 (line 3, byte 18)", { text: '"x",X,"y"\n' }],
        ["export/d.json:people (byte 10)", [{ id: "x", name: "X" }]],
        ["export/e.json:[0] (byte 1)", { id: "x", name: "X" }]
      ])
      let mapped = 0
      for (const line of linesOf(rejected)) {
        const original = corrected.get(line.location)
        if (original === undefined) continue
        mapped++
        const again = yield* source.rejected?.({ ...line, original } as never) ?? Effect.die("no rejected")
        assert.deepStrictEqual(again.rejected, [], line.location)
        const team = line.location.includes("a.json") ? { team: "t1" } : {}
        const found: ReadonlyArray<unknown> = again.records
        assert.deepStrictEqual(found, [
          { _tag: "user", id: "x", name: "X", custom: { pigeon: { count: 1, ...team } } }
        ])
      }
      assert.strictEqual(mapped, corrected.size)
    })
  )

  it.effect.each([
    { name: "of another source", context: { of: "another source" } },
    { name: "with additional members", context: { list: "people", channel: "c" } },
    { name: "of an unknown list", context: { list: "pets" } },
    { name: "that is missing", context: undefined }
  ])("cannot be read with a context $name", ({ context }) =>
    Effect.gen(function* () {
      const line = { stage: "source", source: "pigeon", kind: "user", code: "missing_id", message: "m" }
      const source = pigeon({ inputs: "unused" })
      const error = yield* Effect.flip(
        source.rejected?.({
          ...line,
          location: "p",
          original: { id: "a" },
          ...(context !== undefined && { context })
        }) ?? Effect.die("no rejected")
      )
      assert.strictEqual(error._tag === "SourceError" ? error.reason._tag : error._tag, "InvalidReject")
    })
  )

  it("cannot be read from their lines alone if they depend on other files", () => {
    assert.isUndefined(pigeon({ inputs: "unused", isGrouped: true }).rejected)
    assert.isDefined(pigeon({ inputs: "unused" }).rejected)
  })
})
