// A batch, or a part of it, as something to export: what people call it, and where it is kept.
import type { ExportJob } from "@chatferry/connector"
import { type Source } from "@chatferry/core"
import { Printable } from "@chatferry/core/errors"
import { Sha256 } from "@chatferry/core/files"
import * as Schema from "effect/Schema"
import { type Batch, body, type ChannelOptions, locationOf } from "./batch.ts"
import type { ApiSettings } from "./settings.ts"

/** Places among the items of the batch, the second one not included. */
export const Part = Schema.Struct({ from: Schema.Int, to: Schema.Int })
export type Part = typeof Part.Type

/** What a single item can come to: there is no such thing, or there is too much of it. */
export type End = "missing" | "over limit"
export const ENDS: ReadonlyArray<End> = ["missing", "over limit"]

export type Job = ExportJob.Job<Batch, Part, End>

/** Below the folder of the exports, where readers of exports do not look. */
export const FOLDER = ".chatferry"

export const wholeOf = ({ items }: Batch): Part => ({ from: 0, to: items.length })

export const isSingle = ({ from, to }: Part): boolean => to - from === 1

/** Two halves, if it has more than one item. */
export const halve = ({ from, to }: Part): readonly [Part, Part] | undefined => {
  const middle = Math.ceil((from + to) / 2)
  return to - from === 1
    ? undefined
    : [
        { from, to: middle },
        { from: middle, to }
      ]
}

/** Whether parts are the whole batch together. */
export const covers = (parts: ReadonlyArray<Part>, { items }: Batch): boolean => {
  let end = 0
  for (const { from, to } of parts) {
    if (from !== end || to <= from) return false
    end = to
  }
  return end === items.length
}

export const locationIn = (batch: Batch, { from, to }: Part = wholeOf(batch)): string =>
  isWhole(batch, { from, to })
    ? locationOf(batch)
    : locationOf({
        kind: batch.kind,
        first: batch.items[from]?.location ?? batch.first,
        last: batch.items[to - 1]?.location ?? batch.last
      })

/** How errors call it: what is exported alone is named, because somebody has to look at it. */
export const nameOf = ({ order, part, location }: Job): string =>
  isSingle(part) ? `${location} (${Printable.line(order.items[part.from]?.name ?? "", MOST_NAME)})` : location

/** Name of its journal and its files, without an ending. */
export const baseOf = (batch: Batch, { client, options }: ApiSettings): string =>
  `${batch.kind}-${padded(batch.first)}-${padded(batch.last)}-${digestOf(client.apiKey, batch, options)}`

export const fileOf = (batch: Batch, part: Part, settings: ApiSettings): string => {
  const of = isWhole(batch, part) ? "" : `-${padded(part.from + 1)}-${padded(part.to)}`
  return `${baseOf(batch, settings)}${of}${isLines(batch, settings.options) ? ".jsonl" : ".json"}`
}

export const partitionOf = (batch: Batch, { client, options }: ApiSettings): Source.Partition => ({
  id: locationOf(batch),
  fingerprint: digestOf(client.apiKey, batch, options)
})

/** Tells exports with a record on each line. */
export const isLines = ({ kind }: Pick<Batch, "kind">, options: ChannelOptions): boolean =>
  kind === "users" || options.version === "v2"

// internal

const MOST_NAME = 200

const isWhole = ({ items }: Batch, { from, to }: Part) => from === 0 && to === items.length

/** What the same batch would be exported with, in few letters. */
const digestOf = (apiKey: string, batch: Batch, options: ChannelOptions): string =>
  Sha256.hex([JSON.stringify([apiKey, batch.kind, body(batch.kind, batch.items, options)])]).slice(0, 12)

const padded = (location: number) => String(location).padStart(7, "0")
