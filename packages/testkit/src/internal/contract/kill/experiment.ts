// One undisturbed run, and runs of the same migration that are killed and started again.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { Job, JobReport } from "./job.ts"
import * as Processes from "./processes.ts"

export interface Setting {
  readonly source: Job["source"]
  readonly sink: Job["sink"]
  readonly kills: number
  readonly checkpointRecords: number
  readonly node: ReadonlyArray<string>
}

export interface Ended extends Processes.Left {
  readonly sinks: Extract<JobReport, { readonly _tag: "ended" }>["sinks"]
}

/** A run that was killed at least once, and how it ended: with a result, or with the text of an error. */
export interface Killed {
  /** `a kill before call 7 of 40`, for reports. */
  readonly how: string
  readonly end: Ended | string
}

export interface Outcome {
  readonly undisturbed: Ended
  /** Killed once each. */
  readonly once: ReadonlyArray<Killed>
  /** Killed and started again several times. */
  readonly again: Killed
}

export const experiment = (setting: Setting, input: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const root = yield* fs.makeTempDirectoryScoped({ prefix: "chatferry-kill-" })
      const { checkpointRecords, kills, node, sink, source } = setting
      let runs = 0
      const job = () => ({ source, sink, input, checkpointRecords, folder: `${root}/${++runs}` })
      const run = (one: Job) => Processes.run(one, { node, cache: `${root}/cache` })

      const first = job()
      const report = yield* run(first)
      if (report._tag !== "ended")
        return yield* Effect.fail(new Error(`The undisturbed run failed: ${describe(report)}`))
      const undisturbed: Ended = { ...(yield* Processes.left(first.folder)), sinks: report.sinks }

      /** Starts a run, kills it at each of these moments, and lets it end. */
      const killed = Effect.fnUntraced(function* (moments: ReadonlyArray<number>) {
        const one = job()
        const hows: Array<string> = []
        for (const killAt of moments) {
          const report = yield* run({ ...one, killAt })
          if (report._tag === "failed") return { how: howOf(hows), end: report.error }
          if (report._tag === "killed") hows.push(`moment ${killAt}, before ${report.when}`)
        }
        if (hows.length === 0)
          return { how: "no kill", end: `it ended before the moments ${moments.join(", ")}` }
        const report = yield* run(one)
        const end: Killed["end"] =
          report._tag === "ended"
            ? { ...(yield* Processes.left(one.folder)), sinks: report.sinks }
            : describe(report)
        return { how: howOf(hows), end }
      })

      // Not during the start: nothing is at stake then.
      const share = (part: number) => report.before + Math.floor((report.moments - report.before) * part)
      const moments = Array.from({ length: kills }, (_, i) => share((i + 1) / kills))
      // Each run continues the previous one, so it has fewer moments.
      const some = share(1 / (kills + 1))
      const [once, again] = yield* Effect.all(
        [Effect.forEach(moments, (moment) => killed([moment])), killed(moments.map(() => some))],
        { concurrency: 2 }
      )
      return { undisturbed, once, again } satisfies Outcome
    })
  )

// internal

const howOf = (hows: ReadonlyArray<string>): string =>
  hows.length === 0 ? "before any kill" : `after a kill at ${hows.join(", and at ")}`

const describe = (report: JobReport): string =>
  report._tag === "failed" ? report.error : report._tag === "killed" ? "it was killed" : "it ended"
