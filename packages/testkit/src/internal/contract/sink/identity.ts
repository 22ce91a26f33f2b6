// Rules about a sink's fingerprint, what it reports, and how it treats its input.
import type { Entity, Sink } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Faults from "../../../harness/Faults.ts"
import * as Telemetry from "../../../harness/Telemetry.ts"
import { difference } from "../engine/difference.ts"
import { frozen } from "../engine/frozen.ts"
import { instants } from "../engine/instants.ts"
import { secretRecorded, textIn } from "../engine/leaks.ts"
import { first } from "../engine/rule.ts"
import { type Checked, type Files, type Stage, wholeRun } from "../engine/stage.ts"
import { sameResult } from "./results.ts"

export interface Changed<R> {
  readonly what: string
  readonly sink: Sink.Sink<R>
}

export const leavesInputAlone = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const expected = yield* stage.undisturbed
    const given: ReadonlyArray<Entity.Entity> = frozen(structuredClone(stage.entities))
    return sameResult("a run with frozen entities", expected, yield* wholeRun(yield* stage.location, given))
  })

export const fingerprintIsOf =
  <R>(changed: ReadonlyArray<Changed<R>>) =>
  ({ make }: Stage<R>): Checked<R> =>
    Effect.sync(() => {
      const own = make("one").fingerprint
      const path = difference(own, make("other").fingerprint)
      if (path !== undefined)
        return { expected: "the same fingerprint for another folder", actual: `a different one at ${path}` }
      const same = changed.find(({ sink }) => difference(own, sink.fingerprint) === undefined)
      return same && { expected: `a different fingerprint for a different ${same.what}`, actual: "the same" }
    })

export const keepsSecrets =
  <R>(secrets: ReadonlyArray<string>) =>
  (stage: Stage<R>): Checked<R> =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const telemetry = Telemetry.make()
      const here = yield* stage.location
      const counting = Faults.fileSystem(fs)
      yield* telemetry.listen(
        Effect.provideService(wholeRun(here, stage.entities), FileSystem.FileSystem, counting.fileSystem)
      )
      const receipts: Array<Sink.Receipt> = []
      const another = yield* stage.location
      yield* another.opened(Option.none(), (session) =>
        Effect.andThen(
          session.write(stage.entities),
          Effect.map(session.commit, (receipt) => receipts.push(receipt))
        )
      )
      for (const call of ["open", "write", "rename"] as const) {
        for (const at of instants(call, counting.paths(call))) {
          const { fileSystem } = Faults.fileSystem(fs, {
            fail: { calls: [call], nth: at + 1, isLasting: true }
          })
          const run = wholeRun(yield* stage.location, stage.entities)
          yield* telemetry.listen(Effect.provideService(run, FileSystem.FileSystem, fileSystem))
        }
      }
      const foreign = Option.some({ "not a receipt": true })
      yield* telemetry.listen((yield* stage.location).opened(foreign, () => Effect.void))
      const reported: ReadonlyArray<readonly [string, unknown]> = [
        ["the fingerprint", stage.make(here.directory).fingerprint],
        ["a receipt", receipts],
        ["the published files", textsOf(yield* here.files)]
      ]
      return first([
        ...reported.map(([where, value]) => textIn(where, value, "secret", secrets)),
        secretRecorded(telemetry, secrets)
      ])
    })

// internal

const textsOf = (files: Files): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from(files, ([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")]))
