/// The fields of one object of `tokenizer.json` while a component reads itself from them.
///
/// A component asks for each field it knows and then calls ``finish()``, which refuses the others: a
/// setting that is passed over in silence would change what the ids mean.
package struct ComponentFields {
    /// Where the object stands, such as `pre_tokenizer.pretokenizers[0]`.
    package let path: String

    private let object: JSONObject

    /// The fields of a value that must be an object.
    package init(_ value: JSONValue, path: String) throws(TokenizerError) {
        guard case .object(let object) = value else {
            throw .invalid(
                "The tokenizer's \(Self.name(path)) holds \(value.summary) where an object is needed."
            )
        }
        self.path = path
        self.object = object
    }

    /// The value of a field as it stands, nil where it is missing or null.
    package func value(_ name: String) -> JSONValue? {
        switch object[name] {
        case .null?, nil: nil
        case let value?: value
        }
    }

    /// A field that must be there.
    package func required(_ name: String) throws(TokenizerError) -> JSONValue {
        guard let value = value(name) else {
            let hint = object.misspelling(of: name).map { "; did you mean it by \($0.quoted)?" }
            throw .invalid(
                "The tokenizer's \(Self.name(path)) has no field \(name.quoted)\(hint ?? "; add it.")"
            )
        }
        return value
    }

    /// What is wrong with a field.
    package func fault(_ name: String, _ value: JSONValue, needed: String) -> TokenizerError {
        .invalid(
            "The tokenizer's \(Self.name(join(name))) holds \(value.summary) where \(needed) is needed."
        )
    }

    /// A text; nil where it is missing or null.
    package func text(_ name: String) throws(TokenizerError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw fault(name, value, needed: "a text") }
        return text
    }

    /// A text that must be there.
    package func requiredText(_ name: String) throws(TokenizerError) -> String {
        let value = try required(name)
        guard case .string(let text) = value else { throw fault(name, value, needed: "a text") }
        return text
    }

    /// True or false; the default where it is missing or null.
    package func flag(_ name: String, default other: Bool) throws(TokenizerError) -> Bool {
        guard let value = value(name) else { return other }
        guard case .bool(let flag) = value else {
            throw fault(name, value, needed: "true or false")
        }
        return flag
    }

    /// A whole number; nil where it is missing or null.
    package func integer(_ name: String) throws(TokenizerError) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .number(let text) = value, let number = Int(text) else {
            throw fault(name, value, needed: "a whole number")
        }
        return number
    }

    /// A finite number; nil where it is missing or null.
    package func number(_ name: String) throws(TokenizerError) -> Double? {
        guard let value = value(name) else { return nil }
        guard case .number(let text) = value, let number = Double(text), number.isFinite else {
            throw fault(name, value, needed: "a finite number")
        }
        return number
    }

    /// The elements of a list; nil where it is missing or null.
    package func list(_ name: String) throws(TokenizerError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw fault(name, value, needed: "a list") }
        return elements
    }

    /// The fields of an object; nil where it is missing or null.
    package func fields(_ name: String) throws(TokenizerError) -> ComponentFields? {
        guard let value = value(name) else { return nil }
        return try ComponentFields(value, path: join(name))
    }

    /// The objects of a list that must be there.
    package func requiredObjects(_ name: String) throws(TokenizerError) -> [ComponentFields] {
        let value = try required(name)
        guard case .array(let elements) = value else { throw fault(name, value, needed: "a list") }
        var objects: [ComponentFields] = []
        for (index, element) in elements.enumerated() {
            objects.append(try ComponentFields(element, path: "\(join(name))[\(index)]"))
        }
        return objects
    }

    /// All fields with their values, each of which counts as known from now on.
    package func all() -> [(name: String, value: JSONValue)] {
        object.names.compactMap { name in object[name].map { (name, $0) } }
    }

    /// Throws where there is a field that nobody asked for.
    package func finish() throws(TokenizerError) {
        guard let name = object.unknownName else { return }
        let nearest = nearestName(to: name, in: object.askedNames)
        throw .invalid(
            "The tokenizer's \(Self.name(path)) has an unknown field \(name.quoted); "
                + (nearest.map { "did you mean \($0.quoted)?" }
                    ?? "expected only \(object.askedNames.map(\.quoted).joined(separator: ", "))."))
    }

    /// The error for a component of a type that nobody here knows.
    package func unknownType(_ type: String, known: [String]) -> TokenizerError {
        let nearest = nearestName(to: type, in: known).map { "; did you mean \($0.quoted)?" }
        return .invalid(
            "The tokenizer's \(Self.name(path)) has the type \(type.quoted), which is not known here"
                + (nearest ?? "; expected one of \(known.joined(separator: ", "))."))
    }

    /// The path of a field.
    package func join(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private static func name(_ path: String) -> String {
        path.isEmpty ? "file" : "field \(path.quoted)"
    }
}

extension ComponentFields {
    /// How deep sequences may stand in one another.
    private static let deepestNesting = 8

    /// Reads the members of a sequence.
    ///
    /// - Parameters:
    ///   - name: the field with the list of members.
    ///   - depth: how many sequences this one stands in.
    ///   - read: makes a member from its fields and its depth.
    package func members<Component>(
        _ name: String, depth: Int,
        _ read: (ComponentFields, Int) throws(TokenizerError) -> Component
    ) throws(TokenizerError) -> [Component] {
        guard depth < Self.deepestNesting else {
            throw .invalid(
                "The tokenizer's sequences stand in one another more than \(Self.deepestNesting) deep; "
                    + "write them as one.")
        }
        var members: [Component] = []
        for object in try requiredObjects(name) { members.append(try read(object, depth + 1)) }
        return members
    }
}
