import { Entity } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamExport } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { pages, read } from "./pages.ts"
import * as Processes from "./processes.ts"

const root = Path.layer.pipe((layer) =>
  Effect.provide(
    Effect.map(Path.Path, (path) => path.join(import.meta.dirname, "..")),
    layer
  )
)

const blocks = (text: string, language: string) =>
  Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gmu")),
    ([, block]) => block ?? ""
  )

/** A folder inside examples/, so that package names resolve as they do for a reader. */
const folder = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  return yield* fs.makeTempDirectoryScoped({ directory: `${yield* root}/examples`, prefix: ".docs-" })
})

/** TypeScript of all pages, by the page and its number there. */
const blocksThat = (isWanted: (block: string) => boolean) =>
  Effect.gen(function* () {
    const found = new Map<string, string>()
    for (const page of yield* pages) {
      for (const [i, block] of blocks(yield* read(page), "ts").entries())
        if (isWanted(block)) found.set(`${page.replaceAll(/\W+/gu, "-")}-block-${i + 1}`, block)
    }
    return found
  })

const isTest = (block: string) => block.includes('"@effect/vitest"')

/** Writes blocks, each into its own folder beside a small export of each provider. */
const write = (cwd: string, blocks: ReadonlyMap<string, string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const exports = yield* fs.makeTempDirectoryScoped()
    yield* SendbirdExport.writeZips(`${exports}/sendbird-export`, { seed: 12, messages: 50 })
    yield* StreamExport.writeFile(
      `${exports}/stream-export.json`,
      StreamExport.generate({ seed: 12, messages: 50 }).channels()
    )
    for (const [name, block] of blocks) {
      yield* fs.copy(exports, `${cwd}/${name}`)
      yield* fs.writeFileString(`${cwd}/${name}/${isTest(block) ? "block.test.ts" : "block.ts"}`, block)
    }
  })

/** Runs programs, each in its own folder, and gives the names of those that ended well and what came of the last. */
const run = (blocks: ReadonlyMap<string, string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const cwd = yield* folder
    yield* write(cwd, blocks)
    const program = Processes.spawn("docs.program.ts", [cwd, ...blocks.keys()], { node: process.execArgv })
    const last = yield* Processes.ended(program)
    const ended = yield* Effect.orElseSucceed(fs.readFileString(`${cwd}/ended`), () => "")
    return { cwd, ...last, ended: ended.split("\n").slice(0, -1) }
  })

/** Runs tests, each in its own folder, and gives the failures. Starting vitest takes longer than most of them. */
const runTests = (blocks: ReadonlyMap<string, string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const cwd = yield* folder
    yield* write(cwd, blocks)
    yield* fs.writeFileString(`${cwd}/setup.ts`, setup)
    yield* fs.writeFileString(`${cwd}/vitest.config.ts`, vitestConfig)
    const report = `${cwd}/report.json`
    const vitest = `${yield* root}/node_modules/.bin/vitest`
    const program = ChildProcess.make(vitest, ["run", "--reporter=json", `--outputFile=${report}`], { cwd })
    yield* spawner.exitCode(program)
    const { testResults } = JSON.parse(yield* fs.readFileString(report)) as Report
    const ran = testResults.filter(({ assertionResults }) => assertionResults.length > 0)
    return {
      ran: ran.map(({ name }) => name.slice(cwd.length + 1).replace("/block.test.ts", "")),
      problems: testResults
        .filter(({ status }) => status !== "passed")
        .map(({ assertionResults, message, name }) => ({ name, message, assertionResults }))
    }
  })

interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: ReadonlyArray<{ readonly failureMessages?: ReadonlyArray<string> }>
  }>
}

const setup = `
import { expect } from "@effect/vitest"
process.chdir(import.meta.dirname + "/" + expect.getState().testPath.split("/").at(-2))
`

const vitestConfig = `
const conditions = ["@chatferry/source"]
export default {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ["*/block.test.ts"], setupFiles: ["setup.ts"], testTimeout: 120_000, maxWorkers: 1, isolate: false, execArgv: ${JSON.stringify(process.execArgv)} }
}
`

