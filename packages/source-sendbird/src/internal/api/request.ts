// What is asked for in one request for an export.

export type DataType = "failed_webhooks" | "users" | "channels" | "messages"

/** In the order in which they are exported: failed webhooks are the first to be too old. */
export const dataTypes: ReadonlyArray<DataType> = ["failed_webhooks", "users", "channels", "messages"]

/** Parameters besides the window, as they are sent. */
export type Parameters = Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>

/**
 * One export to ask for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Window {
  readonly dataType: DataType
  /** Milliseconds since 1970, as Sendbird takes them. */
  readonly start: number
  /** The start of the next window. Whether Sendbird includes it is not documented; a record at the border may come twice. */
  readonly end: number
}

/** What is exported of one data type. */
export interface Request {
  readonly dataType: DataType
  readonly from: number
  readonly to: number
  /** Longest window in milliseconds. */
  readonly longest: number
  /** Windows that Sendbird has deleted already are left out and counted; otherwise they are an error. */
  readonly mayBeTooOld: boolean
  readonly parameters: Parameters
}

export const body = (window: Pick<Window, "start" | "end">, parameters: Parameters): object => ({
  start_ts: window.start,
  end_ts: window.end,
  ...parameters
})

/** How errors and progress call a window. */
export const locationOf = ({ dataType, end, start }: Window): string =>
  `${dataType} ${new Date(start).toISOString()} to ${new Date(end).toISOString()}`
