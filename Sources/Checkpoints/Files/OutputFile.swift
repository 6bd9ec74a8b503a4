/// A new file that is written from start to end through a buffer and hashed on the way.
package final class OutputFile {
    package let path: String
    private let fileSystem: any FileSystem
    private var descriptor: Int32?
    private var buffer: [UInt8] = []
    private var hash = SHA256()
    private var byteCount = 0

    private static let bufferSize = 1 << 18

    /// Creates the file, which must not exist.
    package init(creating path: String, in fileSystem: any FileSystem) throws(CheckpointError) {
        self.path = path
        self.fileSystem = fileSystem
        descriptor = try fileSystem.createFile(path)
    }

    deinit {
        // Reached with an open file only after an error, which is the one worth reporting.
        if let descriptor { try? fileSystem.close(descriptor, path: path) }
    }

    /// Appends bytes to the file.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        unsafe hash.update(bytes)
        byteCount += bytes.count
        if buffer.count + bytes.count <= Self.bufferSize {
            unsafe buffer.append(contentsOf: bytes)
        } else {
            try flush()
            unsafe try write(bytes)
        }
    }

    /// Appends bytes to the file.
    package func append(_ bytes: [UInt8]) throws(CheckpointError) {
        var failure: CheckpointError?
        unsafe bytes.withUnsafeBytes { bytes in
            do throws(CheckpointError) {
                unsafe try append(bytes)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Brings everything to the disk, closes the file, and returns its size and hash.
    package func finish() throws(CheckpointError) -> FileFingerprint {
        try flush()
        if let descriptor {
            try fileSystem.synchronize(descriptor, path: path)
            self.descriptor = nil
            try fileSystem.close(descriptor, path: path)
        }
        return FileFingerprint(byteCount: byteCount, sha256: hash.finalize().hexadecimal)
    }

    private func flush() throws(CheckpointError) {
        guard !buffer.isEmpty else { return }
        let pending = buffer
        buffer.removeAll(keepingCapacity: true)
        var failure: CheckpointError?
        unsafe pending.withUnsafeBytes { bytes in
            do throws(CheckpointError) {
                unsafe try write(bytes)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard let descriptor else { return }
        unsafe try fileSystem.write(bytes, to: descriptor, path: path)
    }
}
