// The packages as their users get them: packed, installed by npm and pnpm in folders outside the repository, checked
// by two compilers and run. Third-party packages come from the registry.
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { ended } from "../processes.ts"

const root = `${import.meta.dirname}/../..`

const NODENEXT = { module: "nodenext" }
const BUNDLER = { module: "esnext", moduleResolution: "bundler", target: "es2023" }

/** The strictest settings, which include declarations: none of them is skipped. */
const STRICTEST = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true }

const COMPILERS = { typescript5: "npm:typescript@5.9.3", typescript7: "npm:typescript@7.0.2" }

interface Package {
  readonly name: string
  readonly tarball: string
  /** The entry points, such as `@chatferry/core/run`, with the modules they export. */
  readonly entries: ReadonlyArray<{ readonly name: string; readonly modules: ReadonlyArray<string> }>
}

interface Exports {
  readonly [subpath: string]: { readonly "@chatferry/source": string } | string | null
}

const packages = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const found: Array<Package> = []
  for (const folder of (yield* fs.readDirectory(`${root}/packages`)).toSorted()) {
    const { exports, name, version } = JSON.parse(
      yield* fs.readFileString(`${root}/packages/${folder}/package.json`)
    ) as { readonly exports: Exports; readonly name: string; readonly version: string }
    const entries: Array<Package["entries"][number]> = []
    for (const [subpath, target] of Object.entries(exports)) {
      const source = typeof target === "object" ? target?.["@chatferry/source"] : undefined
      if (source?.endsWith("/index.ts") !== true) continue
      const index = yield* fs.readFileString(`${root}/packages/${folder}/${source}`)
      const modules = Array.from(index.matchAll(/^export \* as (\w+)/gmu), ([, module = ""]) => module)
      entries.push({ name: name + subpath.slice(1), modules })
    }
    found.push({
      name,
      tarball: `file:${path.resolve(root)}/tarballs/chatferry-${folder}-${version}.tgz`,
      entries
    })
  }
  return found
})

/** Blocks of the page about installation: the test does what the page says. */
const readme = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(`${root}/README.md`)
  const block = (language: string) =>
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "mu").exec(text)?.[1] ?? ""
  const { compilerOptions } = JSON.parse(block("json")) as { readonly compilerOptions: object }
  return { compilerOptions, program: block("ts") }
})

/** Imports every public module of every package, and prints the name of each existing one. */
const everyModule = (all: ReadonlyArray<Package>) => {
  const entries = all.flatMap((one) => one.entries)
  return `
${entries.map(({ name }, i) => `import * as entry${i} from "${name}"`).join("\n")}

const modules: Readonly<Record<string, object>> = {
${entries.flatMap(({ modules, name }, i) => modules.map((one) => `  "${name} ${one}": entry${i}.${one},`)).join("\n")}
}
for (const [name, module] of Object.entries(modules)) if (typeof module === "object") console.log(name)
`
}

/** Types from packages that this one does not import: the compiler has to find a name for each. */
const exported = `
import { Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"

export const source = SendbirdSource.archives({ inputs: ["./sendbird-export"] })
export const streamSource = StreamSource.files({ inputs: ["./stream-export.json"] })
export const sink = StreamImportSink.make({ directory: "./stream-import", dialect: "jsonl" })
export const ndjson = NdjsonSink.make({ directory: "./ndjson" })
export const migration = Migration.run({ id: "sendbird-to-stream", source, sink })
`

const dependent = `
import * as NodeServices from "@effect/platform-node/NodeServices"
import { migration } from "@mono/migration"
import { Effect } from "effect"

export const main = migration.pipe(Effect.provide(NodeServices.layer))
`

const makeExport = `
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"

const zips = SendbirdExport.writeZips("sendbird-export", { seed: 12, messages: 50 })
await Effect.runPromise(Effect.provide(zips, NodeServices.layer))
`

/** Runs a command there, which must succeed, and gives its output. */
const run = Effect.fnUntraced(function* (cwd: string, command: string, args: ReadonlyArray<string>) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const { code, error, out } = yield* ended(
    spawner.spawn(ChildProcess.make(command, [...args], { cwd, extendEnv: true }))
  )
  assert.strictEqual(code, 0, `${command} ${args.join(" ")} in ${cwd}:\n${out}\n${error}`)
  return out
})

/** Writes files, objects as JSON. */
const write = Effect.fnUntraced(function* (folder: string, files: Readonly<Record<string, string | object>>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const [name, content] of Object.entries(files)) {
    yield* fs.makeDirectory(path.dirname(`${folder}/${name}`), { recursive: true })
    yield* fs.writeFileString(
      `${folder}/${name}`,
      typeof content === "string" ? content : JSON.stringify(content)
    )
  }
})

