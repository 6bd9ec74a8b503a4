import AttendCheckpoints
import Foundation
import Testing

struct RunNameTests {
    private let directory: TemporaryDirectory
    private let date = Date(timeIntervalSince1970: 1_700_000_000)
    private let utc: TimeZone

    init() throws {
        directory = try TemporaryDirectory()
        utc = try #require(TimeZone(secondsFromGMT: 0))
    }

    private func name(data: String, model: String = "gpt") -> String {
        let path = RunName.unused(
            data: data, model: model, at: date, in: utc, under: directory.path)
        return String(path.dropFirst(directory.path.count + 1))
    }

    @Test(arguments: [
        ("tales", "tales-gpt-20231114-221320"),
        ("../shared/tiny shakespeare.txt", "tiny-shakespeare-gpt-20231114-221320"),
        ("/a/b/..", "run-gpt-20231114-221320"),
        ("日本語", "run-gpt-20231114-221320"),
        ("", "run-gpt-20231114-221320"),
    ])
    func namesAreMadeOfDataModelAndTime(data: String, expected: String) {
        #expect(name(data: data) == expected)
    }

    @Test func aNameThatIsTakenGetsANumber() throws {
        for suffix in ["", "-2", "-3"] {
            let name = name(data: "tales")
            #expect(name == "tales-gpt-20231114-221320\(suffix)")
            try directory.write("", to: name)
        }
    }

    @Test func theDefaultIsUnderRuns() {
        #expect(
            RunName.unused(data: "a", model: "b/../c", at: date, in: utc)
                == "runs/a-b----c-20231114-221320")
    }
}
