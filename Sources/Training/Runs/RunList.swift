internal import AttendCheckpoints
internal import AttendText
internal import Foundation

/// The runs in a directory, the newest first.
public struct RunList: Sendable {
    /// The runs.
    public let runs: [RecordedRun]
    /// Sentences about directories that were passed over.
    public let notices: [String]

    /// The most directories that are looked at.
    public static let directoryLimit = 1_000

    /// The most sentences about directories that were passed over.
    public static let noticeLimit = 20

    /// The runs in a directory; where it is a run itself, that one.
    ///
    /// Whatever else lies there is passed over, with a notice where it is a directory.
    ///
    /// - Throws: `CheckpointError` where the directory cannot be listed.
    public init(in directory: String) throws {
        guard FileKind.of(directory, followingLinks: true) != nil else {
            throw CheckpointError(
                .missing, path: directory,
                "does not exist; give the directory in which runs are, such as attend train makes under runs"
            )
        }
        let isRun = FileKind.of(directory.appending(component: "config.json")) != nil
        let all = isRun ? [directory] : try Self.directories(in: directory)
        var (runs, notices): ([RecordedRun], [String]) = ([], [])
        for path in all.prefix(Self.directoryLimit) {
            do {
                runs.append(try RecordedRun(at: path))
            } catch {
                notices.append("Passed over: \(error)")
            }
        }
        if notices.count > Self.noticeLimit {
            let more = notices.count - Self.noticeLimit
            notices = notices.prefix(Self.noticeLimit) + ["Passed over: \(more) more of them."]
        }
        if all.count > Self.directoryLimit {
            notices.append(
                "\(directory.legible): has \(all.count) directories, of which the newest"
                    + " \(Self.directoryLimit) are looked at.")
        }
        (self.runs, self.notices) = (runs, notices)
    }

    /// A run and those beside it that learned from the very same data to the end, by bits per byte, the best first.
    ///
    /// - Returns: nothing where no other run can be put beside it.
    public static func comparison(of path: String) -> [RecordedRun] {
        guard let own = try? RecordedRun(at: path), own.bitsPerByte != nil,
            let all = try? directories(in: path.parentPath)
        else { return [] }
        let others = all.filter { $0.lastComponent != path.lastComponent }.prefix(directoryLimit)
            .compactMap { path -> RecordedRun? in
                guard let directory = try? RunDirectory.open(at: path),
                    let configuration = try? directory.validatedConfiguration(),
                    configuration.data.sha256 == own.configuration.data.sha256,
                    let run = try? RecordedRun(directory, configuration: configuration),
                    run.bitsPerByte != nil
                else { return nil }
                return run
            }
        if others.isEmpty { return [] }
        return ([own] + others).sorted { $0.bitsPerByte ?? 0 < $1.bitsPerByte ?? 0 }
    }

    /// The paths of the directories in a directory, those with the newest configuration first and those without last.
    private static func directories(in directory: String) throws -> [String] {
        let paths = try DirectoryListing.names(in: directory).map {
            directory == "." ? $0 : directory.appending(component: $0)
        }.filter { FileKind.of($0, followingLinks: true) == .directory }
        let dates = paths.map { RecordedRun.dateOfConfiguration(in: $0) ?? .distantPast }
        return zip(paths, dates).sorted { one, other in
            // The names of runs end in the time, which tells those of the same second apart.
            one.1 == other.1 ? one.0 > other.0 : one.1 > other.1
        }.map(\.0)
    }
}
