import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import {
  type Folders,
  folders,
  type Job,
  failureOf,
  run,
  settingsOf,
  stopped,
  startOf,
  whole
} from "./inputs.ts"
import * as LinesSink from "./LinesSink.ts"

const removalAdvice = (here: Folders, before: Job = { source: stopped }) =>
  failureOf(here, before, {
    source: whole,
    sink: settingsOf(before.sink ?? LinesSink.make(here.out), { size: 1 })
  })

/** The files that an error says to remove in addition to the state. */
const outputsIn = (message: string) => /\(its state\)(?: and )?(.*) to start again\.$/u.exec(message)?.[1]

/** Changes the working directory, for programs with relative paths. */
const inFolder = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = process.cwd()
      process.chdir(folder)
      return before
    }),
    (before) => Effect.sync(() => process.chdir(before))
  )

it.layer(NodeServices.layer)("what a run that cannot resume says to remove", (it) => {
  it.effect("is the output folder if it holds only the run's files and its state", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      const out = `${root}/out`
      const here = { out, state: `${out}/deep/state`, run: "" }
      assert.strictEqual(outputsIn(yield* removalAdvice(here)), `the folder ${out} (its unfinished output)`)
      yield* run(here, { source: whole })
      assert.strictEqual(outputsIn(yield* removalAdvice(here)), `the folder ${out} (its finished output)`)
      yield* fs.makeDirectory(`${out}/deep/state/another`)
      assert.strictEqual(
        outputsIn(yield* removalAdvice(here)),
        `manifest.json and lines.ndjson in the folder ${out} (its finished output)`
      )
    })
  )

  it.effect.each([
    { name: "a file", path: "thesis.txt" },
    { name: "an unfinished file of another program", path: "film.part" },
    { name: "a folder", path: "photos/one.jpg" },
    { name: "a file whose name begins as those of the run do", path: "lines.ndjson.bak" }
  ])("is the files of the run if the folder holds $name of others", ({ path }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* fs.makeDirectory(`${here.out}/photos`, { recursive: true })
      if (!path.startsWith("photos")) yield* fs.remove(`${here.out}/photos`, { recursive: true })
      yield* fs.writeFileString(`${here.out}/${path}`, "mine")
      assert.strictEqual(
        outputsIn(yield* removalAdvice(here)),
        `unfinished.json and lines.ndjson.part in the folder ${here.out} (its unfinished output)`
      )
      yield* run(here, { source: whole })
      const says = `manifest.json and lines.ndjson in the folder ${here.out} (its finished output)`
      assert.strictEqual(outputsIn(yield* removalAdvice(here)), says)
      const { lines } = yield* startOf(run(here, { source: whole }))
      assert.include(lines.join("\n"), `and ${says}, or use another id`)
    })
  )

  it.effect("is the files of the run if the folder holds a link to files of others", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [here, other] = [yield* folders, yield* folders]
      yield* fs.makeDirectory(here.out)
      yield* fs.makeDirectory(other.out)
      yield* fs.symlink(other.out, `${here.out}/link`)
      assert.match(
        outputsIn(yield* removalAdvice(here)) ?? "",
        /^unfinished\.json and lines\.ndjson\.part in/u
      )
    })
  )

  it.effect("is never the current folder, and paths are shown as they were given", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped()
      yield* inFolder(root)
      const says = "unfinished.json and lines.ndjson.part in"
      const of = (out: string) => ({ out, state: "./state", run: "" })
      assert.strictEqual(
        outputsIn(yield* removalAdvice(of("."))),
        `${says} the current folder (its unfinished output)`
      )
      yield* fs.makeDirectory("mydata")
      yield* fs.writeFileString("mydata/thesis.txt", "mine")
      const mydata = { ...of("./mydata"), state: "./state2" }
      assert.strictEqual(
        outputsIn(yield* removalAdvice(mydata)),
        `${says} the folder ./mydata (its unfinished output)`
      )
      const docs = { ...of("./docs"), state: "./state3" }
      assert.strictEqual(outputsIn(yield* removalAdvice(docs)), "the folder ./docs (its unfinished output)")
    })
  )

  it.effect("is nothing in folders that hold the output of others or unknown files", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [here, other] = [yield* folders, yield* folders]
      yield* run(other, { source: whole })
      for (const content of [yield* fs.readFileString(`${other.out}/manifest.json`), "{}"]) {
        const strange = yield* fs.makeTempDirectoryScoped()
        yield* fs.writeFileString(
          `${strange}/manifest.json`,
          content.replace('"migration": "test"', '"migration": "x"')
        )
        yield* Effect.exit(run(here, { source: stopped }))
        const sink = settingsOf(LinesSink.make(strange), { size: 1 })
        const { message } = yield* Effect.flip(run(here, { source: whole, sink }))
        assert.strictEqual(outputsIn(message), `the folder ${here.out} (its unfinished output)`)
      }
    })
  )
})
