import { Entity } from "@chatferry/core"

/** `by-kind`: a file per kind. `mixed`: one file in the order of writing. */
export type Layout = "by-kind" | "mixed"

/** Name of the file that holds a kind, before compression. */
export const fileOf = (layout: Layout, kind: Entity.Kind): string =>
  layout === "mixed" ? "entities.ndjson" : BY_KIND[kind]

/** All files of a layout, in the order in which they are to be read. */
export const filesOf = (layout: Layout): ReadonlyArray<string> =>
  Array.from(new Set(Entity.kinds.map((kind) => fileOf(layout, kind))))

export const gzipName = (file: string): string => `${file}.gz`

/** What a source or sink is called that is not given a name. */
export const NAME = "ndjson"

/** What the manifest calls files of canonical entities, one per line. */
export const FORMAT = "chatferry-ndjson/1"

// internal

// Asked for each record: a name that is put together is hashed each time it is looked up.
const BY_KIND = Object.fromEntries(Entity.kinds.map((kind) => [kind, `${kind}.ndjson`])) as {
  readonly [K in Entity.Kind]: string
}
