import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { HostileJson } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { ended, runExample, spawn } from "./processes.ts"
import { isMany, property } from "./runs.ts"
import * as Rules from "./validatorRules.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

it.layer(NodeServices.layer)("06-validate", (it) => {
  it.effect.each(["jsonl", "json-array"])("finds no error in the output of 01 in the dialect %s", (dialect) =>
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

  it.effect("ends with 2 and says what is wrong, as text or in Stream's format", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* fs.writeFileString(`${at}/a.jsonl`, '{"type":"user","data":{"id":"a b","role":"chief"}}\n')
      yield* fs.writeFileString(`${at}/settings.json`, '{"app":{"userRoles":["user"]}}')
      const text = yield* runExample("06-validate", [`${at}/a.jsonl`])
      assert.strictEqual(text.code, 2)
      assert.include(text.out, "a.jsonl:1 (byte 0) /data/id: user.id contains characters")
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

  it.effect(
    "ends as documented, and prints no terminal controls, whatever files contain",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const at = yield* folder
        const next = HostileJson.make(6)
        const nasty = Array.from({ length: 60 }, next)
        const item = (json: string, i: number) =>
          `{"type":"message","data":{"id":${json},"channel_type":${nasty[(i * 7) % 60]},"text":"a",${HostileJson.keys[i % HostileJson.keys.length]}:1}}`
        const files: Readonly<Record<string, string>> = {
          "ids.jsonl": nasty.map(item).join("\n"),
          "lines.jsonl": nasty.join("\n"),
          "elements.json": `[${nasty.join()}]`,
          "deep.jsonl": `${item(HostileJson.nested(8000), 0)}\n${item(HostileJson.nested(100_000), 1)}`,
          "deep.json": `[${HostileJson.nested(8000)},${HostileJson.nested(100_000, "objects")},{"type":"user","item":{"id":"a","own":${HostileJson.nested(8000)}}}]`,
          "\u001b[31m\u202e\n.jsonl": '{"type":"user","data":{"\u009b":1}}'
        }
        for (const [i, [name, content]] of Object.entries(files).entries()) {
          yield* fs.writeFileString(`${at}/${name}`, content)
          const forms = [[], ["--json"]]
          for (const options of isMany ? forms : [forms[i % 2] ?? []]) {
            const { code, error, out } = yield* runExample("06-validate", [`${at}/${name}`, ...options])
            assert.deepStrictEqual([code, error], [2, ""], name)
            assert.notMatch(out, /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
            if (options.length > 0)
              assert.isAbove((JSON.parse(out) as { errors: ReadonlyArray<unknown> }).errors.length, 0)
            else assert.match(out, /^not valid: /mu)
          }
        }
        const missing = yield* runExample("06-validate", [`${at}/no\u001b[31m\n`])
        assert.strictEqual(missing.code, 1)
        assert.include(missing.error, String.raw`no\u001b[31m\u000a: no such file or directory`)
        yield* fs.writeFileString(`${at}/settings.json`, `{"\u009b":${HostileJson.nested(8000)}}`)
        const settings = yield* runExample("06-validate", [
          `${at}/deep.json`,
          "--settings",
          `${at}/settings.json`
        ])
        assert.strictEqual(settings.code, 1)
        assert.include(settings.error, String.raw`settings.json: ["\u009b"] is not a setting`)
      }),
    property
  )

  it.effect("accepts a folder, and checks the files in its manifest, in their order and dialect", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder
      yield* SendbirdExport.writeZips(`${at}/export`, { seed: 6, messages: 200 })
      yield* runExample("01-sendbird-to-stream", [
        `${at}/export`,
        "--out",
        `${at}/out`,
        "--dialect",
        "json-array"
      ])
      const { code, out } = yield* runExample("06-validate", [`${at}/out/`])
      assert.strictEqual(code, 0, out)
      assert.include(out, `${at}/out/import.json`)
      assert.match(out, /message 2\d\d/u)

      yield* fs.remove(`${at}/out/manifest.json`)
      const none = yield* runExample("06-validate", [`${at}/out`])
      assert.strictEqual(none.code, 1)
      assert.include(none.error, `${at}/out has no manifest.json`)
      assert.include(none.error, "List its files instead, in the order in which they will be imported")
      for (const [manifest, problem] of [
        ["{}", "has a manifest.json that was not written by a Chatferry sink"],
        ['{"format":"chatferry-manifest/1","files":[]}', "without .jsonl or .json files"],
        [
          '{"format":"chatferry-manifest/1","files":[{"path":"../a.jsonl","bytes":1,"sha256":"","records":1}]}',
          "lists a file outside of it"
        ]
      ] as const) {
        yield* fs.writeFileString(`${at}/out/manifest.json`, manifest)
        const wrong = yield* Effect.flip(
          StreamImportValidator.validate({ files: [`${at}/out`] }).pipe(Effect.scoped)
        )
        assert.include(wrong.message, problem)
      }
    })
  )

  it.effect("ends with 1 on wrong usage or when a file cannot be read", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const none = yield* runExample("06-validate", [])
      assert.strictEqual(none.code, 1)
      const missing = yield* runExample("06-validate", [`${at}/nothing.jsonl`])
      assert.strictEqual(missing.code, 1)
      assert.strictEqual(
        missing.error,
        `stream-import validator: cannot read ${at}/nothing.jsonl: no such file or directory\n`
      )
      const dialect = yield* runExample("06-validate", [`${at}/nothing.jsonl`, "--dialect", "csv"])
      assert.strictEqual(dialect.code, 1)
    })
  )
})

it.layer(NodeServices.layer)("docs/validator.md", (it) => {
  it.effect("has a program that reports a missing file in one line, and exits 1", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs.readFileString(`${import.meta.dirname}/../docs/validator.md`)
      const [, block = ""] = /^```ts\n([\s\S]*?)^```/mu.exec(text) ?? []
      // Inside examples/, so that package names resolve as they do for a reader.
      const at = yield* fs.makeTempDirectoryScoped({
        directory: `${import.meta.dirname}/../examples`,
        prefix: ".docs-"
      })
      assert.include(block, 'files: ["import.jsonl"]')
      yield* fs.writeFileString(
        `${at}/block.ts`,
        block.replace(/^ {2}yield\* fs\.write.*\n/mu, "").replace('"import.jsonl"', `"${at}/none.jsonl"`)
      )
      const { code, error } = yield* ended(spawn(`../examples/${at.split("/").at(-1)}/block.ts`, []))
      assert.strictEqual(code, 1)
      assert.strictEqual(
        error,
        `stream-import validator: cannot read ${at}/none.jsonl: no such file or directory\n`
      )
    })
  )

  it.effect("lists every rule with its exact definition", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs.readFileString(`${import.meta.dirname}/../${Rules.page}`)
      assert.strictEqual(text, Rules.withList(text))
    })
  )
})
