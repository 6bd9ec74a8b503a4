import Foundation

/// Small files of pairs, labels and text in a folder of their own, removed with the last reference to it.
final class ExampleFiles {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "attend-files-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var (text, pairs, labels) = ("", "", "")
        for number in 0..<80 {
            let digits = String(number * 37 % 101)
            text += "line \(digits)\n"
            pairs += "\(digits) a\tb \(digits)\n"
            labels += "\(number % 3 == 0 ? "third" : "other")\tnumber \(digits)\n"
        }
        try write("text.txt", text)
        try write("pairs.tsv", pairs)
        try write("labels.tsv", labels)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The path of a file.
    func path(_ name: String) -> String { folder + "/" + name }

    /// Writes a file, in a folder of its own where the name has one.
    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// The sizes of a tiny model, on one thread.
    static let tiny = [
        "--layers", "1", "--heads", "2", "--width", "16", "--context", "16", "--batch-tokens",
        "128", "--tokenizer", "character", "--threads", "1",
    ]

    /// Trains a tiny model, which every command can then use.
    ///
    /// - Returns: the directory of its run.
    func train(_ name: String, _ arguments: [String], steps: Int = 4) throws -> String {
        let run = path(name)
        let result = try Executable.run(
            ["train", "--out", run, "--steps", "\(steps)", "--evaluation-interval", "2"]
                + Self.tiny + arguments)
        if result.status != 0 { throw Failure(messages: result.messages) }
        return run
    }

    /// A training that did not work.
    struct Failure: Error {
        let messages: String
    }
}
