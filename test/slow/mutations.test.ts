import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect, FileSystem } from "effect"
import * as Results from "./faults/results.ts"
import { isShort } from "./faults/sweep.ts"
import { mutations } from "./faults/sweeps.ts"
import { TEMPORARY_ROOT } from "./faults/temporaryRoot.ts"

const MUTATIONS = Number(process.env["MUTATIONS"] ?? (isShort ? mutations.short : mutations.cases))
const FIRST = Number(process.env["FAULTS_SEED"] ?? 1)
const PROCESSES = 2
/** Time limit for one damaged input; it takes a second at most on an idle machine. */
const LONGEST = 60_000

interface Line {
  readonly next?: number
  readonly reader?: string
  readonly outcome?: string
  readonly violation?: string
  readonly unprepared?: string
}

/** Runs every n-th seed in a process, and kills it when it hangs. Gives the last line of one that did not complete. */
const attacked = (from: number, location: string, onLine: (line: Line) => void) =>
  new Promise<{ readonly last: Line; readonly how: string } | undefined>((resolve) => {
    const program = `${import.meta.dirname}/mutations.program.ts`
    const numbers = [from, FIRST + MUTATIONS, PROCESSES].map(String)
    const child: ChildProcess = spawn(
      process.execPath,
      ["--max-old-space-size=256", "--conditions=@chatferry/source", program, ...numbers],
      { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, TMPDIR: location } }
    )
    let last: Line = {}
    let isHung = false
    let timer: NodeJS.Timeout | undefined
    const watch = (millis: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        isHung = true
        child.kill("SIGKILL")
      }, millis)
    }
    // The inputs are made first.
    watch(LONGEST * 3)
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (text) => {
      last = JSON.parse(text) as Line
      watch(LONGEST)
      onLine(last)
    })
    child.on("close", (code) => {
      clearTimeout(timer)
      const how = isHung ? "it took too long" : (last.unprepared ?? `the process ended with ${code}`)
      resolve(code === 0 ? undefined : { last, how })
    })
  })

it.live(
  `${MUTATIONS} damaged inputs end in a typed error or a complete run, for every reader`,
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      // In the test's folder, since a killed process leaves its files behind.
      const location = yield* fs.makeTempDirectoryScoped({ directory: TEMPORARY_ROOT })
      const verdicts: Array<{ readonly row: string; readonly outcome: string; readonly problem?: string }> =
        []
      const work = (process: number) =>
        Effect.gen(function* () {
          let from = FIRST + process
          for (;;) {
            let next: Line = {}
            const stopped = yield* Effect.promise(() =>
              attacked(from, location, (line) => {
                const { outcome, violation } = line
                if (line.next !== undefined) next = line
                if (outcome !== undefined) verdicts.push({ row: next.reader ?? "", outcome })
                if (violation !== undefined)
                  verdicts.push({ row: next.reader ?? "", outcome: "", problem: violation })
              })
            )
            if (stopped === undefined) return
            const { how, last } = stopped
            if (last.next === undefined) throw new Error(`between two seeds after ${next.next}: ${how}`)
            verdicts.push({
              row: last.reader ?? "",
              outcome: "",
              problem: `${last.reader}, seed ${last.next}: ${how}`
            })
            // The other readers are attacked all the same.
            from = last.next + PROCESSES
            if (from >= FIRST + MUTATIONS) return
          }
        })
      yield* Effect.forEach(
        Array.from({ length: PROCESSES }, (_, process) => process),
        work,
        { concurrency: PROCESSES, discard: true }
      )
      const table = Results.sum(verdicts)
      yield* Console.log(`\nmutations, seeds from ${FIRST}\n${Results.text(mutations, table)}`)
      yield* Results.save({ name: mutations.name, seed: FIRST, isShort, cases: MUTATIONS, table })
      assert.deepStrictEqual(
        verdicts.flatMap(({ problem }) => problem ?? []),
        []
      )
      assert.strictEqual(verdicts.length, MUTATIONS)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  7_200_000
)
