// Writes tables as CSV.

export interface Layout {
  readonly delimiter?: string
  readonly lineEnd?: string
  readonly isQuoted?: boolean
}

type Row = Readonly<Record<string, string>>

/** The header is made of the fields of all rows. */
export const csvOf = (rows: ReadonlyArray<Row>, layout: Layout = {}): string =>
  tableOf(Array.from(new Set(rows.flatMap((row) => Object.keys(row)))), rows, layout)

export const tableOf = (
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<Row>,
  { delimiter = ",", isQuoted = false, lineEnd = "\n" }: Layout = {}
): string => {
  const cell = (text: string) =>
    isQuoted || [delimiter, '"', "\r", "\n"].some((mark) => text.includes(mark))
      ? `"${text.replaceAll('"', '""')}"`
      : text
  const line = (cells: ReadonlyArray<string>) => `${cells.map(cell).join(delimiter)}${lineEnd}`
  return [line(columns), ...rows.map((row) => line(columns.map((column) => row[column] ?? "")))].join("")
}

export const messageRow = {
  message_id: "10463242990",
  type: "MESG",
  channel_url: "c1",
  user_id: "ada@example.com",
  nickname: "Ada",
  profile_url: "https://example.com/ada.png",
  message: "Hello there",
  data: '{"a":1}',
  is_removed: "false",
  created_at: "1736855618748",
  updated_at: "0"
}

export const userRow = {
  user_id: "ada@example.com",
  nickname: "Ada",
  is_active: "true",
  has_ever_logged_in: "true",
  last_seen_at: "2020-06-30 17:54:45+0900",
  metadata: '{"font":"mono"}'
}

export const memberRow = {
  channel_url: "c1",
  user_id: "ada@example.com",
  nickname: "Ada",
  profile_url: "",
  state: "joined",
  role: "operator"
}

export const channelRow = {
  channel_url: "c1",
  name: "Friday night",
  cover_url: "",
  custom_type: "support",
  freeze: "false",
  member_count: "2",
  created_at: "1736855603"
}

export const webhookRow = {
  webhook_url: "https://example.com/notifications",
  status_code: "400",
  request_body: '{"category":"group_channel:message_send","app_id":"X"}',
  time_millis: "1596567595437"
}
