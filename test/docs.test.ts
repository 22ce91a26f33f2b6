import { Entity } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamExport } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { pages, read } from "./pages.ts"

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

const isTest = (block: string) => block.includes('"@effect/vitest"')

/** Writes a block into a folder beside a small export of each provider. */
const write = (cwd: string, block: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* SendbirdExport.writeZips(`${cwd}/sendbird-export`, { seed: 12, messages: 50 })
    yield* StreamExport.writeFile(
      `${cwd}/stream-export.json`,
      StreamExport.generate({ seed: 12, messages: 50 }).channels()
    )
    yield* fs.writeFileString(`${cwd}/${isTest(block) ? "block.test.ts" : "block.ts"}`, block)
  })

/** Runs a program. */
const run = (block: string) =>
  Effect.gen(function* () {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const cwd = yield* folder
    yield* write(cwd, block)
    const program = ChildProcess.make("node", ["--conditions=@chatferry/source", "block.ts"], { cwd })
    return { cwd, code: Number(yield* spawner.exitCode(program)) }
  })

/** Runs tests, each in its own folder, and gives what went wrong. Starting vitest takes longer than most of them. */
const runTests = (blocks: ReadonlyMap<string, string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const cwd = yield* folder
    for (const [name, block] of blocks) {
      yield* fs.makeDirectory(`${cwd}/${name}`)
      yield* write(`${cwd}/${name}`, block)
    }
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
  test: { include: ["*/block.test.ts"], setupFiles: ["setup.ts"], testTimeout: 120_000, maxWorkers: 1, isolate: false }
}
`

/** As strict as our own code; what is made to be used by a reader may be unused here. */
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
    "has TypeScript blocks that the compiler takes",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
        const cwd = yield* fs.makeTempDirectoryScoped({
          directory: `${yield* root}/examples`,
          prefix: ".docs-"
        })
        yield* fs.writeFileString(`${cwd}/tsconfig.json`, typesConfig)
        for (const page of yield* pages) {
          const name = page.replaceAll(/\W+/gu, "-")
          for (const [i, block] of blocks(yield* read(page), "ts").entries()) {
            yield* fs.writeFileString(`${cwd}/${name}-block-${i + 1}.ts`, block)
          }
        }
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
        let count = 0
        for (const page of yield* pages) {
          for (const [i, block] of blocks(yield* read(page), "ts").entries()) {
            if (isTest(block)) continue
            count++
            assert.strictEqual((yield* run(block)).code, 0, `block ${i + 1} of ${page}:\n${block}`)
          }
        }
        assert.isAbove(count, 5)
      }),
    300_000
  )

  it.effect(
    "has TypeScript blocks that are tests, and all of them pass",
    () =>
      Effect.gen(function* () {
        const tests = new Map<string, string>()
        for (const page of yield* pages) {
          for (const [i, block] of blocks(yield* read(page), "ts").entries()) {
            if (isTest(block)) tests.set(`${page.replaceAll(/\W+/gu, "-")}-block-${i + 1}`, block)
          }
        }
        assert.isAbove(tests.size, 5)
        const { problems, ran } = yield* runTests(tests)
        assert.deepStrictEqual(problems, [])
        assert.deepStrictEqual(ran.toSorted(), Array.from(tests.keys()).toSorted())
      }).pipe(Effect.scoped),
    300_000
  )

  it.effect("has a first example of twelve lines that writes what it says", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [example = ""] = blocks(yield* read("README.md"), "ts")
      assert.strictEqual(example.split("\n").filter((line) => line.trim() !== "").length, 12)
      const { cwd } = yield* run(example)
      assert.includeMembers(yield* fs.readDirectory(`${cwd}/stream-import`), [
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
