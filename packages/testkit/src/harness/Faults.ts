/**
 * File systems and services that fail where a test wants them to.
 *
 * A test counts the calls of an undisturbed run and then lets each of them fail
 * in turn. The failed call is described in words, so that a test can name it.
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
 * The calls that can fail. `stat` covers every check whether a file exists and
 * what it is, `write` every change of its content.
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
  /** Kinds of calls that are counted and fail. @default all kinds */
  readonly calls?: ReadonlyArray<Call> | undefined
  /** Number of the call that fails, counted from 1. */
  readonly nth: number
  /** Whether all later calls of these kinds fail, too. @default false */
  readonly isLasting?: boolean | undefined
  /** Whether the call hangs instead of failing, as on a disk that does not respond. It can be interrupted. @default false */
  readonly isHanging?: boolean | undefined
  /** Tag of the failure. @default "Unknown", with the description of EIO */
  readonly tag?: PlatformError.SystemErrorTag | undefined
}

/**
 * What is wrong with a file system.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FileSystemOptions {
  /** The failure. A write that fails has written its first half. @default nothing fails */
  readonly fail?: Failing | undefined
  /** Whether each read of an open file returns fewer bytes than requested, as it may at any time. @default false */
  readonly shortReads?: boolean | undefined
  /** Whether directory listings are reversed. @default false */
  readonly reverse?: boolean | undefined
  /** Runs before each call, for example to end the process. @default nothing */
  readonly before?: ((call: Call) => Effect.Effect<void>) | undefined
}

/**
 * A file system with faults, and a record of its calls.
 *
 * @category models
 * @since 0.1.0
 */
export interface FaultyFileSystem {
  readonly fileSystem: FileSystem.FileSystem
  /** Number of calls of a kind. */
  readonly count: (call: Call) => number
  /** The files of the calls of a kind, in the order of the calls. */
  readonly paths: (call: Call) => ReadonlyArray<string>
  /** The largest number of bytes of a file that were requested at once. */
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
        /** Whether the service does what was requested and only its response is lost. @default false */
        readonly isAnswerLost?: boolean | undefined
        /** Status of a response without a body, instead of a broken connection. @default none */
        readonly status?: number | undefined
      }
    | undefined
}

/**
 * A client with faults, and a record of its requests.
 *
 * @category models
 * @since 0.1.0
 */
export interface FaultyHttpClient {
  readonly client: HttpClient.HttpClient
  /** Number of requests. */
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
                    cause: { code: "ECONNRESET", message: "ECONNRESET, simulated by a test" }
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

/** A prime number, so that the boundaries of reads never match those of a format. */
const SHORTEST = 1021

const halfOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length / 2))

const failure = (method: string, path: string, tag: PlatformError.SystemErrorTag) =>
  PlatformError.systemError({
    _tag: tag,
    module: "FileSystem",
    method,
    pathOrDescriptor: path,
    description: tag === "Unknown" ? "EIO: i/o error, simulated by a test" : `${tag}, which a test has made`
  })
