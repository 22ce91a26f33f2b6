// Exports as CSV: tables, of which there are more than JSON files.
import { embedded, listed, type Channel } from "../../generator/channels.ts"
import {
  again,
  type Conversation,
  dayFolder,
  type File,
  type Format,
  isOdd,
  webhooks
} from "../../generator/contents.ts"
import type { Plan } from "../../generator/plan.ts"
import { participantsOf, type Tally } from "../../generator/tally.ts"
import { userRecord } from "../../generator/users.ts"
import {
  FAILED_WEBHOOK_COLUMNS,
  MEMBER_COLUMNS,
  messageColumns,
  OPEN_CHANNEL_COLUMNS,
  USER_COLUMNS,
  groupChannelColumns,
  listedGroupChannelColumns
} from "./csvColumns.ts"
import { channelRow, memberRow, messageRow, row, type Times } from "./csvRows.ts"
import { type Row, table } from "./csvTable.ts"
import { COLUMNS } from "./spellings.ts"

export interface Csv {
  /** One character other than a double quote. */
  readonly delimiter: string
}

export const csvFormat = (plan: Plan, tally: Tally, csv: Csv): Format => {
  const headed = (columns: ReadonlyArray<string>): ReadonlyArray<string> => {
    if (plan.spelling !== "old") return columns
    const kind = columns.includes("message_id") ? "message" : columns.includes("freeze") ? "channel" : "user"
    return columns.map((column) => COLUMNS[kind]?.[column] ?? column)
  }
  const write = (
    archive: string,
    path: string,
    columns: ReadonlyArray<string>,
    rows: () => Iterator<Row>,
    ...number: ReadonlyArray<number>
  ): File => ({
    archive,
    path: `${path}.csv`,
    bytes: again(() =>
      table([headed(columns)], again(rows), {
        delimiter: csv.delimiter,
        hasByteOrderMark: isOdd(plan, plan.features.csvByteOrderMarks, BYTE_ORDER_MARK, ...number)
      })
    ),
    rehearse: () => {
      for (const _ of again(rows));
    }
  })
  const times = (share: number, ...number: ReadonlyArray<number>): Times =>
    isOdd(plan, share, TEXT_TIMES, ...number) ? { offset: plan.view.offset ?? (() => 0) } : "numbers"
  return {
    users: (archive, isActive, users) =>
      write(
        archive,
        isActive ? "active_users" : "inactive_users",
        USER_COLUMNS,
        () => userRows(plan, tally, isActive, users),
        isActive ? 1 : 2
      ),
    channels: (archive, isOpen, channels) => {
      const columns = isOpen ? OPEN_CHANNEL_COLUMNS : listedGroupChannelColumns(plan)
      const number = isOpen ? 3 : 4
      const rows = () => listedRows(plan, tally, channels, columns, times(HALF, number))
      return write(archive, isOpen ? "open_channels" : "group_channels", columns, rows, number)
    },
    *messages(archive, conversations) {
      const seen = new Map<number, Channel>()
      let last = 0
      for (const conversation of conversations) {
        const { key, of, part } = conversation
        seen.set(of.index, of)
        last = key
        const name = part === 0 ? of.url : `${of.url}_${part + 1}`
        const rows = () =>
          messageRows(
            tally,
            conversation,
            messageColumns(plan),
            times(plan.features.csvTextTimes, 5, of.index, key)
          )
        yield write(
          archive,
          `message/${folder(of.isOpen)}/${name}`,
          messageColumns(plan),
          rows,
          5,
          of.index,
          key
        )
      }
      const channels = Array.from(seen.values())
      for (const isOpen of [false, true]) {
        const some = channels.filter((of) => of.isOpen === isOpen)
        if (some.length === 0) continue
        const columns = isOpen ? OPEN_CHANNEL_COLUMNS : groupChannelColumns(plan)
        const rows = () => embeddedRows(plan, tally, some, columns, times(HALF, 7, last))
        yield write(archive, `channel/${folder(isOpen)}`, columns, rows, 7, last)
        if (isOpen) continue
        yield write(
          archive,
          `channel_member/${folder(isOpen)}`,
          MEMBER_COLUMNS,
          () => memberRows(plan, some, times(HALF, 8, last)),
          8,
          last
        )
      }
    },
    webhooks: (archive, failures) =>
      write(
        archive,
        `failed_webhooks/${dayFolder(failures.day)}/${failures.part}`,
        FAILED_WEBHOOK_COLUMNS,
        function* () {
          for (const found of webhooks(plan, tally, failures)) yield row(found, FAILED_WEBHOOK_COLUMNS)
        },
        6,
        failures.part
      )
  }
}

// internal

const TEXT_TIMES = 44
const BYTE_ORDER_MARK = 45
const HALF = 0.5

const folder = (isOpen: boolean) => (isOpen ? "open_channels" : "group_channels")

function* userRows(plan: Plan, tally: Tally, isActive: boolean, users: Iterable<number>): Generator<Row> {
  for (const user of users) {
    const record = userRecord(plan, user)
    tally.user(isActive, record.access_token !== "")
    yield row(record, USER_COLUMNS)
  }
}

function* listedRows(
  plan: Plan,
  tally: Tally,
  channels: Iterable<Channel>,
  columns: ReadonlyArray<string>,
  times: Times
): Generator<Row> {
  for (const of of channels) {
    tally.channelRecord(of.isListOlder ? participantsOf(of).slice(0, -1) : participantsOf(of))
    yield channelRow(listed(plan, of, null), columns, times)
  }
}

function* embeddedRows(
  plan: Plan,
  tally: Tally,
  channels: Iterable<Channel>,
  columns: ReadonlyArray<string>,
  times: Times
): Generator<Row> {
  for (const of of channels) {
    tally.channelRecord(participantsOf(of))
    yield channelRow(embedded(plan, of, null), columns, times)
  }
}

function* memberRows(plan: Plan, channels: Iterable<Channel>, times: Times): Generator<Row> {
  for (const of of channels)
    for (const [i, user] of of.members.entries()) yield memberRow(plan, of, user, i, times)
}

function* messageRows(
  tally: Tally,
  { messages }: Conversation,
  columns: ReadonlyArray<string>,
  times: Times
): Generator<Row> {
  for (const { isCopy, message } of messages()) {
    tally.message(message, isCopy)
    yield messageRow(message.record, columns, times)
  }
}
