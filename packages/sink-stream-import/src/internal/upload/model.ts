// What an upload and its imports are told in.

/**
 * A file has come a step further.
 *
 * @category models
 * @since 0.1.0
 */
export interface StateEvent {
  /** As in the manifest. */
  readonly file: string
  /** Counted from 1. */
  readonly number: number
  readonly of: number
  /** `stored` when the file is uploaded; then Stream's own words, such as `analyzing`, safe to show. */
  readonly state: string
}

/**
 * Ids of the source, as far as an item has them.
 *
 * @category models
 * @since 0.1.0
 */
export interface SourceIds {
  readonly userId?: string
  readonly channelId?: string
  readonly messageId?: string
}

/**
 * What Stream says of one item. Contents of items are not kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface ItemError {
  /** Stream's words. They may quote an id or a value. */
  readonly error: string
  /** `user`, `channel` and so on; `null` when the error is of no item. */
  readonly itemType: string | null
  /** The item's ids by field; lists of members are sorted and joined with commas. */
  readonly streamIds: Readonly<Record<string, string>>
  /** The same as the source has them; `null` when the id map does not say. */
  readonly sourceIds: SourceIds | null
}

/**
 * What came of one file.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileReport {
  /** As in the manifest. */
  readonly path: string
  readonly bytes: number
  readonly records: number
  /** Stream's last word: `completed`, `analyze_failed` and so on. `empty`: without items, not uploaded. `not started`: an earlier file failed. */
  readonly state: string
  readonly importId: string | null
  readonly errors: ReadonlyArray<ItemError>
  /** Counts that Stream gives, by its own names; empty when it gives none. */
  readonly totals: Readonly<Record<string, number>>
}

/**
 * What came of an upload.
 *
 * @category models
 * @since 0.1.0
 */
export interface ImportReport {
  /** `failed`: Stream did not import a file, and those after it were not tried. */
  readonly status: "completed" | "failed"
  readonly files: ReadonlyArray<FileReport>
}

/**
 * An import as Stream shows it.
 *
 * @category models
 * @since 0.1.0
 */
export interface ImportTask {
  readonly id: string
  /** Where the uploaded file lies. */
  readonly path: string
  readonly mode: string
  /** Stream's words, which are not all documented. */
  readonly state: string
  readonly createdAt: string | null
  readonly updatedAt: string | null
  readonly size: number | null
  readonly errors: ReadonlyArray<ItemError>
  readonly totals: Readonly<Record<string, number>>
}
