/** Canonical entities, whole and damaged, and the settings of the source and sink of NDJSON. */
import { gzipSync } from "node:zlib"
import { EntityGenerator } from "@chatferry/testkit"
import { untidy } from "../../../packages/sink-stream-import/test/untidy.ts"
import { type Case, ofFiles } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sinks from "../sinks.ts"
import * as Sources from "../sources.ts"

const soup = (seed: number) =>
  EntityGenerator.make({ seed, records: 400, dangling: 0.15, duplicates: 0.25, oddIds: 0.4, extremes: 0.03 })

const SEEDS = [1, 2, 3]

const whole: ReadonlyArray<Case> = [
  ...SEEDS.map((seed) =>
    ofFiles(
      `ndjson: entities, seed ${seed}`,
      Inputs.entities(() => soup(seed)),
      { source: Sources.ndjson() }
    )
  ),
  ...SEEDS.flatMap((seed) =>
    [true, false].map((validate) =>
      ofFiles(
        `ndjson: untidy entities, seed ${seed}${validate ? "" : ", not validated"}`,
        Inputs.entities(() => untidy(seed)),
        {
          source: Sources.ndjson({ unknownFields: "keep" }),
          sink: Sinks.stream({ unknownChannel: "synthesise", validate })
        }
      )
    )
  )
]

const one = Inputs.files(() => {
  const entities = soup(4)
  const of = (...kinds: ReadonlyArray<string>) =>
    Inputs.lines(entities.filter(({ _tag }) => kinds.includes(_tag)))
  return {
    "user.ndjson": of("user"),
    "channel.ndjson.gz": gzipSync(of("channel")),
    "member.jsonl": of("member"),
    "others.ndjson": of("message", "reaction", "failed_webhook")
  }
})

const settings: ReadonlyArray<Case> = [
  ...(["by-kind", "mixed"] as const).flatMap((layout) =>
    [false, true].map((gzip) =>
      ofFiles(`ndjson: sink, ${layout}${gzip ? ", compressed" : ""}`, one, {
        source: Sources.ndjson(),
        sink: Sinks.ndjson({ layout, gzip, name: `${layout}-sink` })
      })
    )
  ),
  ofFiles("ndjson: settings, short lines", one, { source: Sources.ndjson({ maxLineBytes: 1500 }) }),
  ofFiles("ndjson: settings, by size", one, { source: Sources.ndjson({ verify: "size" }) }),
  ofFiles(
    "ndjson: nothing",
    Inputs.files(() => ({ "user.ndjson": "" })),
    { source: Sources.ndjson() }
  ),
  ofFiles(
    "ndjson: nothing, which is allowed",
    Inputs.files(() => ({ "user.ndjson": "" })),
    { source: Sources.ndjson(), policy: { allowEmpty: true } }
  )
]

/** One of each kind, with every field filled. */
const bases = () => {
  const largest = new Map<string, object>()
  for (const entity of soup(5)) {
    const known = largest.get(entity._tag)
    if (known === undefined || Object.keys(known).length < Object.keys(entity).length) {
      largest.set(entity._tag, entity)
    }
  }
  return Array.from(largest.values())
}

const hostile: ReadonlyArray<Case> = (["reject", "keep"] as const).map((unknownFields) =>
  ofFiles(
    `ndjson: hostile values, ${unknownFields} unknown fields`,
    Inputs.files(() => ({
      "a.ndjson": Inputs.hostile(bases(), 600, 7)
        .map((line) => `${line}\n`)
        .join("")
    })),
    { source: Sources.ndjson({ unknownFields }) }
  )
)

export const ndjsonCases: ReadonlyArray<Case> = [...whole, ...settings, ...hostile]
