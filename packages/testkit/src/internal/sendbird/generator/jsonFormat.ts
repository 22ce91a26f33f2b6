// Exports as JSON: one object per file.
import { embedded, listed, type Channel } from "../../generator/channels.ts"
import {
  again,
  type Conversation,
  dayFolder,
  type File,
  type Format,
  isOdd,
  lastMessage,
  webhooks
} from "../../generator/contents.ts"
import type { Plan } from "../../generator/plan.ts"
import { participantsOf, type Tally } from "../../generator/tally.ts"
import { userRecord } from "../../generator/users.ts"
import { document, type Part, type Spelling } from "./documents.ts"
import { old, type Spelling as Words, usual } from "./spellings.ts"

export const jsonFormat = (plan: Plan, tally: Tally): Format => ({
  users: (archive, isActive, users) => {
    const name = isActive ? "active_users" : "inactive_users"
    const elements = again(() => userElements(plan, tally, isActive, users))
    return file(
      archive,
      `${name}.json`,
      () => page(plan, name, "users", elements),
      spellingOf(plan, isActive ? 1 : 2)
    )
  },
  channels: (archive, isOpen, channels) => {
    const name = isOpen ? "open_channels" : "group_channels"
    const elements = again(() => channelElements(plan, tally, channels))
    return file(
      archive,
      `${name}.json`,
      () => page(plan, name, "channels", elements),
      spellingOf(plan, isOpen ? 3 : 4)
    )
  },
  *messages(archive, conversations) {
    for (const conversation of conversations) {
      const { key, of, part } = conversation
      const name = part === 0 ? of.url : `${of.url}_${part + 1}`
      const path = `message/${of.isOpen ? "open" : "group"}_channels/${name}.json`
      const parts = () => messagesDocument(plan, tally, conversation)
      yield file(archive, path, parts, spellingOf(plan, 5, of.index, key))
    }
  },
  webhooks: (archive, failures) => {
    const elements = again(() => webhooks(plan, tally, failures))
    const path = `${dayFolder(failures.day)}/${failures.part}.json`
    return file(
      archive,
      path,
      () => [{ key: "failed_webhooks", elements }],
      spellingOf(plan, 6, failures.part)
    )
  }
})

// internal

const SPELLING = 41
const ORDER = 42

const wordsOf = ({ spelling }: Plan): Words => (spelling === "old" ? old : usual)

/** A list in the format of an export, or of a page of the Platform API. */
const page = (plan: Plan, key: string, paged: string, elements: Iterable<unknown>): ReadonlyArray<Part> =>
  plan.spelling === "pages"
    ? [
        { key: paged, elements },
        { key: "next", value: () => "" }
      ]
    : [{ key, elements }]

const file = (archive: string, path: string, parts: () => ReadonlyArray<Part>, spelling: Spelling): File => ({
  archive,
  path,
  bytes: again(() => document(parts(), spelling)),
  rehearse: () => {
    for (const part of parts()) {
      if ("value" in part) part.value()
      else for (const _ of part.elements);
    }
  }
})

const spellingOf = (plan: Plan, ...of: ReadonlyArray<number>): Spelling => ({
  isPretty: plan.pretty,
  isAscii: isOdd(plan, plan.features.asciiFiles, SPELLING, 1, ...of),
  isSlashed: isOdd(plan, plan.features.slashFiles, SPELLING, 2, ...of)
})

function* userElements(plan: Plan, tally: Tally, isActive: boolean, users: Iterable<number>): Generator {
  for (const user of users) {
    const record = userRecord(plan, user)
    tally.user(isActive, record.access_token !== "")
    yield wordsOf(plan).user(record)
  }
}

function* channelElements(plan: Plan, tally: Tally, channels: Iterable<Channel>): Generator {
  for (const of of channels) {
    tally.channelRecord(of.isListOlder ? participantsOf(of).slice(0, -1) : participantsOf(of))
    yield wordsOf(plan).channel(listed(plan, of, lastMessage(plan, of)))
  }
}

const messagesDocument = (
  plan: Plan,
  tally: Tally,
  { key, messages, of }: Conversation
): ReadonlyArray<Part> => {
  let last: unknown = null
  const elements = again(function* () {
    for (const { isCopy, message } of messages()) {
      tally.message(message, isCopy)
      last = message.record
      yield wordsOf(plan).message(message.record)
    }
  })
  const channel = {
    key: "channel",
    value: () => {
      tally.channelRecord(participantsOf(of))
      return wordsOf(plan).channel(embedded(plan, of, last))
    }
  }
  const isChannelFirst = isOdd(plan, plan.features.channelFirst, ORDER, of.index, key)
  return isChannelFirst ? [channel, { key: "messages", elements }] : [{ key: "messages", elements }, channel]
}
