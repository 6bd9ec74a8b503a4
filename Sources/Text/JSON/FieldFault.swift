/// What is wrong with one field of a JSON text.
package struct FieldFault: Error {
    package let path: [any CodingKey]
    package let message: String

    package init(path: [any CodingKey], _ message: String) {
        self.path = path
        self.message = message
    }

    /// What a type's own `init(from:)` found.
    package init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            self.init(path: context.codingPath, "is not valid: \(context.debugDescription.trimmed)")
        case .keyNotFound(let key, let context):
            self.init(path: context.codingPath + [key], "is missing")
        @unknown default:
            self.init(path: [], "is not valid: \(error)")
        }
    }

    /// The field's path and what is wrong with it, without a full stop.
    package var sentence: String {
        path.isEmpty ? "the file \(message)" : "the field \(Self.name(path)) \(message)"
    }

    /// A path in the way of programming languages: `model.layers[3].width`.
    private static func name(_ path: [any CodingKey]) -> String {
        var name = ""
        for key in path {
            if let index = key.intValue {
                name += "[\(index)]"
            } else {
                name += (name.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return name.legible
    }
}

/// The name of a field or the number of a list's element.
package struct FieldKey: CodingKey {
    package let stringValue: String
    package let intValue: Int?

    package init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    package init(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }
}

extension String {
    /// The text without full stops at its end, to stand within a sentence.
    fileprivate var trimmed: String {
        var text = self
        while text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
