import AttendCheckpoints
import Foundation
import Synchronization

/// The real file system, up to one operation that goes wrong.
final class FaultyFileSystem: FileSystem {
    enum Fault: Sendable {
        /// The operation fails with an `errno`; those after it succeed again.
        case failure(Int32)
        /// The machine loses its power there: nothing after it succeeds, and what was not yet
        /// brought to the disk is gone from its files.
        case death
    }

    private struct State {
        var operations = 0
        var faulty: FileOperation?
        var isDead = false
        /// The files whose contents may not be on the disk.
        var unsynchronized: Set<String> = []
    }

    private let disk = DiskFileSystem()
    private let faultyOperation: Int
    private let fault: Fault
    private let state = Mutex(State())

    /// - Parameter operation: the number of the operation that goes wrong, counted from 1; 0 for
    ///   none.
    init(_ fault: Fault, at operation: Int) {
        self.fault = fault
        faultyOperation = operation
    }

    var operationCount: Int { state.withLock { $0.operations } }
    var isReached: Bool { operationCount >= faultyOperation }
    /// What went wrong; nil before it did.
    var faulty: FileOperation? { state.withLock { $0.faulty } }

    private func step(_ operation: FileOperation, _ path: String) throws(CheckpointError) {
        let (isDead, isFaulty) = state.withLock { state in
            state.operations += 1
            let isFaulty = state.operations == faultyOperation
            if isFaulty { state.faulty = operation }
            return (state.isDead, isFaulty)
        }
        if isDead { throw .system("do anything", path: path, code: EIO) }
        guard isFaulty else { return }
        switch fault {
        case .failure(let code): throw .system(operation, path: path, code: code)
        case .death:
            let lost = state.withLock { state in
                state.isDead = true
                return state.unsynchronized
            }
            for path in lost { _ = unsafe truncate(path, 0) }
            throw .system("do anything", path: path, code: EIO)
        }
    }

    func createDirectory(_ path: String) throws(CheckpointError) {
        try step(.createDirectory, path)
        try disk.createDirectory(path)
    }

    func createFile(_ path: String) throws(CheckpointError) -> Int32 {
        try step(.createFile, path)
        return try disk.createFile(path)
    }

    func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws(CheckpointError) {
        state.withLock { _ = $0.unsynchronized.insert(path) }
        do {
            try step(.write, path)
        } catch {
            // A write may stop half way.
            let half = unsafe UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
            if case .failure = fault {
                try unsafe disk.write(half, to: descriptor, path: path)
            }
            throw error
        }
        try unsafe disk.write(bytes, to: descriptor, path: path)
    }

    func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
        // Not done in earnest: the disk of this file system is what `unsynchronized` says, and
        // tests wait long for a real one.
        try step(.synchronize, path)
        state.withLock { _ = $0.unsynchronized.remove(path) }
    }

    func close(_ descriptor: Int32, path: String) throws(CheckpointError) {
        // Also in death, since the operating system would.
        try disk.close(descriptor, path: path)
        try step(.close, path)
    }

    func rename(_ source: String, to destination: String) throws(CheckpointError) {
        try step(.rename, destination)
        try disk.rename(source, to: destination)
        state.withLock { state in
            state.unsynchronized = Set(
                state.unsynchronized.map { path in
                    guard path == source || path.hasPrefix(source + "/") else { return path }
                    return destination + path.dropFirst(source.count)
                })
        }
    }

    func synchronizeDirectory(_ path: String) throws(CheckpointError) {
        try step(.synchronizeDirectory, path)
    }

    func removeFile(_ path: String) throws(CheckpointError) {
        try step(.removeFile, path)
        try disk.removeFile(path)
    }

    func removeDirectory(_ path: String) throws(CheckpointError) {
        try step(.removeDirectory, path)
        try disk.removeDirectory(path)
    }
}
