/**
 * A peer: the script of a careful engineer, with constant memory. unzipper
 * streams each entry, stream-json picks its elements and its channel in one
 * pass, and each record is one `write` that waits for the stream to drain.
 */
import { pipeline } from "node:stream/promises"
import { pick } from "stream-json/filters/pick.js"
import { streamValues } from "stream-json/streamers/stream-values.js"
import { type File, Open } from "unzipper"
import { type Job, main } from "./child.ts"
import { type Entry, entryOf } from "./script/entries.ts"
import { recordFiles } from "./script/recordFiles.ts"
import type { Channel, Mapper } from "./script/sendbirdRecords.ts"

interface Item {
  readonly value: unknown
}

const take = (file: File, { hasChannel, key, take }: Entry, mapper: Mapper, drained: () => Promise<void>) =>
  pipeline(
    file.stream(),
    pick.withParserAsStream({
      // Tokens of whole values are enough, and there are three times fewer of them.
      packValues: true,
      streamValues: false,
      filter: (path) =>
        path.length === 2 ? path[0] === key : hasChannel && path.length === 1 && path[0] === "channel"
    }),
    streamValues.asStream(),
    async (items: AsyncIterable<Item>) => {
      for await (const { value } of items) {
        if (hasChannel && !isMessage(value)) mapper.channel(value as Channel)
        else take(value)
        await drained()
      }
    }
  )

const isMessage = (value: unknown) => typeof value === "object" && value !== null && "message_id" in value

await main(async (job: Job) => {
  const { close, drained, mapper } = recordFiles(job)
  for (const archive of job.paths) {
    const { files } = await Open.file(archive)
    for (const file of files) await take(file, entryOf(file.path, mapper), mapper, drained)
  }
  return close()
})
