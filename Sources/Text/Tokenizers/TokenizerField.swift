/// The name of any field of a stored tokenizer.
struct TokenizerField: CodingKey, ExpressibleByStringLiteral, Equatable {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<TokenizerField> {
    /// Throws where there is a field beside those that are known.
    ///
    /// - Parameter place: what the fields are of, for the message.
    func requireOnly(_ known: [TokenizerField], in place: String) throws(TokenizerError) {
        let names = known.map(\.stringValue)
        if let extra = allKeys.map(\.stringValue).sorted().first(where: { !names.contains($0) }) {
            throw .invalid(
                "The \(place) has an unknown field \"\(extra)\"; expected only "
                    + names.map { "\"\($0)\"" }.joined(separator: " and ") + ".")
        }
    }

    /// Throws unless each field is missing, null or what is given for it.
    ///
    /// These are settings of other tokenizers that would change what the ids mean.
    func require(_ values: KeyValuePairs<TokenizerField, Bool>, in place: String) throws {
        for (name, value) in values where contains(name) {
            if try decodeNil(forKey: name) { continue }
            guard let found = try? decode(Bool.self, forKey: name), found == value else {
                throw TokenizerError.invalid(
                    "The field \"\(name.stringValue)\" of the \(place) is not \(value); only tokenizers "
                        + "where it is can be read.")
            }
        }
    }

    /// Throws unless each field is missing, null or an empty text.
    func requireNothing(_ names: [TokenizerField], in place: String) throws {
        for name in names where contains(name) {
            let isNothing = try decodeNil(forKey: name)
            guard isNothing || (try? decode(String.self, forKey: name)) == "" else {
                throw TokenizerError.invalid(
                    "The field \"\(name.stringValue)\" of the \(place) is not null; only tokenizers where it "
                        + "is can be read.")
            }
        }
    }
}
