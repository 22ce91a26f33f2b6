import { Entity } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

const root = Path.layer.pipe((layer) =>
  Effect.provide(
    Effect.map(Path.Path, (path) => path.join(import.meta.dirname, "..")),
    layer
  )
)

/** Every page of documentation, as paths from the root. */
const pages = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const docs = yield* fs.readDirectory(`${yield* root}/docs`, { recursive: true })
  const packages = yield* fs.readDirectory(`${yield* root}/packages`)
  return [
    "README.md",
    "CONTRIBUTING.md",
    "bench/README.md",
    ...docs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
    ...packages.map((name) => `packages/${name}/README.md`)
  ]
})

const read = (page: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* fs.readFileString(`${yield* root}/${page}`)
  })

const blocks = (text: string, language: string) =>
  Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gmu")),
    ([, block]) => block ?? ""
  )

it.layer(NodeServices.layer)("the documentation", (it) => {
  it.effect(
    "has TypeScript blocks that are programs, and all of them run",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
        let count = 0
        for (const page of yield* pages) {
          for (const block of blocks(yield* read(page), "ts")) {
            count++
            // Inside examples/, so that package names resolve as they do for a reader.
            const cwd = yield* fs.makeTempDirectoryScoped({
              directory: `${yield* root}/examples`,
              prefix: ".docs-"
            })
            yield* SendbirdExport.writeZips(`${cwd}/sendbird-export`, { seed: 12, messages: 50 })
            yield* fs.writeFileString(`${cwd}/block.ts`, block)
            const run = ChildProcess.make("node", ["--conditions=@chatferry/source", "block.ts"], { cwd })
            assert.strictEqual(yield* spawner.exitCode(run), 0, `block ${count} of ${page}:\n${block}`)
          }
        }
        assert.isAbove(count, 0)
      }),
    120_000
  )

  it.effect("has a first example of twelve lines that writes what it says", () =>
    Effect.gen(function* () {
      const [example = ""] = blocks(yield* read("README.md"), "ts")
      const lines = example.split("\n").filter((line) => line.trim() !== "")
      assert.isAtMost(lines.length, 12)
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
        for (const [file] of text.matchAll(/examples\/[\w-]+\.ts/gu)) {
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
