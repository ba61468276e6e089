/// What a Redis does when its memory is full.
package enum EvictionPolicy {
    /// The policy of an `INFO memory`, if it may throw a record away: any but `noeviction`.
    package static func evicting(inInfo text: String) -> String? {
        let name = "maxmemory_policy:"
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
        return line.map { String($0.dropFirst(name.count)) }.flatMap { $0 == "noeviction" ? nil : $0 }
    }
}
