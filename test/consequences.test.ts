import { Consequence, Migration, Sink, Source } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { EntityGenerator } from "@chatferry/testkit"
import { Corruption, SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamExport } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, type Path } from "effect"
import { lists, pages, withLists } from "./consequences.ts"

const root = `${import.meta.dirname}/..`
const read = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(`${root}/${path}`))
const filesBelow = (folder: string, ends: string) =>
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(`${root}/${folder}`, { recursive: true })),
    (names) => names.filter((name) => name.endsWith(ends)).map((name) => `${folder}/${name}`)
  )

const packages = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(`${root}/packages`))

const declarations = lists.flatMap((list) => list.declarations)

/** Places where code counts a literal. */
const LITERALS = [
  /(?<!Metric)\.(?:note|counter)\(\s*(?:[\w.!= ]+ \? )?["'`]/gu,
  /\breject(?:ion)?\(\s*[\w."]+,\s*["'`][a-z_.]+["'`]/gu,
  /\.add\(\s*[\w."]+,\s*"(?:rejected|dropped|merged|synthesised)",\s*(?:[\w.!= ]+ \? )?["'`]/gu,
  /\bnotes\.push\(\s*(?:[\w.!= ]+ \? )?["'`]/gu,
  /\bproblem\(\s*[\w."]+,\s*["'`][a-z_]+["'`]/gu,
  /"not valid \S+": ["'`]/gu,
  /\b(?:code|reason): ["'`][a-z_]+["'`]/gu,
  /'(?:dropped|rejected)', '[a-z_]+'/gu
]
const literalsIn = (text: string) => LITERALS.flatMap((pattern) => text.match(pattern) ?? [])

/** What a page describes as counted, such as "notes `a`, `b`". */
const MENTIONS =
  /(?:\bnotes?|\brejected|\bdropped|\bmerged|\bsynthesised|\b(?:counted|noted) as)(?: as)? (`[^`]+`(?:(?:, | and )`[^`]+`)*)/giu

describe("codes", () => {
  it.each([
    'out.note("never_read")',
    "out.note(`field_dropped.${kind}`)",
    'context.out.note(isKept ? "signed_url_kept" : other)',
    'out.reject("user", "missing_id", "…")',
    'rejection(record._tag, "over_file_limit", [], record)',
    'book.add("user", "merged", "same_id", 1)',
    'changes.notes.push("team_added")',
    '"not valid JSON": "invalid_json"',
    'problem("unknown", "unknown_kind", "…")',
    'rejected.push({ kind, code: "not_json" })',
    "SELECT row, 'dropped', 'deleted' FROM"
  ])("that are counted as a literal are detected: %s", (line) => {
    assert.lengthOf(literalsIn(line), 1)
  })

  it.effect("are counted by their declaration everywhere, and never as a literal", () =>
    Effect.gen(function* () {
      let files = 0
      for (const name of (yield* packages).filter((one) => one !== "testkit")) {
        for (const file of yield* filesBelow(`packages/${name}/src`, ".ts")) {
          files++
          assert.deepStrictEqual(literalsIn(yield* read(file)), [], file)
        }
      }
      assert.isAbove(files, 150)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("are in a list of the documentation wherever they are declared", () =>
    Effect.gen(function* () {
      const listed = new Set<string>(declarations.map(({ code }) => code))
      let found = 0
      const files = yield* Effect.forEach(yield* packages, (name) =>
        filesBelow(`packages/${name}/src`, ".ts")
      )
      for (const file of files.flat()) {
        const text = yield* read(file)
        if (!text.includes("Consequence")) continue
        for (const [, code = ""] of text.matchAll(/\bmake\(\s*"([a-z_.{}]+)"/gu)) {
          found++
          assert.isTrue(listed.has(code), `${file}: ${code}`)
        }
      }
      assert.isAtLeast(found, listed.size)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it("have sentences without gaps that follow a number, and actions that are sentences", () => {
    assert.isAbove(declarations.length, 100)
    for (const one of declarations) {
      const { action, code, says } = one
      const sentence = Consequence.sentence(one, code.replace(/\{\w+\}/u, "x"))
      assert.notMatch(sentence, /[{}`]|^[A-Z][a-z]|[.:]$|^$/u, code)
      if (action !== undefined) assert.match(action, /^[A-Z][^{}`]+\.$/u, code)
      assert.notInclude(says, "  ", code)
    }
  })

  it.each(lists)("are declared once each among those of $name", ({ declarations: own }) => {
    assert.isNotEmpty(own)
    const keys = own.map(({ code, kinds, outcome }) => JSON.stringify([code, outcome, kinds]))
    assert.strictEqual(new Set(keys).size, keys.length)
  })
})

describe("the documentation", () => {
  it.effect.each(pages)("has the lists in %s that `pnpm consequences` writes", (page) =>
    Effect.gen(function* () {
      const text = yield* read(page)
      assert.strictEqual(text, withLists(page, text))
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("mentions only declared codes", () =>
    Effect.gen(function* () {
      let mentioned = 0
      const readmes = (yield* packages).map((name) => `packages/${name}/README.md`)
      for (const page of [...(yield* filesBelow("docs", ".md")), ...readmes]) {
        for (const [, codes = ""] of (yield* read(page)).matchAll(MENTIONS)) {
          for (const [, code = ""] of codes.matchAll(/`([^`]+)`/gu)) {
            mentioned++
            assert.isDefined(Consequence.find(declarations, code), `${page}: ${code}`)
          }
        }
      }
      assert.isAbove(mentioned, 50)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

type Services = FileSystem.FileSystem | Path.Path

const defaultSinks = (folder: string) => [
  StreamImportSink.make({ name: "jsonl", directory: `${folder}/jsonl`, dialect: "jsonl" }),
  StreamImportSink.make({
    name: "strict",
    directory: `${folder}/strict`,
    dialect: "json-array",
    missingUser: "reject",
    deletedChannels: "skip",
    deletedMessages: "skip",
    distinctChannels: "member_ids",
    httpUrls: "custom",
    maxMessageLength: 100,
    maxFileBytes: 1_000_000,
    validate: false
  }),
  StreamImportSink.make({
    name: "lenient",
    directory: `${folder}/lenient`,
    dialect: "jsonl",
    unknownChannel: "synthesise",
    distinctChannels: "member_ids",
    teamMismatch: "add",
    userRoles: [],
    validate: false
  }),
  NdjsonSink.make({ directory: `${folder}/ndjson` }),
  AttachmentInventory.sink({ directory: `${folder}/files` })
]

/** Every code that a source and all sinks count, with its meaning. */
const occurrences = (source: Source.Source<Services>, folder: string) =>
  Effect.map(
    Migration.run({
      id: "codes",
      source,
      sink: Sink.tee(defaultSinks(folder)),
      stateDirectory: `${folder}/state`,
      policy: { errorBudget: { percent: 100 } }
    }),
    ({ sinks }) => sinks.flatMap(({ consequences }) => consequences)
  )

const everyFeature = { custom: 0.5, manyReactions: 0.3 }
const inputs: ReadonlyArray<{
  readonly name: string
  /** Codes which show that the input is as odd as intended. */
  readonly codes: ReadonlyArray<string>
  readonly source: (folder: string) => Effect.Effect<Source.Source<Services>, unknown, Services>
}> = [
  {
    name: "the small export",
    codes: ["missing_id", "unknown_user", "secret_dropped.user.access_token"],
    source: () =>
      Effect.succeed(SendbirdSource.archives({ inputs: [`${root}/test/fixtures/sendbird-small`] }))
  },
  {
    name: "a damaged Sendbird export",
    codes: ["same_id", "not_an_object", "no_restricted_file", "deleted", "rejected_message"],
    source: (folder) =>
      Effect.as(
        SendbirdExport.writeFolders(`${folder}/export`, {
          seed: 3,
          messages: 400,
          overlap: 0.2,
          through: Corruption.make({ seed: 3, share: 0.2 }).apply
        }),
        SendbirdSource.archives({
          inputs: [`${folder}/export`],
          stripSignedUrls: true,
          maxElementBytes: 20_000
        })
      )
  },
  {
    name: "CSV of Sendbird's with broken rows",
    codes: ["wrong_cell_count", "invalid_csv", "field_dropped.message.req_id"],
    source: (folder) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* SendbirdExport.writeFolders(`${folder}/export`, { messages: 100, format: "csv" })
        yield* fs.writeFileString(`${folder}/export/more.csv`, 'user_id,nickname\na,b,c\na,b"c"\n')
        return SendbirdSource.archives({ inputs: [`${folder}/export`] })
      })
  },
  ...(["v1", "v2"] as const).map((version) => ({
    name: `a Stream export of version ${version}`,
    codes: ["reactions_not_exported", "expiring_url"],
    source: (folder: string) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* fs.makeDirectory(`${folder}/export`)
        const app = StreamExport.generate({ messages: 400, features: everyFeature })
        const layout = { reactionLines: false, reads: true }
        yield* StreamExport.writeFile(`${folder}/export/a.json`, app.channels({ version }, layout))
        return StreamSource.files({ inputs: [`${folder}/export`], maxElementBytes: 200_000 })
      })
  })),
  {
    name: "untidy entities",
    codes: ["unknown_user", "placeholder", "text_truncated", "custom_moved", "unsupported_kind"],
    source: () =>
      Effect.succeed(
        Source.fromEntities(
          "untidy",
          EntityGenerator.make({ records: 2000, dangling: 0.3, duplicates: 0.3, oddIds: 0.5, extremes: 0.2 })
        )
      )
  },
  {
    name: "lines that are not entities",
    codes: [
      "invalid_json",
      "unknown_kind",
      "not_an_object",
      "invalid_entity",
      "nested_too_deeply",
      "too_large"
    ],
    source: (folder) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const deep = `${"[".repeat(600)}${"]".repeat(600)}`
        const lines = [
          "{",
          '{"_tag":"x"}',
          "1",
          '{"_tag":"user"}',
          `{"_tag":"user","id":"a","custom":${deep}}`,
          '{"_tag":"user","id":"good"}'
        ]
        yield* fs.writeFileString(`${folder}/a.ndjson`, [...lines, `"${"x".repeat(5000)}"`].join("\n"))
        return NdjsonSource.make({ inputs: [`${folder}/a.ndjson`], maxLineBytes: 4000 })
      })
  }
]

describe("a report", () => {
  it.live.each(inputs)("explains every code for $name, with any policy", ({ codes, source }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const found = yield* occurrences(yield* source(folder), folder)
      const unexplained = found.filter(({ says }) => says === Consequence.NOT_EXPLAINED)
      assert.deepStrictEqual(unexplained, [])
      const seen = new Set(found.map(({ code }) => code))
      assert.deepStrictEqual(
        codes.filter((code) => !seen.has(code)),
        [],
        Array.from(seen).toSorted().join(" ")
      )
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
