import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { SendbirdExport } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { runExample } from "./processes.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

it.layer(NodeServices.layer)("06-validate", (it) => {
  it.effect.each(["jsonl", "json-array"])("finds no error in what 01 writes in the dialect %s", (dialect) =>
    Effect.gen(function* () {
      const at = yield* folder
      yield* SendbirdExport.writeZips(`${at}/export`, { seed: 6, messages: 400 })
      yield* runExample("01-sendbird-to-stream", [`${at}/export`, "--out", `${at}/out`, "--dialect", dialect])
      const fs = yield* FileSystem.FileSystem
      const names = yield* fs.readDirectory(`${at}/out`)
      const files = names.filter((name) => /^import.*\.jsonl?$/u.test(name)).toSorted()
      assert.isAbove(files.length, 0)
      const { code, error, out } = yield* runExample(
        "06-validate",
        files.map((name) => `${at}/out/${name}`)
      )
      assert.strictEqual(code, 0, error + out)
      assert.match(out, /^valid: 0 errors, /mu)
      assert.match(out, /message 4\d\d/u)
    })
  )

  it.effect("ends with 2 and says what is wrong, for people or in Stream's form", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* fs.writeFileString(`${at}/a.jsonl`, '{"type":"user","data":{"id":"a b","role":"chief"}}\n')
      yield* fs.writeFileString(`${at}/settings.json`, '{"app":{"userRoles":["user"]}}')
      const people = yield* runExample("06-validate", [`${at}/a.jsonl`])
      assert.strictEqual(people.code, 2)
      assert.include(people.out, "a.jsonl:1 (byte 0) /data/id: user.id holds characters")
      const args = [`${at}/a.jsonl`, "--json", "--dialect", "jsonl", "--settings", `${at}/settings.json`]
      const stream = yield* runExample("06-validate", args)
      assert.strictEqual(stream.code, 2)
      const report = JSON.parse(stream.out) as { readonly errors: ReadonlyArray<{ readonly error: string }> }
      assert.deepStrictEqual(
        report.errors.map(({ error }) => error),
        [
          String.raw`validation error: user.id invalid ("^[@\w-]*$" allowed)`,
          'reference error: user.role "chief" doesn\'t exist'
        ]
      )
    })
  )

  it.effect("ends with 1 when it is used wrongly or a file cannot be read", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const none = yield* runExample("06-validate", [])
      assert.strictEqual(none.code, 1)
      const missing = yield* runExample("06-validate", [`${at}/nothing.jsonl`])
      assert.strictEqual(missing.code, 1)
      assert.include(missing.error, `cannot read ${at}/nothing.jsonl`)
      const dialect = yield* runExample("06-validate", [`${at}/nothing.jsonl`, "--dialect", "csv"])
      assert.strictEqual(dialect.code, 1)
    })
  )
})

it.layer(NodeServices.layer)("docs/validator.md", (it) => {
  it.effect("lists every rule, as it is", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs.readFileString(`${import.meta.dirname}/../docs/validator.md`)
      const cells = (rule: string) => rule.replaceAll("|", String.raw`\|`)
      const rows = Object.entries(StreamImportValidator.rules).map(
        ([code, { dialect = "both", hint, problem, severity }]) =>
          `| \`${code}\` | ${severity} | ${dialect} | ${cells(problem)} | ${cells(hint)} |`
      )
      assert.deepStrictEqual(
        text
          .split("\n")
          // The formatter aligns columns.
          .map((line) => line.replaceAll(/ +\|/gu, " |"))
          .filter((line) => /^\| `\w+` \| (?:error|warning) \|/u.test(line)),
        rows
      )
    })
  )
})
