// The events and reports of uploads.

/**
 * A new state of a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface StateEvent {
  /** The path in the manifest. */
  readonly file: string
  /** The number of the file, from 1. */
  readonly number: number
  readonly of: number
  /** `stored` after the upload of the file, then Stream's own states, such as `analyzing`. It is safe to show. */
  readonly state: string
}

/**
 * The ids in an item as the source has them.
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
 * An error that Stream reports for one item, without the item's content.
 *
 * @category models
 * @since 0.1.0
 */
export interface ItemError {
  /** Stream's words. They may quote an id or a value. */
  readonly error: string
  /** The type of the item, such as `user` or `channel`; `null` if the error is not about an item. */
  readonly itemType: string | null
  /** The item's ids by field; lists of members are sorted and joined with commas. */
  readonly streamIds: Readonly<Record<string, string>>
  /** The same ids in the source; `null` if the id map does not have them. */
  readonly sourceIds: SourceIds | null
}

/**
 * The result of one file.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileReport {
  /** The path in the manifest. */
  readonly path: string
  readonly bytes: number
  readonly records: number
  /**
   * Stream's last state, such as `completed` or `analyze_failed`; `empty` for a file without items, which is not uploaded,
   * and `not started` after a file that failed.
   */
  readonly state: string
  readonly importId: string | null
  readonly errors: ReadonlyArray<ItemError>
  /** The counts in Stream's report with Stream's own names, if there are any. */
  readonly totals: Readonly<Record<string, number>>
}

/**
 * The result of an upload.
 *
 * @category models
 * @since 0.1.0
 */
export interface ImportReport {
  /** `failed`: Stream did not import a file, and the files after it were not started. */
  readonly status: "completed" | "failed"
  readonly files: ReadonlyArray<FileReport>
}

/**
 * An import in Stream.
 *
 * @category models
 * @since 0.1.0
 */
export interface ImportTask {
  readonly id: string
  /** The path of the uploaded file. */
  readonly path: string
  readonly mode: string
  /** Stream's state of the import. Not all states are documented. */
  readonly state: string
  readonly createdAt: string | null
  readonly updatedAt: string | null
  readonly size: number | null
  readonly errors: ReadonlyArray<ItemError>
  readonly totals: Readonly<Record<string, number>>
}
