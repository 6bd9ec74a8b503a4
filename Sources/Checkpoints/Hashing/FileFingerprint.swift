/// The size and hash by which a file's contents are known again.
public struct FileFingerprint: Hashable, Sendable, Codable {
    /// The size in bytes.
    public let byteCount: Int
    /// The SHA-256 of the contents in lower-case hexadecimal, as `sha256sum` prints it.
    public let sha256: String

    /// A fingerprint that was noted earlier.
    public init(byteCount: Int, sha256: String) {
        self.byteCount = byteCount
        self.sha256 = sha256
    }

    /// The fingerprint of the file at `path`, which is read once from start to end.
    public init(ofFile path: String) throws {
        self = try InputFile(path: path).fingerprint()
    }
}
