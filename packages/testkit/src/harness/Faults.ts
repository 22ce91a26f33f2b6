/**
 * Disks and services that fail where a test wants them to.
 *
 * A test counts the calls of a run that nothing disturbs, and then lets each of
 * them fail in turn. What was broken is said in words, so that a test can name it.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as PlatformError from "effect/PlatformError"

/**
 * The calls that can fail. `stat` stands for each look at whether and what a file
 * is, `write` for all that changes its content.
 *
 * @category models
 * @since 0.1.0
 */
export type Call = "open" | "read" | "readDirectory" | "rename" | "stat" | "sync" | "write"

/**
 * Which call fails.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Failing {
  /** Calls of these kinds are counted and fail. @default all kinds */
  readonly calls?: ReadonlyArray<Call> | undefined
  /** Number of the call that fails, counted from 1. */
  readonly nth: number
  /** Whether all later calls of these kinds fail, too. @default false */
  readonly isLasting?: boolean | undefined
  /** Whether the call never ends instead of failing, as on a disk that does not answer; it can be interrupted. @default false */
  readonly isHanging?: boolean | undefined
  /** What the failure is called. @default "Unknown", with the words of EIO */
  readonly tag?: PlatformError.SystemErrorTag | undefined
}

/**
 * What is wrong with a file system.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FileSystemOptions {
  /** A write that fails has written the first half. @default nothing fails */
  readonly fail?: Failing | undefined
  /** Whether each read of an open file gives fewer bytes than were asked for, as it may at any time. @default false */
  readonly shortReads?: boolean | undefined
  /** Whether folders list their files in the reverse order. @default false */
  readonly reverse?: boolean | undefined
  /** What happens before each call, such as the end of the process. @default nothing */
  readonly before?: ((call: Call) => Effect.Effect<void>) | undefined
}

/**
 * A file system with faults, and what became of them.
 *
 * @category models
 * @since 0.1.0
 */
export interface FaultyFileSystem {
  readonly fileSystem: FileSystem.FileSystem
  /** How many calls of a kind there were. */
  readonly count: (call: Call) => number
  /** The files of the calls of a kind, in the order of the calls. */
  readonly paths: (call: Call) => ReadonlyArray<string>
  /** The most bytes of a file that were asked for at once. */
  readonly largestRead: () => number
  /** The first call that failed, in words; `undefined` while none has. */
  readonly failed: () => string | undefined
}

