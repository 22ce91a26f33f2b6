// Runs a client against modes of hostility, in a process, and reports what is wrong with how it ends.
import { createHash } from "node:crypto"
import { Effect, FileSystem, Stream } from "effect"
import { spawn } from "../processes.ts"
import type { Hostility } from "./hostility.ts"
import { type Client, serve } from "./server.ts"

export const clients: ReadonlyArray<Client> = ["sendbird", "stream", "import"]

/** A process: a client, and the modes it meets one after the other. */
export interface Case {
  readonly client: Client
  readonly hostilities: ReadonlyArray<Hostility>
}

export const meets = (client: Client, hostility: Hostility): boolean =>
  hostility.clients === undefined || hostility.clients.includes(client)

const MOST_REQUESTS = 500
const MOST_MEGABYTES = 300
/** For one mode, on a machine that is busy with other tests. */
const MOST_SECONDS = 60

/** The smallest heap that a user would configure. */
const NODE = ["--max-old-space-size=256"]

const CONTENT = '{"type":"user","item":{"id":"a"}}\n'
const SHA256 = createHash("sha256").update(CONTENT).digest("hex")

/** The problems, each with how the process ended. */
export const judge = ({ client, hostilities }: Case) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const served = yield* Effect.forEach(hostilities, (hostility, i) =>
      Effect.gen(function* () {
        if (client === "import") yield* importFolder(`${folder}/${i}/import`)
        return { hostility, ...(yield* serve(client, hostility.answer)) }
      })
    )
    const locations = served.flatMap(({ baseUrl, hostility }) => [
      baseUrl,
      hostility.isSlow === true ? "500" : "10000"
    ])
    const child = yield* spawn("hostile.program.ts", [client, folder, ...locations], { node: NODE })
    const ended = yield* Effect.all(
      [
        Stream.mkString(Stream.decodeText(child.stdout)),
        Stream.mkString(Stream.decodeText(child.stderr)),
        Effect.map(child.exitCode, Number)
      ],
      { concurrency: 3 }
    ).pipe(Effect.timeoutOption(`${MOST_SECONDS * hostilities.length} seconds`))
    if (ended._tag === "None") {
      const counts = served.map(({ hostility, requests }) => `${hostility.name}: ${requests()} requests`)
      return [`${client}: does not end: ${counts.join(", ")}`]
    }
    const [out, error, code] = ended.value
    const megabytes = Number(/peak RSS (\d+) kB/u.exec(error)?.[1]) / 1024
    const [outs, errors] = [pieces(out), pieces(error)]
    const found = served.flatMap(({ hostility, requests }, i) => {
      const one = {
        out: outs[i]?.text ?? "",
        error: errors[i]?.text ?? "",
        code: i === served.length - 1 ? code : errors[i]?.code,
        requests: requests(),
        says: hostility.says
      }
      const summary = `${one.code}, ${one.requests} requests, ${Math.round(megabytes)} MB: ${one.error.slice(0, 400)}`
      if (process.env["HOSTILE_SHOW"] !== undefined)
        console.log(`${client}: ${hostility.name}\n    ${summary}`)
      const problems = problemsIn(one)
      return problems.length === 0
        ? []
        : [`${client}: ${hostility.name}: ${problems.join(", ")}\n    ${summary}`]
    })
    const names = hostilities.map(({ name }) => name).join(", ")
    return megabytes < MOST_MEGABYTES ? found : [...found, `${client}: ${names}: ${megabytes} MB`]
  }).pipe(Effect.scoped)

// internal

interface Ended {
  readonly out: string
  readonly error: string
  readonly code: number | undefined
  readonly requests: number
  readonly says: RegExp
}

/** The output for each mode, and the exit code if another mode followed. */
const pieces = (
  text: string
): ReadonlyArray<{ readonly text: string; readonly code: number | undefined }> => {
  const parts = text.split(/^ended: (\d+)$/mu)
  return parts.flatMap((part, i) =>
    i % 2 === 0 ? [{ text: part, code: parts[i + 1] === undefined ? undefined : Number(parts[i + 1]) }] : []
  )
}

const problemsIn = ({ code, error, out, requests, says }: Ended): ReadonlyArray<string> => {
  const text = out + error
  return [
    ...(code === 3 || code === 1 ? [] : [`exit code ${code}`]),
    ...(says.test(error) ? [] : [`says something else than ${says}`]),
    ...(requests <= MOST_REQUESTS ? [] : [`${requests} requests`]),
    ...(/^\s+at .*[:)]\d*/mu.test(error) ? ["a stack"] : []),
    ...(/s3cret|\?secret|eyJ/u.test(text) ? ["a secret"] : []),
    // eslint-disable-next-line no-control-regex
    ...(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/u.test(text) ? ["controls"] : []),
    ...(error.length < 20_000 ? [] : [`${error.length} characters of errors`])
  ]
}

const importFolder = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(folder, { recursive: true })
    yield* fs.writeFileString(`${folder}/import.jsonl`, CONTENT)
    const file = { path: "import.jsonl", bytes: CONTENT.length, sha256: SHA256, records: 1 }
    yield* fs.writeFileString(
      `${folder}/manifest.json`,
      JSON.stringify({ format: "chatferry-manifest/1", files: [file] })
    )
  })
