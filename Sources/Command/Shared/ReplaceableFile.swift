import Attend
import Foundation

/// Where a command writes a figure or a plan: never over something else.
enum ReplaceableFile {
    /// Refuses a path that holds anything but a file of the same kind, before any work is done.
    ///
    /// - Parameters:
    ///   - kind: what is written, such as `a figure`.
    ///   - beginning: what a file of that kind begins with.
    ///   - mark: what else its first bytes hold.
    static func check(
        _ path: String, kind: String, beginning: String, containing mark: String? = nil
    ) throws {
        guard FileKind.of(path) != nil else { return }
        let start = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            .read(upToCount: 1 << 16)
        let text = String(decoding: start ?? Data(), as: UTF8.self)
        let hasMark = mark.map { text.contains($0) } ?? true
        if TextFile.isDirectory(path) || !text.hasPrefix(beginning) || !hasMark {
            throw CheckpointError(
                .refused, path: path,
                "exists already and is not \(kind); give the path of a new file with --out")
        }
    }
}
