/// A JSON object that remembers which of its fields its reader asked for.
package final class JSONObject {
    /// The fields with their values, in the order of the text.
    package let members: JSONMembers
    package private(set) var askedNames: [String] = []
    private var asked: Set<JSONName> = []
    /// Whether a reader took it for an object with fields.
    package var isOpened = false

    package init(_ members: JSONMembers) { self.members = members }

    /// An object with these fields, whose names differ.
    package convenience init(_ fields: [(name: String, value: JSONValue)]) {
        var members = JSONMembers(capacity: fields.count)
        for field in fields { _ = members.insert(field.value, for: field.name) }
        self.init(members)
    }

    /// The fields in the order of the text.
    package var names: [String] { members.names }

    /// The value of a field, which from now on counts as known.
    package subscript(name: String) -> JSONValue? {
        if asked.insert(JSONName(name)).inserted { askedNames.append(name) }
        return members[name]
    }

    /// The first field that nobody asked for.
    package var unknownName: String? {
        names.first { !asked.contains(JSONName($0)) }
    }

    /// The field not asked for that may be a misspelling of this one.
    package func misspelling(of name: String) -> String? {
        nearestName(to: name, in: names.filter { !asked.contains(JSONName($0)) })
    }
}

/// The fields of an object, in order, found by the bytes of their names.
///
/// `String` would hold é as one scalar and é as two for the same name; in a vocabulary they are
/// different tokens.
package struct JSONMembers {
    package private(set) var names: [String] = []
    package private(set) var values: [JSONValue] = []
    private var places: [JSONName: Int] = [:]

    package init(capacity: Int = 0) {
        names.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
        places.reserveCapacity(capacity)
    }

    /// Adds a field; false where its name is there already.
    package mutating func insert(_ value: JSONValue, for name: String) -> Bool {
        let place = places.updateValue(names.count, forKey: JSONName(name))
        names.append(name)
        values.append(value)
        return place == nil
    }

    /// The value of a field.
    package subscript(name: String) -> JSONValue? { places[JSONName(name)].map { values[$0] } }
}

/// A name that equals another only where all bytes do.
private struct JSONName: Hashable {
    private let text: String
    private let hash: UInt64

    init(_ text: String) {
        self.text = text
        hash = ByteHash.value(of: text.utf8)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.hash == right.hash && left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
