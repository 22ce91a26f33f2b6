// The kinds of IP addresses, by IANA's registries of special-purpose addresses.
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"

export type Kind = "public" | "loopback" | "link-local" | "private" | "unspecified" | "multicast" | "reserved"

/** A text that is not an IP address, and an address that is not known to be public, is `reserved`. */
export const kindOf = (address: string): Kind =>
  Result.match(NetAddress.ipFromString(withoutZone(address)), {
    onFailure: () => "reserved",
    onSuccess: kindOfIp
  })

/** The host of a URL as an IP address without brackets; `undefined` if it is a name. */
export const literalIn = (hostname: string): string | undefined => {
  const host = hostname.replace(/^\[(.*)\]$/u, "$1")
  return Result.isSuccess(NetAddress.ipFromString(withoutZone(host))) ? host : undefined
}

/** Whether a name means this machine, whatever a resolver says (RFC 6761). */
export const isLocalhost = (hostname: string): boolean => /^(?:.*\.)?localhost\.?$/iu.test(hostname)

// internal

const withoutZone = (address: string) => address.replace(/%.*$/u, "")

const kindOfIp = (ip: NetAddress.IpAddress): Kind => {
  if (NetAddress.isIpv4Address(ip)) return kindIn(V4, ip) ?? "public"
  const embedded = embeddedIn(ip)
  if (embedded !== undefined) return kindOfIp(embedded)
  const special = kindIn(V6, ip)
  if (special !== undefined) return special
  return IpNetwork.contains(GLOBAL_UNICAST, ip) ? "public" : "reserved"
}

const kindIn = (
  table: ReadonlyArray<readonly [IpNetwork.IpNetwork, Kind]>,
  ip: NetAddress.IpAddress
): Kind | undefined => table.find(([network]) => IpNetwork.contains(network, ip))?.[1]

/** The IPv4 address to which packets for an IPv6 address go: mapped, compatible, NAT64 and 6to4 addresses. */
const embeddedIn = (ip: NetAddress.Ipv6Address): NetAddress.Ipv4Address | undefined => {
  const at = EMBEDDING.find(([network]) => IpNetwork.contains(network, ip))?.[1]
  if (at === undefined || NetAddress.isUnspecified(ip) || NetAddress.isLoopback(ip)) return undefined
  const segments = NetAddress.ipv6ToSegments(ip)
  const [high = 0, low = 0] = segments.slice(at, at + 2)
  return NetAddress.ipv4FromBytesUnsafe(Uint8Array.of(high >> 8, high & 255, low >> 8, low & 255))
}

const network = (text: string) => IpNetwork.fromStringUnsafe(text)

const table = (entries: ReadonlyArray<readonly [string, Kind]>) =>
  entries.map(([text, kind]) => [network(text), kind] as const)

/** Networks, and the first of the two segments that hold the IPv4 address. */
const EMBEDDING = [
  [network("::ffff:0:0/96"), 6],
  [network("::/96"), 6],
  [network("64:ff9b::/96"), 6],
  [network("2002::/16"), 1]
] as const

const GLOBAL_UNICAST = network("2000::/3")

const V4 = table([
  ["0.0.0.0/8", "unspecified"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "private"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "reserved"],
  ["192.0.2.0/24", "reserved"],
  ["192.88.99.0/24", "reserved"],
  ["192.168.0.0/16", "private"],
  ["198.18.0.0/15", "reserved"],
  ["198.51.100.0/24", "reserved"],
  ["203.0.113.0/24", "reserved"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"]
])

const V6 = table([
  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["64:ff9b:1::/48", "private"],
  ["2001::/23", "reserved"],
  ["2001:db8::/32", "reserved"],
  ["3fff::/20", "reserved"],
  ["fc00::/7", "private"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "private"],
  ["ff00::/8", "multicast"]
])
