// Stages all records, and writes the files when all have arrived.
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type { Settings } from "../format/settings.ts"
import * as EarlierIds from "../stage/earlierIds.ts"
import * as Stage from "../stage/stage.ts"
import { assemble } from "./assemble.ts"

export { publish } from "../files/output.ts"

export const open = Effect.fnUntraced(function* (settings: Settings, task: Phase.Task) {
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const earlier = yield* EarlierIds.load(settings, task.directory)
  const stage = yield* Stage.open(settings, task, earlier)
  const writer: Phase.Writer = {
    write: (records) => Effect.flatMap(stage.write(records), task.reject),
    exclude: stage.exclude,
    flush: stage.commit,
    end: Effect.flatMap(stage.commit, ({ proof }) =>
      assemble(settings, task, proof, EarlierIds.makeMapping(settings, earlier))
    ).pipe(Effect.as(null), Effect.provideContext(services))
  }
  return writer
})