/** Compiler settings by the name of their file. */
const settings = (given: object, include: string): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries({ nodenext: NODENEXT, bundler: BUNDLER, strictest: { ...NODENEXT, ...STRICTEST } }).map(
      ([name, options]) => [
        `${name}.json`,
        { compilerOptions: { ...given, ...options, noEmit: true }, include: [include] }
      ]
    )
  )

/** Checks the folder with each compiler and each kind of settings. */
const check = Effect.fnUntraced(function* (
  folder: string,
  files: ReadonlyArray<string> = ["nodenext.json", "bundler.json", "strictest.json"]
) {
  for (const compiler of Object.keys(COMPILERS)) {
    for (const file of files) {
      yield* run(folder, "node", [`node_modules/${compiler}/bin/tsc`, "-p", file])
    }
  }
})

const namesOf = (all: ReadonlyArray<Package>) =>
  all
    .flatMap(({ entries }) => entries)
    .flatMap(({ modules, name }) => modules.map((one) => `${name} ${one}\n`))
    .join("")

it.layer(NodeServices.layer)("packed, the packages", (it) => {
  it.effect(
    "install in an npm project, have types for two compilers, and run",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const all = yield* packages
        const { compilerOptions, program } = yield* readme
        const folder = yield* fs.makeTempDirectoryScoped()
        yield* write(folder, {
          "package.json": { name: "project", private: true, type: "module" },
          "modules.ts": everyModule(all),
          "makeExport.ts": makeExport,
          "migrate.ts": program,
          ...settings(compilerOptions, "*.ts")
        })
        const compilers = Object.entries(COMPILERS).map(([name, at]) => `${name}@${at}`)
        yield* run(folder, "npm", [
          "install",
          "--no-audit",
          "--no-fund",
          ...all.map(({ tarball }) => tarball),
          "effect@4.1.0",
          "@effect/platform-node@4.1.0",
          "@types/node@24",
          ...compilers
        ])
        yield* check(folder)
        // `@effect/platform-node` needs Node's types; the packages do not.
        yield* write(folder, {
          "plain/modules.ts": everyModule(all),
          ...Object.fromEntries(
            Object.entries(settings({ ...compilerOptions, types: [] }, "plain")).map(([name, options]) => [
              `plain.${name}`,
              options
            ])
          )
        })
        yield* check(folder, ["plain.nodenext.json", "plain.bundler.json", "plain.strictest.json"])
        assert.strictEqual(yield* run(folder, "node", ["modules.ts"]), namesOf(all))
        yield* run(folder, "node", ["makeExport.ts"])
        yield* run(folder, "node", ["migrate.ts"])
        assert.include(yield* fs.readDirectory(`${folder}/stream-import`), "manifest.json")
      }).pipe(Effect.scoped),
    900_000
  )

  it.effect(
    "install in a pnpm monorepo, whose packages build with declarations, and run",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const all = yield* packages
        const { compilerOptions } = yield* readme
        const folder = yield* fs.makeTempDirectoryScoped()
        const build = {
          compilerOptions: { ...compilerOptions, declaration: true, rootDir: "src", outDir: "dist" },
          include: ["src"]
        }
        const effect = { effect: "4.1.0", "@effect/platform-node": "4.1.0" }
        const compilers = { ...COMPILERS, "@types/node": "^24", typescript: "7.0.2" }
        const common = { version: "1.0.0", private: true, type: "module", scripts: { build: "tsc" } }
        yield* write(folder, {
          "package.json": { name: "mono", private: true },
          "pnpm-workspace.yaml": [
            "packages: [packages/*]",
            "overrides:",
            ...all.map(({ name, tarball }) => `  "${name}": ${tarball}`)
          ].join("\n"),
          "packages/migration/package.json": {
            name: "@mono/migration",
            exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
            dependencies: { ...Object.fromEntries(all.map(({ name }) => [name, "*"])), ...effect },
            devDependencies: compilers,
            ...common
          },
          "packages/migration/src/index.ts": exported,
          "packages/migration/src/modules.ts": everyModule(all),
          "packages/migration/tsconfig.json": build,
          "packages/app/package.json": {
            name: "@mono/app",
            dependencies: { "@mono/migration": "workspace:*", ...effect },
            devDependencies: compilers,
            ...common
          },
          "packages/app/src/index.ts": dependent,
          "packages/app/tsconfig.json": build
        })
        yield* run(folder, "pnpm", ["install", "--no-frozen-lockfile"])
        yield* run(folder, "pnpm", ["-r", "build"])
        for (const one of ["migration", "app"]) {
          yield* write(
            `${folder}/packages/${one}`,
            settings({ ...compilerOptions, declaration: true }, "src")
          )
          yield* check(`${folder}/packages/${one}`)
        }
        const dist = `${folder}/packages/migration/dist`
        assert.strictEqual(yield* run(dist, "node", ["modules.js"]), namesOf(all))
      }).pipe(Effect.scoped),
    900_000
  )
})
