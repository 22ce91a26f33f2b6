/**
 * A disk as a trace of calls leaves it, and what remains of it after a loss of power.
 *
 * The content of a file is on the disk as of its last sync, a name as of the last
 * sync of its folder. Later changes may be there completely, partly, or not at all.
 */
import { Effect, FileSystem } from "effect"
import type { Random } from "./random.ts"
import { changes } from "./shim.ts"
import type { Trace, Traced } from "./trace.ts"

/** Files by path below the root, with `undefined` for folders; folders come before their content. */
export type Tree = ReadonlyMap<string, Buffer | undefined>

/** Replaces `names`, each directly below `root`, by a tree. */
export const write = (root: string, tree: Tree, names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (const name of names) yield* fs.remove(`${root}/${name}`, { recursive: true, force: true })
    for (const [path, content] of tree) {
      yield* content === undefined
        ? fs.makeDirectory(`${root}/${path}`)
        : fs.writeFile(`${root}/${path}`, content)
    }
  })

/** The actual tree below `root`, of these names. */
export const read = (root: string, names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const tree = new Map<string, Buffer | undefined>()
    for (const name of names) {
      if (!(yield* fs.exists(`${root}/${name}`))) continue
      const below = yield* fs.readDirectory(`${root}/${name}`, { recursive: true })
      for (const path of [name, ...below.toSorted().map((one) => `${name}/${one}`)]) {
        const { type } = yield* fs.stat(`${root}/${path}`)
        tree.set(path, type === "File" ? Buffer.from(yield* fs.readFile(`${root}/${path}`)) : undefined)
      }
    }
    return tree
  })

/** What happens to unsynced changes. */
export type Loss =
  /** Nothing is lost: the process was killed, but the machine was not. */
  | "none"
  /** Contents are those of the last sync. */
  | "contents"
  /** Files have their length, with NUL where nothing was synced. */
  | "zeros"
  /** Contents and names are those of the last sync. */
  | "names"
  /** Any part of them is lost: some pages of some writes, some names. */
  | "parts"

/** The disk after the first `count` calls of a trace. */
export const at = (root: string, { calls }: Trace, count: number): Disk => {
  const disk = new Disk(root)
  for (const call of calls.slice(0, count)) disk.apply(call)
  return disk
}

export class Disk {
  readonly #root: string
  readonly #top = new Folder()
  readonly #files = new Map<string, File>()

  constructor(root: string) {
    this.#root = root
  }

  apply(traced: Traced): void {
    const { a, b, bytes, call, error, inode, path, to } = traced
    if (error !== 0 || !(changes as ReadonlyArray<string>).includes(call)) return
    switch (call) {
      case "open": {
        const [folder, name] = this.#location(path)
        if (a === 1) folder.change([[name, new File()]])
        const file = folder.names.get(name)
        // Only files from before the trace are unknown.
        if (!(file instanceof File)) throw new Error(`${path} is not known`)
        // Inodes are reused.
        this.#files.set(inode, file)
        if (b === 1) file.change({ length: 0 })
        break
      }
      case "write":
      case "pwrite":
        this.#file(traced).change({ offset: a, bytes })
        break
      case "truncate":
        this.#file(traced).change({ length: a })
        break
      case "sync": {
        const node = this.#node(path)
        if (node instanceof Folder) node.sync()
        else this.#file(traced).sync()
        break
      }
      case "mkdir": {
        const [folder, name] = this.#location(path)
        folder.change([[name, new Folder()]])
        break
      }
      case "unlink":
      case "rmdir": {
        const [folder, name] = this.#location(path)
        folder.change([[name, undefined]])
        break
      }
      case "link":
      case "rename": {
        const [from, old] = this.#location(path)
        const [into, name] = this.#location(to)
        const node = from.names.get(old)
        if (node === undefined) throw new Error(`${path} is not known`)
        if (call === "link") into.change([[name, node]])
        else if (from === into)
          from.change([
            [old, undefined],
            [name, node]
          ])
        else {
          into.change([[name, node]])
          from.change([[old, undefined]])
        }
      }
    }
  }

