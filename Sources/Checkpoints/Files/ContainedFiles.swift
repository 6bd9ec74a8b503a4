internal import AttendText
internal import Foundation

/// The files right inside of one directory, and nothing outside of it.
///
/// A name that comes from a file says which other file to open; whoever wrote it must not be able to point anywhere
/// else. So it has to be a plain name, and where it is a symbolic link, its end has to lie in the directory too. The one
/// exception is the layout in which downloads of the Hugging Face Hub are kept: the files of `snapshots/REVISION` are links
/// into the directory `blobs` beside `snapshots`, and right inside of that they may end.
struct ContainedFiles: Sendable {
    let directory: String

    /// The path of a file that is there, nil where there is none of this name.
    ///
    /// - Throws: ``CheckpointError`` where the name is no plain name, or the file lies elsewhere.
    func path(of name: String) throws(CheckpointError) -> String? {
        guard Self.isPlain(name) else {
            throw CheckpointError(
                .refused, path: directory,
                "names the file \(name.quoted), which is not a plain name; only files right inside of the directory "
                    + "are read")
        }
        let path = directory.appending(component: name)
        switch FileKind.of(path) {
        case nil: return nil
        case .symbolicLink: break
        default: return path
        }
        let end = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let home = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
        let isInside = end.hasPrefix(home + "/") || Self.isBlob(end, ofSnapshot: home)
        guard isInside, FileKind.of(end) == .file else {
            throw CheckpointError(
                .refused, path: path,
                "is a symbolic link that leads out of the directory or nowhere; copy the file there instead (cp -L)"
            )
        }
        return end
    }

    /// Whether a file lies in the directory to which a downloaded snapshot links.
    private static func isBlob(_ path: String, ofSnapshot directory: String) -> Bool {
        let snapshots = directory.parentPath
        return snapshots.lastComponent == "snapshots"
            && path.parentPath == snapshots.parentPath.appending(component: "blobs")
    }

    /// Opens a file that has to be there.
    func open(_ name: String) throws(CheckpointError) -> InputFile {
        guard let path = try path(of: name) else {
            throw CheckpointError(
                .missing, path: directory, "has no file \(name.legible), which it needs")
        }
        return try InputFile(path: path, followingLinks: false)
    }

    /// The JSON object of a file that should be small; nil where there is none.
    func object(_ name: String) throws(CheckpointError) -> JSONObject? {
        guard let value = try value(name) else { return nil }
        if case .object(let object) = value { return object }
        throw CheckpointError(
            .malformed, path: directory.appending(component: name),
            "is not an object; fetch the file again")
    }

    /// The JSON text of a file that should be small; nil where there is none.
    func value(_ name: String) throws(CheckpointError) -> JSONValue? {
        guard let path = try path(of: name) else { return nil }
        let bytes = try InputFile(path: path, followingLinks: false)
            .bytes(atMost: StrictJSON.largestSize)
        do {
            return try JSONValue(bytes)
        } catch {
            let line = bytes.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw CheckpointError(
                .malformed, path: path,
                "line \(line) \(error.message); mend the file or fetch it again")
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && !name.utf8.contains {
                $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0
            }
    }
}
