/**
 * A peer: the most obvious script. unzipper buffers each entry,
 * `JSON.parse` parses the whole entry, and each record is one `write`. Its memory
 * grows with the largest entry.
 */
import { Open } from "unzipper"
import { type Job, main } from "./child.ts"
import { entryOf } from "./script/entries.ts"
import { recordFiles } from "./script/recordFiles.ts"
import type { Channel } from "./script/sendbirdRecords.ts"

await main(async (job: Job) => {
  const { close, drained, mapper } = recordFiles(job)
  for (const archive of job.paths) {
    const { files } = await Open.file(archive)
    for (const file of files) {
      const entry = entryOf(file.path, mapper)
      const bytes = await file.buffer()
      const parsed = JSON.parse(bytes.toString()) as Record<string, unknown>
      if (entry.hasChannel) mapper.channel(parsed["channel"] as Channel)
      for (const element of parsed[entry.key] as ReadonlyArray<unknown>) entry.take(element)
      await drained()
    }
  }
  return close()
})
