import AttendCheckpoints
import Foundation
import Testing

struct StrictJSONTests {
    struct Run: Codable, Equatable {
        enum Precision: String, Codable, CaseIterable { case float32, bfloat16 }
        struct Model: Codable, Equatable {
            var width = 64
            var dropout: Float = 0.1
            var hasBias = true
        }
        var name = "tales"
        var seed: UInt64 = .max
        var steps: Int? = nil
        var precision = Precision.float32
        var model = Model()
        var losses: [Double] = [4.5, 0.1]
        var table: [String: Int] = ["a": 1]
    }

    private func sentence(_ text: String) -> String {
        let error = #expect(throws: CheckpointError.self) {
            try StrictJSON.decode(Run.self, from: Array(text.utf8), file: "config.json")
        }
        return error.map { "\($0)" } ?? ""
    }

    /// The text of a default run with something in it replaced.
    private func text(_ old: String = "", by new: String = "") throws -> String {
        let text = String(
            decoding: try StrictJSON.encode(Run(), file: "config.json"), as: UTF8.self)
        return old.isEmpty ? text : text.replacing(old, with: new)
    }

    @Test func aValueSurvivesTheRoundTrip() throws {
        var run = Run()
        run.losses = [.infinity, -.infinity, 0.1, 1e-300, .greatestFiniteMagnitude, -0.0]
        run.model.dropout = 0x1.fffffep-1
        run.name = "é😀\u{0}\"\\/\n"
        run.steps = .min
        let bytes = try StrictJSON.encode(run, file: "x")
        #expect(try StrictJSON.decode(Run.self, from: bytes, file: "x") == run)
        #expect(bytes.last == UInt8(ascii: "\n"))
        let nan = try StrictJSON.encode([Double.nan], file: "x")
        #expect(try StrictJSON.decode([Double].self, from: nan, file: "x")[0].isNaN)
    }

    @Test func foundationsTypesSurviveTheRoundTrip() throws {
        struct Holder: Codable, Equatable {
            var date = Date(timeIntervalSinceReferenceDate: 1234.5)
            var data = Data([1, 2, 255])
            var numbers: [Int: String] = [3: "three"]
            var pair: [Set<Int>] = [[1]]
        }
        let bytes = try StrictJSON.encode(Holder(), file: "x")
        #expect(try StrictJSON.decode(Holder.self, from: bytes, file: "x") == Holder())
    }

    @Test func enumerationsWithValuesSurviveTheRoundTrip() throws {
        enum Schedule: Codable, Equatable {
            case constant
            case cosine(warmup: Int, floor: Double?)
        }
        let schedules = [Schedule.constant, .cosine(warmup: 3, floor: nil)]
        let bytes = try StrictJSON.encode(schedules, file: "x")
        #expect(try StrictJSON.decode([Schedule].self, from: bytes, file: "x") == schedules)
    }

    @Test func fieldsMayStandInAnyOrderAndNullIsAbsent() throws {
        let text = try text("\"seed\"", by: "\"steps\" : null, \"seed\"")
        #expect(try StrictJSON.decode(Run.self, from: Array(text.utf8), file: "x") == Run())
    }

    @Test(
        arguments: [
            (
                "\"width\"", "\"widht\"",
                "the field model.width is missing; did you mean it by “widht”?"
            ),
            ("\"name\" : \"tales\",", "", "the field name is missing; add it"),
            (
                "\"width\"", "\"widths\" : 1, \"width\"",
                "model.widths is unknown; did you mean width?"
            ),
            (
                "\"width\"", "\"zebra\" : 1, \"width\"",
                "the field model.zebra is unknown; remove it"
            ),
            (" 64", " \"big\"", "the field model.width holds “big” where a whole number is needed"),
            (" 64", " 1.5", "the field model.width holds 1.5 where a whole number from"),
            (" 64", " 1e400", "the field model.width holds 1e400 where a whole number from"),
            (
                " 64", " [1]",
                "the field model.width holds a list of 1 where a whole number is needed"
            ),
            (" 64", " {}", "the field model.width holds an object where a whole number is needed"),
            (" 64", " null", "the field model.width holds null where a whole number is needed"),
            (" 64", " 64, \"width\" : 65", "has the field “width” a second time"),
            (
                "\"dropout\" : 0.1", "\"dropout\" : 1e39",
                "the field model.dropout holds 1e39 where a number that Float can hold"
            ),
            (
                "18446744073709551615", "-1",
                "the field seed holds -1 where a whole number from 0 to"
            ),
            (
                "18446744073709551615", "18446744073709551616",
                "the field seed holds 18446744073709551616"
            ),
            ("true", "1", "the field model.hasBias holds 1 where true or false is needed"),
            ("\"tales\"", "3", "the field name holds 3 where a text is needed"),
            (
                "\"float32\"", "\"float16\"",
                "precision holds “float16” where one of float32, bfloat16"
            ),
            ("4.5", "\"x\"", "the field losses[0] holds “x” where a number is needed"),
            ("0.1", "true", "holds true where a number is needed"),
            (" 1\n", " \"one\"\n", "the field table.a holds “one” where a whole number is needed"),
            ("\"name\"", "name", "line 11 has"),
        ] as [(String, String, String)])
    func aFaultNamesItsField(old: String, new: String, words: String) throws {
        let changed = try text(old, by: new)
        #expect(try changed != text(), "the test replaces nothing")
        let sentence = sentence(changed)
        #expect(sentence.contains(words), "\(sentence)")
        #expect(sentence.hasPrefix("config.json: "))
    }

    @Test(
        arguments: [
            ("", "line 1 the text ends where a value is needed"),
            ("{} {}", "line 1 has “{}” where the end is needed"),
            ("[]", "the file holds a list of 0 where an object is needed"),
            ("{\n\"name\": tru}", "line 2 has “tru}” where a value is needed"),
            ("{\"a\":01}", "where a value is needed"),
            ("{\"a\":1.}", "where a value is needed"),
            ("{\"a\":-}", "where a value is needed"),
            ("{\"a\":+1}", "where a value is needed"),
            ("{\"a\":NaN}", "where a value is needed"),
            ("{'a':1}", "where a string is needed"),
            ("{\"a\":1,}", "where a string is needed"),
            ("{\"a\":\"\\u12\"}", "where a hexadecimal digit is needed"),
        ] as [(String, String)])
    func aBrokenTextNamesItsLine(text: String, words: String) {
        let sentence = sentence(text)
        #expect(sentence.contains(words), "\(sentence)")
    }

    @Test(.timeLimit(.minutes(1))) func deepNestingIsRefused() {
        let text = String(repeating: "[", count: 100_000)
        #expect(sentence(text).contains("nested at most 64 deep"))
        let objects = String(repeating: "{\"a\":", count: 100_000)
        #expect(sentence(objects).contains("nested at most 64 deep"))
    }

    @Test func aTextCutAtAnyByteIsRefused() throws {
        let bytes = try StrictJSON.encode(Run(), file: "x").dropLast()
        for count in bytes.indices {
            #expect(throws: CheckpointError.self) {
                try StrictJSON.decode(Run.self, from: Array(bytes[..<count]), file: "x")
            }
        }
    }

    @Test func aTypesOwnObjectionIsASentence() {
        struct Even: Decodable {
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                guard try container.decode(Int.self).isMultiple(of: 2) else {
                    throw DecodingError.dataCorruptedError(
                        in: container, debugDescription: "It must be even.")
                }
            }
        }
        let error = #expect(throws: CheckpointError.self) {
            try StrictJSON.decode([Even].self, from: Array("[2,3]".utf8), file: "x")
        }
        #expect(error?.description == "x: the field [1] is not valid: It must be even.")
    }

    @Test func listsThatAreTooShortAreRefused() {
        struct Pair: Decodable {
            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                _ = try list.decode(Int.self)
                _ = try list.decode(Int.self)
            }
        }
        let error = #expect(throws: CheckpointError.self) {
            try StrictJSON.decode([String: Pair].self, from: Array(#"{"a":[1]}"#.utf8), file: "x")
        }
        #expect(
            error?.explanation == "the field a is a list of 1 where more elements are needed")
    }

    @Test func controlCharactersOfAFileDoNotReachTheTerminal() {
        #expect(sentence(#"{"\u001b[31mred":1,"name":"x"}"#).contains("\u{1B}") == false)
    }

    @Test func aFileThatIsTooLargeIsRefused() throws {
        let directory = try TemporaryDirectory()
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: StrictJSON.largestSize + 1)
        try directory.write(bytes, to: "config.json")
        let error = #expect(throws: CheckpointError.self) {
            try StrictJSON.decode(Int.self, fromFile: directory.path("config.json"))
        }
        #expect(error?.explanation.contains("where at most 16777216 are read") == true)
        let text = String(repeating: "x", count: StrictJSON.largestSize)
        #expect(throws: CheckpointError.self) { try StrictJSON.encode(text, file: "x") }
    }
}
