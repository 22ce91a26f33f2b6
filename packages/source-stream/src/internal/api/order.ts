// A batch, or part of it, as an order for an export: its name, files and partition.
import type { ExportJob } from "@chatferry/connector"
import { type Source } from "@chatferry/core"
import { Printable } from "@chatferry/core/errors"
import { Sha256 } from "@chatferry/core/files"
import * as Schema from "effect/Schema"
import { type Batch, body, type ChannelOptions, locationOf } from "./batch.ts"
import type { ApiSettings } from "./settings.ts"

/** A range of items of the batch; `to` is not included. */
export const Part = Schema.Struct({ from: Schema.Int, to: Schema.Int })
export type Part = typeof Part.Type

/** How a single item can end without an export: it does not exist, or it is over the limit. */
export type End = "missing" | "over limit"
export const ENDS: ReadonlyArray<End> = ["missing", "over limit"]

export type Job = ExportJob.Job<Batch, Part, End>

/** A subfolder of the exports that readers of exports ignore. */
export const FOLDER = ".chatferry"

export const wholeOf = ({ items }: Batch): Part => ({ from: 0, to: items.length })

export const isSingle = ({ from, to }: Part): boolean => to - from === 1

/** Splits a part into two halves; `undefined` for a single item. */
export const halve = ({ from, to }: Part): readonly [Part, Part] | undefined => {
  const middle = Math.ceil((from + to) / 2)
  return to - from === 1
    ? undefined
    : [
        { from, to: middle },
        { from: middle, to }
      ]
}

/** True if the parts together cover the whole batch. */
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

/** The name of a job in errors. It includes the name of a single item, because somebody has to look at it. */
export const nameOf = ({ order, part, location }: Job): string =>
  isSingle(part) ? `${location} (${Printable.line(order.items[part.from]?.name ?? "", MOST_NAME)})` : location

/** The common base name of the journal and the files. */
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

/** True for exports with a record on each line. */
export const isLines = ({ kind }: Pick<Batch, "kind">, options: ChannelOptions): boolean =>
  kind === "users" || options.version === "v2"

// internal

const MOST_NAME = 200

const isWhole = ({ items }: Batch, { from, to }: Part) => from === 0 && to === items.length

/** A short digest of the request with which a batch is exported. */
const digestOf = (apiKey: string, batch: Batch, options: ChannelOptions): string =>
  Sha256.hex([JSON.stringify([apiKey, batch.kind, body(batch.kind, batch.items, options)])]).slice(0, 12)

const padded = (location: number) => String(location).padStart(7, "0")
