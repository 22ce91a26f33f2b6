import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Processes from "./processes.ts"

const KEY = "a-secret-of-the-first-run"
const OTHER_KEY = "a-secret-of-the-second-run"

interface Job {
  readonly out: string
  readonly edit?: "original" | "edited" | "versioned" | "formatted"
  readonly key?: string
  readonly layout?: "by-kind" | "mixed"
  readonly inputs: ReadonlyArray<string>
}

const spawn = ({ edit = "original", inputs, key = KEY, layout = "by-kind", out }: Job, accept?: string) =>
  Processes.spawn("restarted.program.ts", [out, edit, key, layout, ...inputs], {
    env: accept === undefined ? {} : { ACCEPT: accept }
  })

const finish = (job: Job, accept?: string) => Processes.ended(spawn(job, accept))

/** Kills a run with SIGKILL once it has a checkpoint. */
const kill = (job: Job) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Processes.killBefore(
      Processes.killOnce(spawn(job), fs.exists(`${job.out}/state/restarted/checkpoint.json`)),
      job.out,
      fs.exists(`${job.out}/ndjson/manifest.json`)
    )
  })

const users = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify({ _tag: "user", id: `${prefix}-${i}` })}\n`).join(
    ""
  )

const folder = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const root = yield* fs.makeTempDirectoryScoped()
  for (const name of ["a", "b", "c"]) yield* fs.writeFileString(`${root}/${name}.ndjson`, users(name, 8000))
  const inputs = [`${root}/a.ndjson`, `${root}/b.ndjson`]
  return { root, inputs, third: `${root}/c.ndjson` }
})

const rejected = (job: Job, says: string, outputIs: "unfinished" | "finished") =>
  Effect.gen(function* () {
    const before = yield* Processes.digest(job.out)
    const { code, error, out } = yield* finish(job)
    assert.strictEqual(code, 1, error)
    assert.include(error, says)
    assert.include(
      error,
      `remove the folder ${job.out}/state/restarted (its state) and the folder ${job.out}/ndjson (its ${outputIs} output) to start again.`
    )
    assert.notInclude(error, "To continue")
    for (const secret of [KEY, OTHER_KEY, "endsWith"]) assert.notInclude(error + out, secret)
    assert.deepStrictEqual(yield* Processes.digest(job.out), before)
    return error
  })

it.layer(NodeServices.layer)("a migration that is killed with SIGKILL and started again", (it) => {
  it.effect(
    "rejects an edited transform, other settings, inputs and secrets by name, and resumes unchanged",
    () =>
      Effect.gen(function* () {
        const { inputs, root, third } = yield* folder
        const job = { out: `${root}/out`, inputs }
        const undisturbed = { out: `${root}/undisturbed`, inputs }
        const first = yield* finish(undisturbed)
        assert.strictEqual(first.code, 0, first.error)
        assert.include(first.error, "migration restarted: starting, from ndjson to ndjson\n")
        yield* kill(job)
        const message = yield* rejected(
          { ...job, edit: "edited" },
          'transform "recent": its code has changed.',
          "unfinished"
        )
        const [, accept = ""] = /policy\.acceptCode: \["(\w+)"\]/u.exec(message) ?? []
        assert.notStrictEqual(accept, "")
        yield* rejected({ ...job, layout: "mixed" }, 'layout was "by-kind" and is "mixed" now.', "unfinished")
        yield* rejected(
          { ...job, inputs: [...inputs, third] },
          "source ndjson: input c.ndjson is new.",
          "unfinished"
        )
        yield* rejected(
          { ...job, inputs: inputs.slice(0, 1) },
          "source ndjson: input b.ndjson is missing.",
          "unfinished"
        )
        yield* rejected(
          { ...job, key: OTHER_KEY },
          'transform "hash-ids": key: its secret has changed.',
          "unfinished"
        )
        const resumed = yield* finish(job)
        assert.strictEqual(resumed.code, 0, resumed.error)
        assert.match(
          resumed.error,
          /migration restarted: resuming at \d+ %, started on \d{4}-\d\d-\d\d \d\d:\d\d UTC\n/u
        )
        assert.deepStrictEqual(yield* Processes.digest(job.out), yield* Processes.digest(undisturbed.out))

        const again = yield* finish(job)
        assert.deepStrictEqual([again.code, again.out], [0, resumed.out])
        assert.match(
          again.error,
          /migration restarted: finished on \d{4}-\d\d-\d\d \d\d:\d\d UTC, nothing to do;/u
        )
        yield* rejected({ ...job, edit: "edited" }, 'transform "recent"', "finished")
        const accepted = yield* finish({ ...job, edit: "edited" }, accept)
        assert.strictEqual(accepted.code, 0, accepted.error)
      })
  )

  it.effect("resumes with a reformatted transform that has a version, to the same bytes", () =>
    Effect.gen(function* () {
      const { inputs, root } = yield* folder
      const [job, undisturbed] = [
        { out: `${root}/out`, inputs },
        { out: `${root}/undisturbed`, inputs }
      ]
      yield* kill({ ...job, edit: "versioned" })
      const { code, error } = yield* finish({ ...job, edit: "formatted" })
      assert.strictEqual(code, 0, error)
      assert.include(error, "resuming")
      assert.strictEqual((yield* finish({ ...undisturbed, edit: "versioned" })).code, 0)
      assert.deepStrictEqual(yield* Processes.digest(job.out), yield* Processes.digest(undisturbed.out))
    })
  )
})
