/** Migrations that `threads.program.ts` runs with worker threads, each for another reason not as they are meant. */
import { isMainThread, threadId } from "node:worker_threads"
import { type Entity, Migration, Source, Transform } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as entities from "./entities.ts"
import * as LateSink from "./lateSink.ts"

const [out = ""] = process.argv.slice(2)

const records: ReadonlyArray<Entity.Entity> = [
  entities.user("ann"),
  entities.channel("c"),
  ...Array.from({ length: 3000 }, (_, i) => entities.message(`m${i}`, { channelId: "c", userId: "ann" }))
]

const make = (
  id: string,
  transforms: ReadonlyArray<Transform.Transform> = [],
  source: Source.Source = Source.fromEntities("memory", records)
) =>
  Migration.make({
    id,
    source,
    transforms,
    sink: NdjsonSink.make({ directory: `${out}/${id}` }),
    stateDirectory: `${out}/state`
  })

export const plain = make("plain")
export const wrong = make("wrong")
export const ordered = make("ordered", [Transform.filter("first", () => true, { ordered: true })])
export const excluding = make("excluding", [Transform.channels("none", () => true)])
const { isParallel: _isParallel, ...sequential } = Source.fromEntities("memory", records)
export const alone = make("alone", [], sequential)
export const other = make("other", [Transform.filter(`thread ${threadId}`, () => true)])
export const failing = make("failing", [
  Transform.map("fail", (entity) => {
    if ("id" in entity && entity.id === "m2000") throw new Error("it is the 2001st")
    return entity
  })
])
export const logging = make("logging", [
  Transform.make("log", (batch) =>
    Effect.as(
      Effect.logWarning(isMainThread ? "from the main thread" : "from a worker thread"),
      Transform.kept(batch)
    )
  )
])
const late = (id: string, fault?: LateSink.Options["fault"]) =>
  Migration.make({
    id,
    source: Source.fromEntities("memory", records),
    sink: LateSink.make(`${out}/${id}`, { fault }),
    stateDirectory: `${out}/state`
  })

export const tasks = late("tasks")
export const tasksAlone = late("tasksAlone")
export const taskFails = late("taskFails", "fails")
export const taskEndsOnce = late("taskEndsOnce", "ends its thread once")
export const taskEnds = late("taskEnds", "ends its thread")
export const text = "text"
export const services = NodeServices.layer
export const empty = Layer.empty
