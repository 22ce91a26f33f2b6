import { Entity } from "@chatferry/core"

/** `by-kind`: a file per kind. `mixed`: one file in the order of writing. */
export type Layout = "by-kind" | "mixed"

/** The name of the file that contains a kind, before compression. */
export const fileOf = (layout: Layout, kind: Entity.Kind): string =>
  layout === "mixed" ? "entities.ndjson" : BY_KIND[kind]

/** All files of a layout, in the order in which they are to be read. */
export const filesOf = (layout: Layout): ReadonlyArray<string> =>
  Array.from(new Set(Entity.kinds.map((kind) => fileOf(layout, kind))))

export const gzipName = (file: string): string => `${file}.gz`

/** The default name of the source and of the sink. */
export const NAME = "ndjson"

/** The format of files with canonical entities, one per line, in the manifest. */
export const FORMAT = "chatferry-ndjson/1"

// internal

// Looked up for each record: a concatenated name would be hashed at each lookup.
const BY_KIND = Object.fromEntries(Entity.kinds.map((kind) => [kind, `${kind}.ndjson`])) as {
  readonly [K in Entity.Kind]: string
}
