/// What a site keeps in a browser, as a page of it sees it.
struct StoredThings: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case local = "localStorage"
        case tab = "sessionStorage"
        case database = "IndexedDB"
        case cache = "Cache Storage"
    }

    struct Thing: Hashable, Sendable {
        var kind: Kind
        /// The database and its store, or the cache.
        var place: String
        var key: String
        var value: String

        var isSamePlace: (Thing) -> Bool {
            { $0.kind == kind && $0.place == place && $0.key == key }
        }

        /// For a report: nothing of the value.
        var shown: String {
            let path = place.isEmpty ? "" : "\(place.prefix(60)) "
            return "\(kind.rawValue) \(path)`\(key.prefix(80))` (\(value.count) characters)"
        }
    }

    var things: [Thing] = []
    /// What service workers answer for.
    var workers: [String] = []

    init(things: [Thing] = [], workers: [String] = []) {
        self.things = things
        self.workers = workers
    }

    /// What ``BrowserScripts/stored`` returns.
    init(_ value: JSONValue) {
        if case .array(let items)? = value[pointer: "/things"] {
            things = items.compactMap { item in
                guard let kind = item[pointer: "/0"]?.scalar.flatMap({ Kind(rawValue: $0) }) else { return nil }
                return Thing(
                    kind: kind, place: item[pointer: "/1"]?.scalar ?? "", key: item[pointer: "/2"]?.scalar ?? "",
                    value: item[pointer: "/3"]?.scalar ?? "")
            }
        }
        if case .array(let items)? = value[pointer: "/workers"] { workers = items.compactMap(\.scalar) }
    }
}
