import AttendGeneration
import AttendTensors
import AttendText
import Testing

@Suite("Grammars of JSON Schemas")
struct JSONSchemaGrammarTests {
    private static let schemas = [
        "true",
        #"{"title":"anything","description":"","default":1,"examples":[],"$comment":"","$id":"a","$schema":"b"}"#,
        #"{"type":["string","null","boolean"],"minLength":2,"maxLength":5}"#,
        #"{"type":"string","minLength":3}"#,
        #"{"type":"string","pattern":"^[A-Z][a-z]{1,3}-\\d+(x|\"y\"|é🦊)?$"}"#,
        #"{"type":"string","pattern":"a.b|[^\\w\\\\]{3}"}"#,
        #"{"type":"integer","minimum":-17,"maximum":1203}"#,
        #"{"type":"integer","exclusiveMinimum":99,"exclusiveMaximum":1000}"#,
        #"{"type":"integer","maximum":-5}"#,
        #"{"type":"number","minimum":-3,"exclusiveMaximum":12}"#,
        #"{"type":"number","exclusiveMinimum":5,"maximum":7}"#,
        #"{"type":"number","maximum":-20}"#,
        #"{"type":["integer","number"]}"#,
        #"{"enum":["a","é\n",1,1.5,null,{"a":[1,2],"b":{}},[]]}"#,
        #"{"type":["integer","string"],"enum":["a",1,1.5,2.0,null]}"#,
        #"{"const":{"x":"\"\\\u0001"}}"#,
        """
        {"type":"object","properties":{"name":{"type":"string","maxLength":8},"age":{"type":"integer","minimum":0},
        "tags":{"type":"array","items":{"enum":["x","y"]},"maxItems":3},"e\\"é":{"type":"null"}},"required":["age"],
        "additionalProperties":false}
        """,
        #"{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}},"required":["c","a"]}"#,
        #"{"type":"object","properties":{"a":false,"b":true},"required":["b","z"]}"#,
        #"{"type":"array","prefixItems":[{"type":"integer"},{"type":"boolean"}],"items":{"type":"null"},"minItems":1,"maxItems":4}"#,
        #"{"type":"array","prefixItems":[{"type":"integer"},{"type":"boolean"}],"items":false}"#,
        #"{"type":"array","items":{"type":"array","items":{"type":"boolean"},"minItems":2},"minItems":2,"maxItems":2}"#,
        #"{"type":"array","prefixItems":[{"const":1}],"minItems":3,"maxItems":5}"#,
        #"{"anyOf":[{"type":"integer"},{"type":"number","maximum":3},{"type":"array"}]}"#,
        """
        {"oneOf":[{"$ref":"#/$defs/circle"},{"$ref":"#/$defs/square"},{"type":"null"}],
        "$defs":{"circle":{"type":"object","properties":{"kind":{"const":"circle"},"radius":{"type":"integer"}},
        "required":["kind","radius"]},"square":{"type":"object","properties":{"kind":{"enum":["square","box"]}},
        "required":["kind"]}}}
        """,
        """
        {"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},
        "required":["value","next"],"additionalProperties":false}
        """,
        """
        {"$ref":"#/definitions/tree","definitions":{"tree":{"type":"array","items":{"$ref":"#/definitions/tree"},
        "maxItems":2}}}
        """,
    ]

    private let spellings: TokenSpellings
    private let tokenizer = SavedTokenizer.byte(ByteTokenizer())

    init() throws { spellings = try TokenSpellings(.byte(ByteTokenizer())) }

    private func constraint(_ schema: String) throws -> TokenConstraint {
        try TokenConstraint(JSONSchemaGrammar.grammar(of: schema.utf8), spellings: spellings)
    }