/**
 * Makes a file system on top of another one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fileSystem = (fs: FileSystem.FileSystem, options: FileSystemOptions = {}): FaultyFileSystem => {
  const called = new Map<Call, Array<string>>()
  const { before: happens, fail, reverse = false, shortReads = false } = options
  let counted = 0
  let largest = 0
  let first: string | undefined
  const isDue = (call: Call, path: string) => {
    const paths = called.get(call) ?? []
    called.set(call, paths)
    paths.push(path)
    if (fail === undefined || (fail.calls !== undefined && !fail.calls.includes(call))) return false
    counted++
    return counted === fail.nth || (counted > fail.nth && fail.isLasting === true)
  }
  const guarded = <A>(
    { call, method, path }: { readonly call: Call; readonly method: string; readonly path: string },
    effect: () => Effect.Effect<A, PlatformError.PlatformError>,
    before: () => Effect.Effect<unknown, PlatformError.PlatformError> = () => Effect.void
  ) =>
    Effect.suspend(() => {
      if (!isDue(call, path))
        return happens === undefined ? effect() : Effect.andThen(happens(call), effect())
      first ??= `${method} number ${called.get(call)?.length}`
      if (fail?.isHanging === true) return Effect.never
      return Effect.andThen(before(), Effect.fail(failure(method, path, fail?.tag ?? "Unknown")))
    })
  const listed = <A>(names: ReadonlyArray<A>): Array<A> => (reverse ? names.toReversed() : [...names])
  const short = (length: number) => {
    largest = Math.max(largest, length)
    return shortReads ? Math.min(Math.ceil(length / 2), SHORTEST) : length
  }
  const fileOf = (file: FileSystem.File, path: string): FileSystem.File => {
    const of = (call: Call, method: string) => ({ call, method, path })
    return {
      [FileSystem.FileTypeId]: FileSystem.FileTypeId,
      stat: guarded(of("stat", "stat"), () => file.stat),
      sync: guarded(of("sync", "sync"), () => file.sync),
      seek: (offset, from) => file.seek(offset, from),
      read: (buffer, options) =>
        guarded(of("read", "read"), () => file.read(buffer.subarray(0, short(buffer.length)), options)),
      readAlloc: (size, options) =>
        guarded(of("read", "readAlloc"), () => file.readAlloc(short(size), options)),
      truncate: (length) => guarded(of("write", "truncate"), () => file.truncate(length)),
      write: (buffer) =>
        guarded(
          of("write", "write"),
          () => file.write(buffer),
          () => file.writeAll(halfOf(buffer))
        ),
      writeAll: (buffer) =>
        guarded(
          of("write", "writeAll"),
          () => file.writeAll(buffer),
          () => file.writeAll(halfOf(buffer))
        )
    }
  }
  const on = (call: Call, method: string, path: string) => ({ call, method, path })
  return {
    count: (call) => called.get(call)?.length ?? 0,
    paths: (call) => called.get(call) ?? [],
    largestRead: () => largest,
    failed: () => first,
    fileSystem: FileSystem.make({
      ...fs,
      access: (path, options) => guarded(on("stat", "access", path), () => fs.access(path, options)),
      stat: (path) => guarded(on("stat", "stat", path), () => fs.stat(path)),
      lstat: (path) => guarded(on("stat", "lstat", path), () => fs.lstat(path)),
      open: (path, options) =>
        Effect.andThen(
          guarded(on("open", "open", path), () => Effect.void),
          Effect.map(fs.open(path, options), (file) => fileOf(file, path))
        ),
      readFile: (path) => guarded(on("read", "readFile", path), () => fs.readFile(path)),
      readDirectory: (path, options) =>
        guarded(on("readDirectory", "readDirectory", path), () =>
          Effect.map(fs.readDirectory(path, options), listed)
        ),
      readDirectoryEntries: (path) =>
        guarded(on("readDirectory", "readDirectoryEntries", path), () =>
          Effect.map(fs.readDirectoryEntries(path), listed)
        ),
      rename: (from, to) => guarded(on("rename", "rename", to), () => fs.rename(from, to)),
      truncate: (path, length) => guarded(on("write", "truncate", path), () => fs.truncate(path, length)),
      writeFile: (path, data, options) =>
        guarded(
          on("write", "writeFile", path),
          () => fs.writeFile(path, data, options),
          () => fs.writeFile(path, halfOf(data), options)
        )
    })
  }
}

/**
 * What is wrong with a service.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface HttpOptions {
  readonly fail?:
    | {
        /** Number of the request that fails, counted from 1. */
        readonly nth: number
        /** Whether all later requests fail, too. @default false */
        readonly isLasting?: boolean | undefined
        /** Whether the service does what it was asked, and only its answer is lost. @default false */
        readonly isAnswerLost?: boolean | undefined
        /** The status of an answer without a body, instead of a connection that ends. @default none */
        readonly status?: number | undefined
      }
    | undefined
}

/**
 * A client with faults, and what became of them.
 *
 * @category models
 * @since 0.1.0
 */
export interface FaultyHttpClient {
  readonly client: HttpClient.HttpClient
  /** How many requests there were. */
  readonly count: () => number
  /** The first request that failed, in words; `undefined` while none has. */
  readonly failed: () => string | undefined
}

/**
 * Makes a client on top of another one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const http = (client: HttpClient.HttpClient, { fail }: HttpOptions = {}): FaultyHttpClient => {
  let requests = 0
  let first: string | undefined
  return {
    count: () => requests,
    failed: () => first,
    client: HttpClient.transform(client, (response, request) =>
      Effect.suspend(() => {
        const no = ++requests
        if (fail === undefined || no < fail.nth || (no > fail.nth && fail.isLasting !== true)) return response
        first ??= `request ${no} (${request.method})`
        const failed =
          fail.status === undefined
            ? Effect.fail(
                new HttpClientError.HttpClientError({
                  reason: new HttpClientError.TransportError({
                    request,
                    cause: { code: "ECONNRESET", message: "ECONNRESET, which a test has made" }
                  })
                })
              )
            : Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: fail.status })))
        return fail.isAnswerLost === true ? Effect.andThen(Effect.exit(response), failed) : failed
      })
    )
  }
}

// internal

/** A prime, so that no boundary of a format falls on that of a read. */
const SHORTEST = 1021

const halfOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length / 2))

const failure = (method: string, path: string, tag: PlatformError.SystemErrorTag) =>
  PlatformError.systemError({
    _tag: tag,
    module: "FileSystem",
    method,
    pathOrDescriptor: path,
    description: tag === "Unknown" ? "EIO: i/o error, which a test has made" : `${tag}, which a test has made`
  })
