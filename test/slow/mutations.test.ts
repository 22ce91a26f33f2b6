import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Results from "./faults/results.ts"
import { isShort } from "./faults/sweep.ts"

const MUTATIONS = Number(process.env["MUTATIONS"] ?? (isShort ? 400 : 10_000))
const FIRST = Number(process.env["FAULTS_SEED"] ?? 1)
const PROCESSES = 2
/** Longest time for one damaged input. */
const LONGEST = 20_000

interface Line {
  readonly next?: number
  readonly reader?: string
  readonly outcome?: string
  readonly violation?: string
}

/** Runs every so-manieth seed in a process of its own, and kills one that hangs. */
const attacked = (from: number, onLine: (line: Line) => void) =>
  new Promise<void>((resolve, reject) => {
    const program = `${import.meta.dirname}/mutations.program.ts`
    const child: ChildProcess = spawn(
      process.execPath,
      [
        "--max-old-space-size=256",
        "--conditions=@chatferry/source",
        program,
        String(from),
        String(FIRST + MUTATIONS),
        String(PROCESSES)
      ],
      { stdio: ["ignore", "pipe", "inherit"] }
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
    watch(LONGEST * 6)
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (text) => {
      last = JSON.parse(text) as Line
      watch(LONGEST)
      onLine(last)
    })
    child.on("close", (code) => {
      clearTimeout(timer)
      if (code === 0) return resolve()
      const how = isHung ? "took too long" : (last.violation ?? `ended with ${code}`)
      reject(new Error(`seed ${last.next} of ${last.reader}: ${how}`))
    })
  })

it.live(
  `${MUTATIONS} damaged inputs end in a typed error or a complete run, whatever reads them`,
  () =>
    Effect.gen(function* () {
      const outcomes: Array<{ readonly row: string; readonly outcome: string }> = []
      yield* Effect.forEach(
        Array.from({ length: PROCESSES }, (_, i) => FIRST + i),
        (from) =>
          Effect.promise(() =>
            attacked(from, ({ outcome, reader = "" }) => {
              if (outcome !== undefined) outcomes.push({ row: reader, outcome })
            })
          ),
        { concurrency: PROCESSES }
      )
      assert.strictEqual(outcomes.length, MUTATIONS)
      const table = Results.sum(outcomes)
      yield* Results.save({ name: "mutations", seed: FIRST, isShort, cases: MUTATIONS, table })
    }).pipe(Effect.provide(NodeServices.layer)),
  7_200_000
)