    @Test("Whatever is drawn is JSON and valid", arguments: schemas)
    func soundness(schema: String) throws {
        let value = try JSONValue(Array(schema.utf8))
        let validator = SchemaValidator(root: value)
        let constraint = try constraint(schema)
        var random = RandomSource(seed: 2)
        var (texts, duplicates): (Set<String>, Int) = ([], 0)
        for _ in 0..<12 {
            let drawn = try DrawnText(
                constraint, tokenizer: tokenizer, random: &random, patience: 60,
                closing: closingBytes)
            #expect(drawn.isWhole, "\(drawn.text)")
            #expect(!drawn.text.unicodeScalars.contains("\u{FFFD}") || drawn.tokens.contains(0xEF))
            do {
                let written = try JSONValue(Array(drawn.text.utf8))
                #expect(validator.isValid(written, value), "\(drawn.text)")
            } catch {
                // Nothing keeps the names apart where any value is allowed.
                duplicates += 1
                #expect(error.message.contains("a second time"), "\(drawn.text)")
            }
            texts.insert(drawn.text)
        }
        #expect(duplicates < 6)
        #expect(texts.count > 1 || schema.contains("const"))
    }

    @Test("Other properties have other names than those listed")
    func otherProperties() throws {
        let schema =
            #"{"type":"object","properties":{"a":{"type":"null"},"ab":{"type":"null"},"é":true},"additionalProperties":{"type":"integer"}}"#
        let grammar = try JSONSchemaGrammar.grammar(of: schema.utf8)
        func matches(_ text: String) throws -> Bool {
            var state = try GrammarState(grammar)
            for byte in text.utf8 { try state.advance(by: byte) }
            return state.canEnd
        }
        for text in [
            "{}", #"{"a":null,"x":1}"#, #"{"x":1,"y":2}"#, #"{"abc": 1, "aa": 2, "": 3}"#,
            #"{"ab":null,"b":-3}"#, #"{"é":[],"è":0}"#,
        ] {
            #expect(try matches(text), "\(text)")
        }
        for text in [
            #"{"a":1}"#, #"{"x":1,"ab":2}"#, #"{"x":1,"ab":null}"#, #"{"\u0061":1}"#,
            #"{"x":null}"#, #"{"é":0,"é":0}"#, #"{"ab":null,"a":null}"#, #"{ "a":null}"#,
        ] {
            #expect(try !matches(text), "\(text)")
        }
    }