/** As strict as our own code, except that exports for readers may be unused here. */
const typesConfig = JSON.stringify({
  extends: "../../tsconfig.base.json",
  include: ["*.ts"],
  compilerOptions: {
    rootDir: "../..",
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    noUnusedLocals: false,
    types: ["node"]
  }
})

it.layer(NodeServices.layer)("the documentation", (it) => {
  it.effect(
    "has TypeScript blocks that compile",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
        const cwd = yield* fs.makeTempDirectoryScoped({
          directory: `${yield* root}/examples`,
          prefix: ".docs-"
        })
        yield* fs.writeFileString(`${cwd}/tsconfig.json`, typesConfig)
        for (const [name, block] of yield* blocksThat(() => true))
          yield* fs.writeFileString(`${cwd}/${name}.ts`, block)
        const compiler = ChildProcess.make(`${yield* root}/node_modules/.bin/tsc`, ["-p", cwd], { cwd })
        const lines = (yield* spawner.string(compiler)).split("\n")
        // The packages themselves are checked with their own settings.
        assert.deepStrictEqual(
          lines.filter((line) => /^[\w-]+-block-\d+\.ts/u.test(line)),
          []
        )
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "has TypeScript blocks that are programs, and all of them run",
    () =>
      Effect.gen(function* () {
        const programs = yield* blocksThat((block) => !isTest(block))
        assert.isAbove(programs.size, 5)
        const { code, ended, error } = yield* run(programs)
        assert.deepStrictEqual(ended, Array.from(programs.keys()), error)
        assert.strictEqual(code, 0, error)
      }).pipe(Effect.scoped),
    300_000
  )

  it.effect(
    "has TypeScript blocks that are tests, and all of them pass",
    () =>
      Effect.gen(function* () {
        const tests = yield* blocksThat(isTest)
        assert.isAbove(tests.size, 5)
        const { problems, ran } = yield* runTests(tests)
        assert.deepStrictEqual(problems, [])
        assert.deepStrictEqual(ran.toSorted(), Array.from(tests.keys()).toSorted())
      }).pipe(Effect.scoped),
    300_000
  )

  it.effect("has a first example of twelve lines that does what it says", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [example = ""] = blocks(yield* read("README.md"), "ts")
      assert.strictEqual(example.split("\n").filter((line) => line.trim() !== "").length, 12)
      const { cwd } = yield* run(new Map([["first", example]]))
      assert.includeMembers(yield* fs.readDirectory(`${cwd}/first/stream-import`), [
        "import.jsonl",
        "manifest.json"
      ])
    })
  )

  it.effect("names only commands, files and pages that exist", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const { scripts } = JSON.parse(yield* read("package.json")) as {
        readonly scripts: Record<string, string>
      }
      const known = new Set(["install", ...Object.keys(scripts)])
      for (const page of yield* pages) {
        const text = yield* read(page)
        for (const [, command] of text.matchAll(/npx -y pnpm@12 ([\w:-]+)/gu)) {
          assert.isTrue(known.has(command ?? ""), `${page}: there is no script ${command}`)
        }
        for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/gu)) {
          const file = path.join(yield* root, path.dirname(page), target ?? "")
          assert.isTrue(yield* fs.exists(file), `${page}: there is no ${target}`)
        }
        for (const [file] of text.matchAll(/(?:examples|packages)\/[\w./-]+\.ts/gu)) {
          assert.isTrue(yield* fs.exists(`${yield* root}/${file}`), `${page}: there is no ${file}`)
        }
      }
    })
  )

  it.effect("explains every field of every kind", () =>
    Effect.gen(function* () {
      const text = yield* read("docs/canonical-model.md")
      for (const kind of Entity.kinds) {
        const section = text.split(`## ${kind}\n`)[1]?.split("\n## ")[0] ?? ""
        for (const field of Object.keys(Entity.schemas[kind].fields)) {
          if (field !== "_tag") assert.include(section, `\`${field}\``, `${kind}.${field}`)
        }
      }
    })
  )
})
