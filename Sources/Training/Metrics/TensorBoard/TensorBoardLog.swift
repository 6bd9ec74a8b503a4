package import AttendCheckpoints
internal import AttendText
internal import Foundation

/// The curves of a run as event files, which TensorBoard shows.
///
/// Each training process writes a file of its own. Where a run is resumed, what earlier files say of steps after the
/// checkpoint is cut off at the border of a record, so that no reader finds a step twice; and the new file begins with a
/// restart, upon which a TensorBoard that is open forgets the points which it had already drawn. To append to the cut file
/// would be one file less, but such a TensorBoard reads on where it was, which would then be the middle of a record.
package final class TensorBoardLog {
    /// The file that is written.
    package let path: String

    private let file: FileHandle

    /// Begins a file in a directory, which is made where it is missing.
    ///
    /// - Parameter step: how many steps the run has made; what files there say of later ones is removed.
    /// - Throws: `CheckpointError` where the directory or a file in it cannot be written.
    package init(
        in directory: String, afterStep step: Int, disk: any FileSystem = DiskFileSystem()
    ) throws {
        try disk.createDirectories(directory)
        var time = Int(Date().timeIntervalSince1970)
        for name in try DirectoryListing.names(in: directory) {
            guard let begun = Self.time(in: name) else { continue }
            try Self.cut(directory.appending(component: name), afterStep: step)
            // Readers take the files by name: the one that continues has to come last, whatever the clock says.
            time = max(time, begun + 1)
        }
        path = directory.appending(component: "\(Self.prefix)\(time)\(Self.suffix)")
        let descriptor = try disk.createFile(path)
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try write(0, .fileVersion)
        if step > 0 { try write(step + 1, .restart) }
    }

    /// Adds the values of an event, where it has any.
    ///
    /// - Throws: `CheckpointError` where they cannot be written, as on a full disk.
    package func append(_ event: MetricEvent) throws {
        let scalars = TensorBoardEvent.scalars(of: event)
        guard !scalars.isEmpty, let step = event.step else { return }
        try write(step, .scalars(scalars))
    }

    private func write(_ step: Int, _ content: TensorBoardEvent.Content) throws {
        let event = TensorBoardEvent(
            wallTime: Date().timeIntervalSince1970, step: step, content: content)
        do {
            try file.write(contentsOf: Data(RecordFraming.framed(event.bytes)))
        } catch {
            throw CheckpointError(
                .refused, path: path, "cannot be written: \(error.localizedDescription)")
        }
    }

    private static let prefix = "events.out.tfevents."
    private static let suffix = ".attend"

    /// When a file was begun, in seconds since 1970; nil where the name is of no file that was written here.
    private static func time(in name: String) -> Int? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
        // Ten digits last until the year 2286.
        return digits.count == 10 ? Int(digits) : nil
    }

    private static func cut(_ path: String, afterStep step: Int) throws {
        let input = try InputFile(path: path, followingLinks: false)
        let length = try RecordFraming.length(of: input) {
            TensorBoardEvent.step(in: $0) <= UInt64(step)
        }
        if length == input.size { return }
        do {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.truncate(atOffset: UInt64(length))
            try file.close()
        } catch {
            throw CheckpointError(
                .refused, path: path,
                "cannot be cut to what the run resumes from: "
                    + error.localizedDescription)
        }
    }
}
