internal import AttendText

/// What is wrong with a file or directory, as one sentence that says what was found and what would
/// do.
public struct CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The class of the fault, for programs; people read ``description``.
    public enum Kind: Hashable, Sendable {
        /// A file, directory or tensor that is needed is not there.
        case missing
        /// The contents break the rules of the file's format.
        case malformed
        /// The contents are not those that were written: a size or a hash differs.
        case damaged
        /// The contents are well formed, but of a kind or version that this program does not read.
        case unsupported
        /// What was asked for is not permitted: a name, a path, something that exists already.
        case refused
        /// Another process holds the lock.
        case inUse(processID: Int32?)
        /// The operating system refused; the code is its `errno`.
        case system(code: Int32)
    }

    /// The class of the fault.
    public let kind: Kind
    /// The file or directory, as the caller named it.
    public let path: String
    /// What was found and what would do.
    public let explanation: String

    /// An error about the file or directory at `path`.
    public init(_ kind: Kind, path: String, _ explanation: String) {
        self.kind = kind
        self.path = path
        self.explanation = explanation
    }

    /// The whole sentence.
    public var description: String {
        // A sentence that ends by asking whether another name was meant has its mark.
        "\(path.legible): \(explanation)" + (explanation.hasSuffix("?") ? "" : ".")
    }
}
