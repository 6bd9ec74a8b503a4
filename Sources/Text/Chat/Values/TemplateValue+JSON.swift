extension TemplateValue {
    /// The value that a JSON text describes, all of whose texts came with the conversation.
    ///
    /// - Throws: ``FieldFault`` where a number does not fit.
    init(_ json: JSONValue) throws(FieldFault) {
        try self.init(json, at: [])
    }

    private init(_ json: JSONValue, at path: [any CodingKey]) throws(FieldFault) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .boolean(value)
        case .string(let text): self = .text(TemplateText(text, isForeign: true))
        case .number(let text):
            if text.utf8.contains(where: { ".eE".utf8.contains($0) }) {
                self = .float(Double(text) ?? .infinity)
            } else if let value = Int(text) {
                self = .integer(value)
            } else {
                throw FieldFault(
                    path: path, "holds \(text.quoted) where a whole number of 64 bits is needed")
            }
        case .array(let elements):
            var values: [TemplateValue] = []
            for (index, element) in elements.enumerated() {
                values.append(
                    try TemplateValue(element, at: path + [FieldKey(intValue: index)]))
            }
            self = .sequence(TemplateSequence(.list, values))
        case .object(let object):
            var mapping = TemplateMapping()
            for (name, member) in zip(object.members.names, object.members.values) {
                let value = try TemplateValue(member, at: path + [FieldKey(stringValue: name)])
                _ = mapping.set(.text(TemplateText(name, isForeign: true)), to: value)
            }
            self = .mapping(mapping)
        }
    }

    /// About how many bytes the value takes as JSON.
    var byteCount: Int {
        switch self {
        case .text(let text): text.utf8Count + 2
        case .sequence(let sequence): sequence.elements.reduce(2) { $0 + $1.byteCount }
        case .mapping(let mapping):
            mapping.keys.reduce(2) { $0 + $1.byteCount }
                + mapping.values.reduce(0) { $0 + $1.byteCount }
        default: 8
        }
    }
}