  /** What remains of it. */
  left(loss: Loss, random: Random = never): Tree {
    const tree = new Map<string, Buffer | undefined>()
    const walk = (folder: Folder, path: string) => {
      for (const [name, node] of folder.left(loss, random)) {
        const at = path === "" ? name : `${path}/${name}`
        if (node instanceof File) tree.set(at, node.left(loss, random))
        else {
          tree.set(at, undefined)
          walk(node, at)
        }
      }
    }
    walk(this.#top, "")
    return tree
  }

  #file({ call, inode, path }: Traced): File {
    const file = this.#files.get(inode)
    if (file === undefined) throw new Error(`${call} of ${path}, which was not opened`)
    return file
  }

  #node(path: string): Node | undefined {
    if (path === this.#root) return this.#top
    const [folder, name] = this.#location(path)
    return folder.names.get(name)
  }

  #location(path: string): readonly [Folder, string] {
    const names = path.slice(this.#root.length + 1).split("/")
    let folder = this.#top
    for (const name of names.slice(0, -1)) {
      const next = folder.names.get(name)
      if (!(next instanceof Folder)) throw new Error(`${path} is in no folder that is known`)
      folder = next
    }
    return [folder, names.at(-1) ?? ""]
  }
}

// internal

type Node = File | Folder

const never: Random = {
  below: () => 0,
  pick: () => {
    throw new Error("nothing is random here")
  },
  chance: () => false
}

type Written = { readonly offset: number; readonly bytes: Buffer } | { readonly length: number }

const PAGE = 4096

const changed = (content: Buffer, change: Written): Buffer => {
  const length = "length" in change ? change.length : change.offset + change.bytes.length
  if ("length" in change && length <= content.length) return content.subarray(0, length)
  const next = Buffer.alloc(Math.max(content.length, length))
  content.copy(next)
  if ("bytes" in change) change.bytes.copy(next, change.offset)
  return next
}

class File {
  #content: Buffer = Buffer.alloc(0)
  #synced: Buffer = Buffer.alloc(0)
  #since: Array<Written> = []

  change(change: Written): void {
    this.#content = changed(this.#content, change)
    this.#since.push(change)
  }

  sync(): void {
    this.#synced = this.#content
    this.#since = []
  }

  left(loss: Loss, random: Random): Buffer {
    switch (loss) {
      case "none":
        return this.#content
      case "contents":
      case "names":
        return this.#synced
      case "zeros": {
        const zeros = Buffer.alloc(this.#content.length)
        this.#synced.copy(zeros)
        return zeros
      }
      case "parts":
        return this.#since
          .flatMap(pages)
          .filter(() => random.chance(0.5))
          .reduce(changed, this.#synced)
    }
  }
}

class Folder {
  readonly names = new Map<string, Node>()
  #synced: ReadonlyMap<string, Node> = new Map()
  #since: Array<ReadonlyArray<readonly [string, Node | undefined]>> = []

  change(names: ReadonlyArray<readonly [string, Node | undefined]>): void {
    rename(this.names, names)
    this.#since.push(names)
  }

  sync(): void {
    this.#synced = new Map(this.names)
    this.#since = []
  }

  left(loss: Loss, random: Random): ReadonlyMap<string, Node> {
    if (loss === "names") return this.#synced
    if (loss !== "parts") return this.names
    // A file system keeps the order of changes to one folder.
    const left = new Map(this.#synced)
    for (const names of this.#since.slice(0, random.below(this.#since.length + 1))) rename(left, names)
    return left
  }
}

const rename = (of: Map<string, Node>, names: ReadonlyArray<readonly [string, Node | undefined]>): void => {
  for (const [name, node] of names) {
    if (node === undefined) of.delete(name)
    else of.set(name, node)
  }
}

const pages = (change: Written): ReadonlyArray<Written> => {
  if (!("bytes" in change)) return [change]
  const { bytes, offset } = change
  const starts: Array<number> = []
  for (let start = 0; start < bytes.length; start = (Math.floor((offset + start) / PAGE) + 1) * PAGE - offset)
    starts.push(start)
  return starts.map((start, index) => ({
    offset: offset + start,
    bytes: bytes.subarray(start, starts[index + 1] ?? bytes.length)
  }))
}
