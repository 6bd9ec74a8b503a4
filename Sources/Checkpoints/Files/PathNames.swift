#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Android)
    internal import Android
#endif
internal import Foundation

extension String {
    /// The path of an entry of the directory at this path.
    package func appending(component name: String) -> String {
        hasSuffix("/") ? self + name : "\(self)/\(name)"
    }

    /// The last component of the path.
    package var lastComponent: String {
        split(separator: "/").last.map(String.init) ?? self
    }

    /// The path without its last component: `.` for a bare name, the path itself for the root.
    package var parentPath: String {
        var parts = self[...]
        while parts.count > 1, parts.last == "/" { parts.removeLast() }
        guard let slash = parts.lastIndex(of: "/") else { return "." }
        let parent = parts[..<slash]
        return parent.isEmpty ? "/" : String(parent)
    }
}

/// What a path leads to.
package enum FileKind: Hashable, Sendable {
    case file, directory, symbolicLink, other

    /// The kind of what is at the path, nil where there is nothing (or nothing that may be seen).
    package static func of(_ path: String, followingLinks: Bool = false) -> FileKind? {
        guard !path.utf8.contains(0) else { return nil }
        var status = stat()
        let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
        guard result == 0 else { return nil }
        return FileKind(mode: status.st_mode)
    }

    init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        default: self = .other
        }
    }
}

/// The names in a directory.
package enum DirectoryListing {
    /// The names in the directory, without `.` and `..`, in the order of their bytes.
    package static func names(in path: String) throws(CheckpointError) -> [String] {
        try CheckpointError.checkPath(path)
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
        } catch {
            switch FileKind.of(path, followingLinks: true) {
            case nil: throw .system("list the directory", path: path, code: ENOENT)
            case .directory: throw .system("list the directory", path: path, code: EACCES)
            default: throw .system("list the directory", path: path, code: ENOTDIR)
            }
        }
    }
}
