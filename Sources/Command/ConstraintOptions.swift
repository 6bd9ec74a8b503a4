import ArgumentParser
import Attend

/// The flags that hold a generated text to a grammar.
struct ConstraintOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write only what this grammar allows (GBNF: root ::= \"yes\" | \"no\").",
            valueName: "file"))
    var grammar: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write only JSON that this JSON Schema calls valid.", valueName: "file"))
    var jsonSchema: String?

    func validate() throws {
        if grammar != nil, jsonSchema != nil {
            throw ValidationError(
                "--grammar and --json-schema cannot be used together; expected one of them.")
        }
    }

    /// The flags that were given, by name.
    var given: [String] {
        [("--grammar", grammar), ("--json-schema", jsonSchema)].filter { $0.1 != nil }.map(\.0)
    }

    /// Does what a grammar may make impossible, and says then which file it is from.
    ///
    /// - Throws: ``ConstraintFileError`` in place of the errors of grammars.
    func naming(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch GenerationError.constraint(let error) {
            guard let path = grammar ?? jsonSchema, let flag = given.first else { throw error }
            throw ConstraintFileError(path: path, flag: flag, sentence: error.description)
        }
    }

    /// The grammar that the text is held to; nil where none is asked for.
    func load() throws -> TextGrammar? {
        guard let path = grammar ?? jsonSchema else { return nil }
        let bytes = try TextFile.bytes(at: path, mayHoldZero: true)
        do {
            return try grammar == nil
                ? JSONSchemaGrammar.grammar(of: bytes) : TextGrammar(bytes)
        } catch {
            throw ConstraintFileError(
                path: path, flag: grammar == nil ? "--json-schema" : "--grammar",
                sentence: "\(error)")
        }
    }
}

/// A file of a grammar or schema that cannot be used.
struct ConstraintFileError: Error, CustomStringConvertible {
    let path: String
    let flag: String
    let sentence: String

    var description: String { "\(flag) \(path.legible): \(sentence)" }
}