    @Test(
        "Every number within bounds matches, and none outside",
        arguments: [(-12, 105), (0, 0), (7, 1234), (-230, -19)])
    func integers(low: Int, high: Int) throws {
        let bounds = #""minimum":\#(low),"maximum":\#(high)"#
        let whole = try JSONSchemaGrammar.grammar(of: #"{"type":"integer",\#(bounds)}"#.utf8)
        let real = try JSONSchemaGrammar.grammar(of: #"{"type":"number",\#(bounds)}"#.utf8)
        func matches(_ grammar: TextGrammar, _ text: String) throws -> Bool {
            var state = try GrammarState(grammar)
            for byte in text.utf8 { try state.advance(by: byte) }
            return state.canEnd
        }
        for number in (low - 30)...(high + 30) {
            let isWithin = (low...high).contains(number)
            #expect(try matches(whole, "\(number)") == isWithin, "\(number)")
            #expect(try matches(real, "\(number)") == isWithin, "\(number)")
            let half = Double(number) + 0.5
            let text = "\(half)"
            #expect(
                try matches(real, text) == (Double(low)...Double(high)).contains(half), "\(text)")
        }
        for text in ["00", "01", "-0", "+1", "", "-", "1.", ".5"] {
            #expect(try !matches(whole, text) && !matches(real, text), "\(text)")
        }
    }

    @Test(
        "What cannot be held to is refused by name and place",
        arguments: [
            (
                #"{"type":"object","patternProperties":{}}"#,
                ["“patternProperties” at its root", "remove it"]
            ),
            (
                #"{"type":"object","properties":{"a/b":{"type":"array","uniqueItems":true}}}"#,
                ["“uniqueItems”", "“/properties/a~1b”"]
            ),
            (#"{"type":"array","items":{"allOf":[]}}"#, ["“allOf” at “/items”"]),
            (#"{"type":"string","format":"date"}"#, ["“format”"]),
            (#"{"type":"string","minLenght":2}"#, ["of which minLength is the nearest"]),
            (#"{"type":"integer","multipleOf":2}"#, ["“multipleOf”"]),
            (#"{"type":"number","minimum":0.5}"#, ["“minimum”", "0.5"]),
            (#"{"type":"integer","maximum":1e30}"#, ["“maximum”"]),
            (#"{"type":"string","maxLength":70000}"#, ["“maxLength”", "65536"]),
            (#"{"type":"string","minLength":-1}"#, ["/minLength", "a whole number from 0"]),
            (#"{"type":"string","maxLength":1e30}"#, ["/maxLength", "from 0 to 65536"]),
            ("false", ["its root", "it is false"]),
            (
                #"{"type":"object","properties":{"a":false},"required":["a"]}"#,
                ["a part whose schema is false"]
            ),
            (#"{"type":"string","minLength":3,"maxLength":2}"#, ["matches no value"]),
            (#"{"type":"integer","minimum":3,"maximum":2}"#, ["matches no value"]),
            (#"{"type":"number","exclusiveMinimum":2,"maximum":2}"#, ["matches no value"]),
            (#"{"type":"array","minItems":3,"maxItems":2}"#, ["matches no value"]),
            (#"{"type":"integer","minLength":3}"#, ["“minLength”", "integer"]),
            (#"{"properties":{}}"#, ["“properties”", #"add "type": "object""#]),
            (#"{"minimum":1}"#, [#"add "type": "number""#]),
            (#"{"type":"strnig"}"#, ["“strnig” at “/type”"]),
            (#"{"type":[]}"#, ["a list of 0"]),
            (#"{"type":"string","enum":[1,2]}"#, ["none of its values"]),
            (#"{"enum":[]}"#, ["at least one value"]),
            (#"{"enum":[1],"minimum":0}"#, ["“minimum”", "beside const or enum"]),
            (#"{"anyOf":[true],"type":"string"}"#, ["“anyOf”", "beside it"]),
            (#"{"oneOf":[{"type":"integer"},{"type":"number"}]}"#, ["“oneOf”", "0 and 1"]),
            (#"{"oneOf":[{"type":"object"},{"type":"object","required":["a"]}]}"#, ["use anyOf"]),
            (##"{"$ref":"#/$defs/a"}"##, ["“$ref”", "“#/$defs/a”"]),
            (#"{"$ref":"other.json"}"#, ["“other.json”"]),
            (##"{"$ref":"#","type":"null"}"##, ["“$ref”", "beside it"]),
            (
                #"{"type":"object","required":["a"],"additionalProperties":false}"#,
                ["“a”", "forbids"]
            ),
            (#"{"type":"string","pattern":"(?=a)"}"#, ["“pattern”", "looks around"]),
            (#"{"type":"string","pattern":"^a|b$"}"#, ["put the alternatives into ( )"]),
            (#"{"type":"string","pattern":"a\\b"}"#, [#"“\b”"#]),
            (#"{"type":"string","pattern":"a*?"}"#, ["lazy"]),
            (#"{"type":"string","pattern":"(a"}"#, ["not closed"]),
            (#"{"type":"string","pattern":"a$b"}"#, ["$ or )"]),
            (#"{"type":"string","pattern":"a","minLength":1}"#, ["a length stands beside it"]),
            ("false", ["no value"]),
            ("[]", ["a list of 0 at its root"]),
            ("{\"type\":\n\"string\",}", ["line 2"]),
            (#"{"type":"string","type":"null"}"#, ["a second time"]),
        ])
    func refusals(schema: String, words: [String]) {
        let said = sentence { _ = try JSONSchemaGrammar.grammar(of: schema.utf8) }
        for word in words { #expect(said.contains(word), "\(schema): \(said)") }
        #expect(said.hasSuffix("."), "\(said)")
    }
}
