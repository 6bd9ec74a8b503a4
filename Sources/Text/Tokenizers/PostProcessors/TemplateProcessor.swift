/// A list of marks and texts that says what a sequence consists of, for one text and for a pair.
package struct TemplateProcessor: Hashable, Sendable {
    /// A part of a template.
    package enum Part: Hashable, Sendable {
        /// The first text (0) or the second (1), its tokens with this type.
        case text(Int, typeID: Int32)
        /// A mark, by its name among the tokens of the template.
        case mark(String, typeID: Int32)
    }

    /// A mark of a template: one token, or several in a row.
    package struct Mark: Hashable, Sendable {
        /// How the template calls it.
        package let name: String
        /// The tokens' numbers.
        package let ids: [Int32]
        /// How the tokens are written.
        package let tokens: [String]
    }

    /// What a single text becomes.
    package let single: [Part]

    /// What a pair becomes.
    package let pair: [Part]

    /// The marks.
    package let marks: [Mark]

    /// The most parts of a template, each of which may hold a whole text.
    private static let mostParts = 64

    /// The most tokens of all marks together.
    private static let mostMarkTokens = 1024

    /// A template; every mark named in it must be among those given.
    package init(single: [Part], pair: [Part], marks: [Mark]) {
        (self.single, self.pair, self.marks) = (single, pair, marks)
    }

    /// The encodings of a text or a pair in the template's order.
    func process(_ encodings: [Encoding], addsSpecialTokens: Bool) -> [Encoding] {
        var result: [Encoding] = []
        for part in encodings.count == 1 ? single : pair {
            switch part {
            case .text(let index, let typeID) where index < encodings.count:
                var encoding = encodings[index]
                encoding.typeIDs = .init(repeating: typeID, count: encoding.count)
                result.append(encoding)
            case .mark(let name, let typeID) where addsSpecialTokens:
                var encoding = Encoding()
                for mark in marks where mark.name.utf8.elementsEqual(name.utf8) {
                    for id in mark.ids {
                        encoding.append(id: id, typeID: typeID, isSpecial: true)
                    }
                }
                result.append(encoding)
            default: break
            }
        }
        return result
    }
}

extension TemplateProcessor {
    /// Reads the component's fields.
    init(_ fields: ComponentFields) throws(TokenizerError) {
        var marks: [Mark] = []
        if let list = try fields.fields("special_tokens") {
            for (name, value) in list.all() {
                marks.append(
                    try Mark(name: name, ComponentFields(value, path: list.join(name))))
            }
        }
        guard marks.count + marks.reduce(0, { $0 + $1.ids.count }) <= Self.mostMarkTokens else {
            throw .invalid(
                "The tokenizer's field \(fields.join("special_tokens").quoted) holds \(marks.count) marks with "
                    + "more than \(Self.mostMarkTokens) tokens; keep those that the template names."
            )
        }
        self.marks = marks
        single = try Self.parts("single", of: fields, marks: marks, texts: 1)
        pair = try Self.parts("pair", of: fields, marks: marks, texts: 2)
        guard Set(pair.compactMap(\.textIndex)) == [0, 1] else {
            throw .invalid(
                "The tokenizer's template \(fields.join("pair").quoted) does not hold both texts; add the "
                    + "sequences A and B.")
        }
    }

    private static func parts(
        _ name: String, of fields: ComponentFields, marks: [Mark], texts: Int
    ) throws(TokenizerError) -> [Part] {
        var parts: [Part] = []
        let objects = try fields.requiredObjects(name)
        guard objects.count <= mostParts else {
            throw .invalid(
                "The tokenizer's template \(fields.join(name).quoted) has \(objects.count) parts; at most "
                    + "\(mostParts) can be read.")
        }
        for object in objects {
            if let text = try object.fields("Sequence") {
                let id = try text.requiredText("id")
                guard let index = ["A", "B"].firstIndex(of: id), index < texts else {
                    throw text.fault(
                        "id", .string(id), needed: texts == 1 ? "\"A\"" : "\"A\" or \"B\"")
                }
                parts.append(.text(index, typeID: try text.id("type_id")))
                try text.finish()
            } else if let mark = try object.fields("SpecialToken") {
                let id = try mark.requiredText("id")
                guard marks.contains(where: { $0.name.utf8.elementsEqual(id.utf8) }) else {
                    throw mark.fault(
                        "id", .string(id), needed: "the name of one of its \"special_tokens\"")
                }
                parts.append(.mark(id, typeID: try mark.id("type_id")))
                try mark.finish()
            } else {
                throw .invalid(
                    "The tokenizer's field \(object.path.quoted) is neither a \"Sequence\" nor a "
                        + "\"SpecialToken\"; a template holds only these.")
            }
            try object.finish()
        }
        return parts
    }

    /// The component as it stands in `tokenizer.json`.
    var json: JSONValue {
        .fields([
            "type": .string("TemplateProcessing"), "single": .array(single.map(\.json)),
            "pair": .array(pair.map(\.json)),
            "special_tokens": .object(
                JSONObject(
                    marks.map { mark in
                        let ids = mark.ids.map { JSONValue.number("\($0)") }
                        let form = JSONValue.fields([
                            "id": .string(mark.name), "ids": .array(ids),
                            "tokens": .array(mark.tokens.map { .string($0) }),
                        ])
                        return (mark.name, form)
                    })),
        ])
    }
}

extension TemplateProcessor.Part {
    fileprivate var textIndex: Int? {
        guard case .text(let index, _) = self else { return nil }
        return index
    }

    fileprivate var json: JSONValue {
        switch self {
        case .text(let index, let typeID):
            .fields([
                "Sequence": .fields([
                    "id": .string(index == 0 ? "A" : "B"), "type_id": .number("\(typeID)"),
                ])
            ])
        case .mark(let name, let typeID):
            .fields([
                "SpecialToken": .fields(["id": .string(name), "type_id": .number("\(typeID)")])
            ])
        }
    }
}

extension TemplateProcessor.Mark {
    fileprivate init(name: String, _ fields: ComponentFields) throws(TokenizerError) {
        let id = try fields.requiredText("id")
        guard id.utf8.elementsEqual(name.utf8) else {
            throw fields.fault("id", .string(id), needed: "the name \(name.quoted) of the mark")
        }
        var ids: [Int32] = []
        for value in try fields.list("ids") ?? [] {
            guard case .number(let text) = value, let number = Int32(text), number >= 0 else {
                throw fields.fault("ids", value, needed: "a list of ids from 0")
            }
            ids.append(number)
        }
        var tokens: [String] = []
        for value in try fields.list("tokens") ?? [] {
            guard case .string(let text) = value else {
                throw fields.fault("tokens", value, needed: "a list of texts")
            }
            tokens.append(text)
        }
        guard ids.count == tokens.count else {
            throw .invalid(
                "The tokenizer's mark \(fields.path.quoted) has \(ids.count) ids and \(tokens.count) tokens; "
                    + "it needs as many of both.")
        }
        try fields.finish()
        self.init(name: name, ids: ids, tokens: tokens)
    }
}

extension ComponentFields {
    /// A token's number, or a type's, that must be there.
    func id(_ name: String) throws(TokenizerError) -> Int32 {
        let value = try required(name)
        guard case .number(let text) = value, let number = Int32(text), number >= 0 else {
            throw fault(name, value, needed: "a whole number from 0 to \(Int32.max)")
        }
        return number
    }
}
