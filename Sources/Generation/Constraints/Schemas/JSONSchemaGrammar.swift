internal import AttendText

/// A grammar of the JSON texts that a JSON Schema calls valid.
///
/// Every text of the grammar is valid; not every valid text is in it, since a value can be written in many ways, of which a model
/// is to write one:
///
/// - Compact, with one space where it likes after each comma and colon. Properties come in the schema's order; those not
///   required may be left out. Properties beside them come last, and only where `additionalProperties` asks for them; no grammar
///   can see to it that these differ from one another.
/// - Characters stand for themselves, but for those that JSON must escape. Whole numbers have at most 15 digits, other numbers
///   as many before and after the point, and an exponent of at most two.
///
/// What is followed: `type`, `properties`, `required`, `additionalProperties`, `items`, `prefixItems`, `minItems`, `maxItems`,
/// `enum`, `const`, `anyOf`, `oneOf` where no value can be of two of its schemas, `$ref` to `#` and to what stands in the root's
/// `$defs` or `definitions`, `minLength`, `maxLength`, `pattern` as ``SchemaPattern`` has it, and `minimum`, `maximum`,
/// `exclusiveMinimum` and `exclusiveMaximum` that are whole numbers. What only describes (`title`, `default`, …) is passed over.
/// Any other keyword, and any use of these that cannot be held to exactly, is an error.
///
/// - Source: JSON Schema, draft 2020-12.
public enum JSONSchemaGrammar {
    /// The grammar of a schema.
    ///
    /// - Parameter bytes: the schema as JSON in UTF-8.
    /// - Throws: ``JSONSchemaError`` with the place of what is wrong as a JSON pointer.
    public static func grammar(of bytes: some Sequence<UInt8>) throws(JSONSchemaError)
        -> TextGrammar
    {
        let bytes = Array(bytes)
        guard bytes.count <= TextGrammar.largestGrammar else {
            throw .grammar(.tooLarge(nil, what: "bytes", limit: TextGrammar.largestGrammar))
        }
        let schema: JSONValue
        do throws(JSONScanner.Fault) {
            schema = try JSONValue(bytes)
        } catch {
            let line = bytes.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw .notJSON(line: line, message: error.message)
        }
        var reader = SchemaReader(root: schema)
        let rules = try reader.rules()
        do throws(GrammarError) {
            return try TextGrammar(rules: rules)
        } catch {
            throw .grammar(error)
        }
    }
}
