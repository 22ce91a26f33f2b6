// The phase that stages all records, and writes the files when all have arrived.
import type { SinkError } from "@chatferry/core"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type { Settings } from "../format/settings.ts"
import * as EarlierIds from "../stage/earlierIds.ts"
import { makeRowEncoder } from "../stage/rows.ts"
import * as Opened from "../stage/stage.ts"
import { assemble } from "./assemble.ts"

export { publish } from "../files/output.ts"

type Services = FileSystem.FileSystem | Path.Path

export interface Stage {
  readonly makeRoute: Effect.Effect<Phase.Route, SinkError.SinkError, Services>
  readonly open: Phase.Phase<Services>["open"]
}

export const makeStage = (settings: Settings): Stage => {
  // A route in the writer's own thread uses the id map that the writer has read.
  let loaded: EarlierIds.EarlierIds | undefined
  return {
    makeRoute: Effect.map(
      Effect.suspend(() => (loaded === undefined ? EarlierIds.read(settings) : Effect.succeed(loaded))),
      (earlier) => makeRoute(settings, earlier)
    ),
    open: Effect.fnUntraced(function* (task) {
      loaded = yield* EarlierIds.load(settings, task.directory)
      return yield* openWriter(settings, task, loaded)
    })
  }
}

// internal

const makeRoute = (settings: Settings, earlier: EarlierIds.EarlierIds): Phase.Route => {
  const encodeRow = makeRowEncoder(settings, EarlierIds.makeMapping(settings, earlier))
  let isIdMapSent = settings.idMap === undefined
  return (entity, send) => {
    if (!isIdMapSent) send(0, { row: ["id_map", earlier.sha256] })
    isIdMapSent = true
    send(0, { row: encodeRow(entity) })
  }
}

const openWriter = Effect.fnUntraced(function* (
  settings: Settings,
  task: Phase.Task,
  earlier: EarlierIds.EarlierIds
) {
  const services = yield* Effect.context<Services>()
  const stage = yield* Opened.open(settings, task, earlier)
  const mapping = EarlierIds.makeMapping(settings, earlier)
  const writer: Phase.Writer = {
    rows: (_, rows) => Effect.flatMap(stage.rows(rows as ReadonlyArray<Opened.Row>), task.reject),
    exclude: stage.exclude,
    flush: stage.commit,
    end: Effect.flatMap(stage.end, (proof) => assemble(settings, task, proof, mapping)).pipe(
      Effect.as(null),
      Effect.provideContext(services)
    )
  }
  return writer
})
