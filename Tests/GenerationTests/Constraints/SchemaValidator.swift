import AttendText

/// Whether a JSON value is of a schema, by the letter of the standard and knowing nothing of grammars.
struct SchemaValidator {
    let root: JSONValue

    func isValid(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        guard case .object(let object) = schema else {
            if case .bool(let isValid) = schema { return isValid }
            return false
        }
        return object.names.allSatisfy { holds($0, object, value) }
    }

    private func holds(_ keyword: String, _ schema: JSONObject, _ value: JSONValue) -> Bool {
        guard let argument = schema.members[keyword] else { return false }
        switch (keyword, argument, value) {
        case ("type", .array(let names), _): return names.contains { isOf($0, value) }
        case ("type", _, _): return isOf(argument, value)
        case ("const", _, _): return equal(argument, value)
        case ("enum", .array(let values), _): return values.contains { equal($0, value) }
        case ("anyOf", .array(let schemas), _): return schemas.contains { isValid(value, $0) }
        case ("oneOf", .array(let schemas), _):
            return schemas.count { isValid(value, $0) } == 1
        case ("$ref", .string(let pointer), _): return isValid(value, target(pointer))
        case ("properties", .object(let properties), .object(let members)):
            return zip(members.members.names, members.members.values).allSatisfy { name, member in
                properties.members[name].map { isValid(member, $0) } ?? true
            }
        case ("required", .array(let names), .object(let members)):
            return names.allSatisfy { name in
                if case .string(let name) = name { members.members[name] != nil } else { false }
            }
        case ("additionalProperties", _, .object(let members)):
            var known: Set<[UInt8]> = []
            if case .object(let properties)? = schema.members["properties"] {
                known = Set(properties.names.map { Array($0.utf8) })
            }
            return zip(members.members.names, members.members.values).allSatisfy { name, member in
                known.contains(Array(name.utf8)) || isValid(member, argument)
            }
        case ("prefixItems", .array(let schemas), .array(let elements)):
            return zip(elements, schemas).allSatisfy { isValid($0, $1) }
        case ("items", _, .array(let elements)):
            var first = 0
            if case .array(let schemas)? = schema.members["prefixItems"] { first = schemas.count }
            return elements.dropFirst(first).allSatisfy { isValid($0, argument) }
        case ("minItems", .number(let count), .array(let elements)):
            return elements.count >= Int(count) ?? 0
        case ("maxItems", .number(let count), .array(let elements)):
            return elements.count <= Int(count) ?? 0
        case ("minLength", .number(let count), .string(let text)):
            return text.unicodeScalars.count >= Int(count) ?? 0
        case ("maxLength", .number(let count), .string(let text)):
            return text.unicodeScalars.count <= Int(count) ?? 0
        case ("pattern", .string(let pattern), .string(let text)):
            guard let regex = try? Regex(pattern) else { return false }
            // As ECMA-262 has it, \w and \d are ASCII.
            let strict = regex.matchingSemantics(.unicodeScalar).asciiOnlyWordCharacters()
                .asciiOnlyDigits()
            return text.firstMatch(of: strict) != nil
        case ("minimum", _, .number(let number)): return real(number) >= bound(argument)
        case ("maximum", _, .number(let number)): return real(number) <= bound(argument)
        case ("exclusiveMinimum", _, .number(let number)): return real(number) > bound(argument)
        case ("exclusiveMaximum", _, .number(let number)): return real(number) < bound(argument)
        default: return true
        }
    }

    private func isOf(_ type: JSONValue, _ value: JSONValue) -> Bool {
        guard case .string(let name) = type else { return false }
        switch (name, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string),
            ("array", .array), ("object", .object):
            return true
        case ("integer", .number(let text)): return real(text).rounded() == real(text)
        default: return false
        }
    }

    private func equal(_ one: JSONValue, _ other: JSONValue) -> Bool {
        if case (.number(let one), .number(let other)) = (one, other) {
            return real(one) == real(other)
        }
        return one.line == other.line
    }

    private func target(_ pointer: String) -> JSONValue {
        var value = root
        for name in pointer.split(separator: "/").dropFirst() {
            guard case .object(let object) = value, let next = object.members[String(name)] else {
                return .bool(false)
            }
            value = next
        }
        return value
    }

    private func real(_ text: String) -> Double { Double(text) ?? .nan }

    private func bound(_ value: JSONValue) -> Double {
        if case .number(let text) = value { real(text) } else { .nan }
    }
}
