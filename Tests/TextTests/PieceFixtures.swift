import AttendText
import Foundation
import Testing

/// What the script `record-piece-fixtures.py` recorded.
enum PieceFixtures {
    /// The content of a recording.
    static func json(_ name: String) throws -> Any {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "json"))
        return try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    }

    /// A recording that is an object.
    static func object(_ name: String) throws -> [String: Any] {
        try #require(json(name) as? [String: Any])
    }

    /// The bytes of SentencePiece's table `nmt_nfkc`.
    static func characterMap() throws -> Data {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/nmt-nfkc", withExtension: "bin"))
        return try Data(contentsOf: url)
    }

    /// A recorded component as its reader sees it; `TABLE` stands for the long table.
    static func fields(_ form: Any, path: String = "part") throws -> ComponentFields {
        var bytes = try JSONSerialization.data(withJSONObject: form)
        if let place = bytes.range(of: Data("\"TABLE\"".utf8)) {
            bytes.replaceSubrange(
                place, with: Data("\"\(try characterMap().base64EncodedString())\"".utf8))
        }
        return try ComponentFields(JSONValue(Array(bytes)), path: path)
    }

    /// Whether a written component is the recorded one.
    static func equal(_ value: JSONValue, _ form: Any) throws -> Bool {
        try equal(JSONSerialization.jsonObject(with: Data(value.text)), form)
    }

    /// Whether two forms are the same, whatever the order of their fields.
    static func equal(_ one: Any, _ other: Any) throws -> Bool {
        /// JSONSerialization takes 3 and ٣ for one name when it sorts, and leaves them in any order.
        func sorted(_ value: JSONValue) -> JSONValue {
            switch value {
            case .array(let elements): return .array(elements.map(sorted))
            case .object(let object):
                let fields = zip(object.members.names, object.members.values).sorted {
                    $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
                }
                return .object(JSONObject(fields.map { (name: $0.0, value: sorted($0.1)) }))
            default: return value
            }
        }
        func bytes(_ form: Any) throws -> [UInt8] {
            // Both are written by the same program, so that their numbers are written alike.
            try sorted(JSONValue(Array(JSONSerialization.data(withJSONObject: form)))).text
        }
        return try bytes(one) == bytes(other)
    }

    /// The fields of a JSON text.
    static func fields(text: String) throws -> ComponentFields {
        try ComponentFields(JSONValue(Array(text.utf8)), path: "part")
    }
}

/// Ranges from a list of their ends.
func ranges(_ places: [Int]) -> [Range<Int>] {
    stride(from: 0, to: places.count, by: 2).map { places[$0]..<places[$0 + 1] }
}
