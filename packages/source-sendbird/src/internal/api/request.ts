// Requests for exports.

export type DataType = "failed_webhooks" | "users" | "channels" | "messages"

/** All data types in the order in which they are exported. Failed webhooks come first because they are the first to expire. */
export const dataTypes: ReadonlyArray<DataType> = ["failed_webhooks", "users", "channels", "messages"]

/** Suffix of the names of journals. */
export const JOURNAL = ".export.json"

/** The parameters of a request without the window, as they are sent. */
export type Parameters = Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>

/**
 * The window of one export.
 *
 * @category models
 * @since 0.1.0
 */
export interface Window {
  readonly dataType: DataType
  /** Milliseconds since 1970, as in Sendbird's API. */
  readonly start: number
  /** The start of the next window. Sendbird does not document whether it is included, so a record on the boundary may appear twice. */
  readonly end: number
}

/** The period and parameters of one data type. */
export interface Request {
  readonly dataType: DataType
  readonly from: number
  readonly to: number
  /** Longest window in milliseconds. */
  readonly longest: number
  /** Windows that Sendbird has already deleted are left out and counted; otherwise they are an error. */
  readonly mayBeTooOld: boolean
  readonly parameters: Parameters
}

export const body = (window: Pick<Window, "start" | "end">, parameters: Parameters): object => ({
  start_ts: window.start,
  end_ts: window.end,
  ...parameters
})

/** The name of a window in errors and progress. */
export const locationOf = ({ dataType, end, start }: Window): string =>
  `${dataType} ${new Date(start).toISOString()} to ${new Date(end).toISOString()}`
