import Testing

@Suite("Wrong flags")
struct UsageTests {
    @Test("penalties of both signs", arguments: ["--frequency-penalty", "--presence-penalty"])
    func penalties(flag: String) throws {
        for value in ["-2.1", "2.1", "nan", "inf", "x", ""] {
            try Executable.expectRefusal(
                ["generate", "run", flag, value], status: 64,
                mentioning: ["'\(value)'", flag, "from -2 to 2"])
        }
    }

    @Test("biases: an id or a text in quotes, and a number")
    func logitBias() throws {
        for value in ["", "=", "5", "5=", "=5", "x=1", "-1=1", "5=101", "5=nan", "\"\"=1", "\"a=1"]
        {
            try Executable.expectRefusal(
                ["generate", "run", "--logit-bias", value], status: 64,
                mentioning: ["'\(value)'", "--logit-bias", "from -100 to 100", "17=-100"])
        }
    }

    static let wholeNumbers: [([String], String)] = [
        (["generate", "run"], "--max-tokens"), (["generate", "run"], "--top-k"),
        (["generate", "run"], "--no-repeat-ngram"), (["generate", "run"], "--best-of"),
        (["generate", "run"], "--threads"), (["evaluate", "run", "--data", "x"], "--threads"),
        (["logits", "run", "--tokens", "1"], "--threads"), (["bench", "W1"], "--threads"),
        (["inspect", "run"], "--threads"), (["translate", "run"], "--beams"),
        (["translate", "run"], "--threads"), (["ladder"], "--steps"), (["bench", "W6"], "--beams"),
        (["evaluate", "run", "--data", "x"], "--beams"), (["train"], "--batch-tokens"),
    ]

    @Test("whole numbers: flag, value and range are named", arguments: wholeNumbers)
    func whole(command: [String], flag: String) throws {
        for value in ["0", "-1", "1.5", "x", "", "nan", "99999999999999999999", "--json"] {
            try Executable.expectRefusal(
                command + [flag, value], status: 64,
                mentioning: ["'\(value)'", flag, "expected a whole number from 1 to"])
        }
    }

    @Test(
        "fractions: flag, value and range are named",
        arguments: [
            ("--temperature", "from 0 to 100"), ("--top-p", "from 0 to 1"),
            ("--min-p", "from 0 to 1"), ("--repetition-penalty", "from 0.01 to 100"),
            ("--typical-p", "from 0 to 1"), ("--epsilon-cutoff", "from 0 to 1"),
            ("--eta-cutoff", "from 0 to 1"),
        ])
    func fractions(flag: String, range: String) throws {
        for value in ["-0.1", "101", "nan", "inf", "-inf", "1e999", "x", ""] {
            try Executable.expectRefusal(
                ["generate", "run", flag, value], status: 64,
                mentioning: ["'\(value)'", flag, range])
        }
    }

    @Test("seconds and seeds")
    func others() throws {
        for value in ["0", "-1", "nan", "1e9", "x"] {
            try Executable.expectRefusal(
                ["bench", "W1", "--seconds", value], status: 64,
                mentioning: ["--seconds", "greater than 0, up to 3,600"])
        }
        for value in ["-1", "x", "1e3", "18446744073709551616"] {
            try Executable.expectRefusal(
                ["generate", "run", "--seed", value], status: 64,
                mentioning: ["--seed", "from 0 to 18446744073709551615"])
        }
        try Executable.expectRefusal(
            ["generate", "run", "--stop", ""], status: 64, mentioning: ["--stop"])
        let endless = String(repeating: "9", count: 50_000)
        try Executable.expectRefusal(
            ["generate", "run", "--max-tokens", endless], status: 64,
            mentioning: ["--max-tokens", "expected"])
    }

    @Test("token ids", arguments: ["", ",", "1,,2", "1,x", "-1", "1.5", "99999999999"])
    func tokenIDs(value: String) throws {
        try Executable.expectRefusal(
            ["logits", "run", "--tokens", value], status: 64, mentioning: ["--tokens", "such as"])
    }

    @Test("misspelt names are recognised")
    func suggestions() throws {
        for (arguments, suggestion) in [
            (["genrate", "run"], "did you mean generate?"),
            (["Inspect", "run"], "did you mean inspect?"),
            (["generate", "run", "--temprature", "1"], "did you mean '--temperature'?"),
            (["inspect", "--preset", "shakespear"], "did you mean shakespeare?"),
            (["bench", "w2"], "did you mean W2?"),
            (["bench", "W1", "--precision", "bfloat"], "did you mean bfloat16?"),
        ] {
            try Executable.expectRefusal(arguments, status: 64, mentioning: [suggestion])
        }
        try Executable.expectRefusal(
            ["xyzzyx"], status: 64, mentioning: ["xyzzyx", "expected one of", "generate"])
    }

    @Test("flags that contradict each other, and those that are missing")
    func contradictions() throws {
        try Executable.expectRefusal(
            ["inspect", "run", "--preset", "default"], status: 64,
            mentioning: ["Both", "--preset"])
        try Executable.expectRefusal(["inspect"], status: 64, mentioning: ["Neither", "--preset"])
        try Executable.expectRefusal(
            ["bench", "gemm", "--seconds", "3"], status: 64, mentioning: ["--seconds", "gemm"])
        for (arguments, words) in [
            (["W6", "--seconds", "3"], ["--seconds", "W6"]),
            (["W1", "--beams", "2"], ["--beams", "W1", "W6"]),
            (["W4", "--beams", "2"], ["--beams", "W4", "W6"]),
            (["gemm", "--beams", "2"], ["--beams", "gemm", "W6"]),
            (["W2", "--precision", "int8"], ["--precision int8", "W2", "bfloat16"]),
            (["load", "x", "--precision", "int4"], ["--precision int4", "load", "float32"]),
        ] {
            try Executable.expectRefusal(["bench"] + arguments, status: 64, mentioning: words)
        }
        try Executable.expectRefusal(["generate"], status: 64, mentioning: ["<model>", "--help"])
        try Executable.expectRefusal(["evaluate", "run"], status: 64, mentioning: ["--data"])
        try Executable.expectRefusal(
            ["generate", "a", "b"], status: 64, mentioning: ["Unexpected argument 'b'"])
        try Executable.expectRefusal(
            ["generate", "run", "--max-tokens"], status: 64, mentioning: ["--max-tokens"])
    }

    @Test("an unknown set of kernels")
    func kernels() throws {
        try Executable.expectRefusal(
            ["inspect", "--preset", "default"], status: 64,
            mentioning: ["ATTEND_KERNELS", "“sse9”", "portable"],
            environment: ["ATTEND_KERNELS": "sse9"])
    }

    @Test("control characters do not reach the terminal")
    func controlCharacters() throws {
        try Executable.expectRefusal(
            ["generate", "run", "--seed", "\u{1B}[2J\n\u{7}"], status: 64,
            mentioning: ["--seed", "\\u{1b}"])
    }
}
