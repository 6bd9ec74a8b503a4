import AttendGeneration
import AttendText
import Testing

@Suite("Hostile grammars and schemas")
struct HostileGrammarTests {
    /// Makes a constraint and looks for the first tokens, in at most a second, or a sentence of its own kind.
    private func survives(
        _ name: String, _ grammar: () throws -> TextGrammar, isRefused: Bool? = nil
    ) throws {
        let clock = ContinuousClock()
        let start = clock.now
        var said: String?
        do {
            var constraint = try TokenConstraint(
                grammar(), spellings: TokenSpellings(.byte(ByteTokenizer())))
            for _ in 0..<20 {
                guard let token = try constraint.mask().tokens.first else { break }
                try constraint.advance(by: token)
            }
        } catch let error
            where error is GrammarError || error is JSONSchemaError || error is ConstraintError
        {
            said = "\(error)"
        }
        // Generous, because tests share the processor.
        #expect(clock.now - start < .seconds(8), "\(name)")
        if let isRefused { #expect((said != nil) == isRefused, "\(name): \(said ?? "accepted")") }
        if let said {
            #expect(said.count < 600 && (said.hasSuffix(".") || said.hasSuffix("?")), "\(said)")
        }
    }

    private func many(_ text: String, _ count: Int) -> String {
        String(repeating: text, count: count)
    }

    @Test("Nesting", arguments: [65, 1000, 300_000])
    func nesting(depth: Int) throws {
        try survives(
            "groups",
            { try TextGrammar("root ::= " + many("(", depth) + "\"a\"" + many(")", depth)) },
            isRefused: true)
        try survives(
            "schema",
            {
                try JSONSchemaGrammar.grammar(
                    of: (many(#"{"type":"array","items":"#, depth) + "true" + many("}", depth)).utf8
                )
            }, isRefused: true)
    }

    @Test("Counts of repetitions")
    func counts() throws {
        try survives("one", { try TextGrammar("root ::= \"a\"{65536}") }, isRefused: false)
        try survives(
            "digits", { try TextGrammar("root ::= \"a\"{\(many("9", 100_000))}") }, isRefused: true)
        try survives(
            "side by side", { try TextGrammar("root ::= " + many("\"a\"{65536} ", 80_000)) },
            isRefused: true)
        try survives(
            "within one another",
            { try TextGrammar("root ::= ((((\"a\"{65536}){65536}){65536}){65536})") },
            isRefused: false)
        try survives(
            "nothing, often", { try TextGrammar("root ::= ((\"a\"?){60000}){0,60000} \"b\"") })
        try survives(
            "a string",
            { try JSONSchemaGrammar.grammar(of: #"{"type":"string","maxLength":99999999}"#.utf8) },
            isRefused: true)
        try survives(
            "lists",
            {
                try JSONSchemaGrammar.grammar(
                    of: """
                        {"type":"array","maxItems":65536,"items":{"type":"array","maxItems":65536,
                        "items":{"type":"string","maxLength":65536}}}
                        """.utf8)
            }, isRefused: false)
    }

    @Test("Grammars with exponentially many readings")
    func ambiguity() throws {
        try survives(
            "readings",
            {
                try TextGrammar(
                    "root ::= \"a\" root p | \"a\" root q | \"a\" root \"a\" | \"\"\np ::= \"a\"\nq ::= \"a\" | \"aa\""
                )
            })
        var doubling = "root ::= r0\n"
        for index in 0..<60 { doubling += "r\(index) ::= r\(index + 1) r\(index + 1)\n" }
        try survives("doubling", { try TextGrammar(doubling + "r60 ::= \"a\"?") })
        try survives(
            "stars", { try TextGrammar("root ::= " + many("(", 60) + "\"a\"" + many(")*", 60)) })
        try survives(
            "alternatives", { try TextGrammar("root ::= " + many("\"a\" root \"b\" | ", 20_000)) })
    }

    @Test("Texts of a megabyte")
    func megabytes() throws {
        var chain = "root ::= a0\n"
        for index in 0..<50_000 { chain += "a\(index) ::= a\(index + 1)\n" }
        try survives("a chain without end", { try TextGrammar(chain) }, isRefused: true)
        try survives("a chain", { try TextGrammar(chain + "a50000 ::= \"x\"") }, isRefused: false)
        try survives("line ends", { try TextGrammar(many("\n", 1_000_000)) }, isRefused: true)
        try survives(
            "a text", { try TextGrammar("root ::= \"" + many("a", 1_000_000) + "\"") },
            isRefused: false)
        try survives(
            "names", { try TextGrammar("root ::= " + many("a ", 500_000)) }, isRefused: true)
        try survives(
            "a class",
            {
                var members = ""
                for value in stride(from: UInt32(0x4E00), to: 0x10FFF0, by: 5) {
                    members += Unicode.Scalar(value).map { String($0) } ?? ""
                }
                return try TextGrammar("root ::= [\(members)]+")
            })
        try survives(
            "too large", { try TextGrammar(many("#", 1_048_577)) }, isRefused: true)
        try survives(
            "properties",
            {
                let members = (0..<25_000).map { "\"p\($0)\":{\"type\":\"null\"}" }
                return try JSONSchemaGrammar.grammar(
                    of: "{\"type\":\"object\",\"properties\":{\(members.joined(separator: ","))}}"
                        .utf8)
            })
        try survives(
            "values",
            {
                let values = (0..<100_000).map { "\"v\($0)\"" }
                return try JSONSchemaGrammar.grammar(
                    of: "{\"enum\":[\(values.joined(separator: ","))]}".utf8)
            })
    }

    @Test("Schemas that go round in a circle")
    func circles() throws {
        for schema in [
            ##"{"$ref":"#"}"##, ##"{"$defs":{"a":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##,
            ##"{"type":"array","minItems":1,"items":{"$ref":"#"}}"##,
        ] {
            try survives(
                schema, { try JSONSchemaGrammar.grammar(of: schema.utf8) }, isRefused: true)
        }
        let pairs = (0..<200).map {
            ##"{"type":"object","properties":{"k":{"$ref":"#/$defs/x"},"n":{"const":\##($0)}},"required":["k"]}"##
        }
        try survives(
            "oneOf",
            {
                try JSONSchemaGrammar.grammar(
                    of:
                        ##"{"$defs":{"x":{"type":"object","properties":{"k":{"$ref":"#/$defs/x"}},"required":["k"]}},"oneOf":[\##(pairs.joined(separator: ","))]}"##
                        .utf8)
            }, isRefused: true)
    }
}
