// One run that nothing disturbs, and runs of the same migration that are killed and started again.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { Job, Said } from "./job.ts"
import * as Processes from "./processes.ts"

export interface Setting {
  readonly source: Job["source"]
  readonly sink: Job["sink"]
  readonly kills: number
  readonly checkpointRecords: number
  readonly node: ReadonlyArray<string>
}

export interface Ended extends Processes.Left {
  readonly sinks: Extract<Said, { readonly _tag: "ended" }>["sinks"]
}

/** A run that was killed once or more, and what it came to in the end: an end, or the words of the error. */
export interface Killed {
  /** `a kill before call 7 of 40`, for what is said. */
  readonly how: string
  readonly end: Ended | string
}

export interface Outcome {
  readonly undisturbed: Ended
  /** Killed once each. */
  readonly once: ReadonlyArray<Killed>
  /** Killed, started again, killed and so on. */
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
      const said = yield* run(first)
      if (said._tag !== "ended")
        return yield* Effect.fail(new Error(`The run that nothing disturbs: ${told(said)}`))
      const undisturbed: Ended = { ...(yield* Processes.left(first.folder)), sinks: said.sinks }

      /** Ends what was killed before, which is killed at these moments more. */
      const killed = Effect.fnUntraced(function* (moments: ReadonlyArray<number>) {
        const one = job()
        const hows: Array<string> = []
        for (const killAt of moments) {
          const said = yield* run({ ...one, killAt })
          if (said._tag === "failed") return { how: howOf(hows), end: said.error }
          if (said._tag === "killed") hows.push(`moment ${killAt}, before ${said.when}`)
        }
        if (hows.length === 0)
          return { how: "no kill", end: `it ended before the moments ${moments.join(", ")}` }
        const said = yield* run(one)
        const end: Killed["end"] =
          said._tag === "ended" ? { ...(yield* Processes.left(one.folder)), sinks: said.sinks } : told(said)
        return { how: howOf(hows), end }
      })

      // Not while it starts: nothing is at stake then.
      const share = (part: number) => said.before + Math.floor((said.moments - said.before) * part)
      const moments = Array.from({ length: kills }, (_, i) => share((i + 1) / kills))
      // Each run does what is left, so each has fewer moments than the one before.
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

const told = (said: Said): string =>
  said._tag === "failed" ? said.error : said._tag === "killed" ? "it was killed" : "it ended"
