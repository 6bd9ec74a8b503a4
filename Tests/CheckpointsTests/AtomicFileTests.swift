import AttendCheckpoints
import Foundation
import Testing

struct AtomicFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func contentsAreReplacedWhole() throws {
        let path = directory.path("file")
        try AtomicFile.write("first", to: path)
        try AtomicFile.write("second", to: path)
        #expect(try directory.read("file") == Array("second".utf8))
        #expect(try directory.names() == ["file"])
        try AtomicFile.write([], to: path)
        #expect(try directory.read("file") == [])
    }

    @Test func aFailureOfAnyOperationLeavesTheOldOrTheNewContents() throws {
        let path = directory.path("file")
        let new = [UInt8](repeating: 2, count: 1_000_000)
        for fault in [FaultyFileSystem.Fault.death, .failure(ENOSPC), .failure(EROFS)] {
            for operation in 1... {
                try AtomicFile.write("old", to: path)
                let fileSystem = FaultyFileSystem(fault, at: operation)
                let isWritten = (try? AtomicFile.write(new, to: path, in: fileSystem)) != nil
                let found = try directory.read("file")
                #expect(found == new || !isWritten && found == Array("old".utf8))
                if case .failure = fault { #expect(try directory.names() == ["file"]) }
                for name in try directory.names() where name != "file" {
                    try FileManager.default.removeItem(atPath: directory.path(name))
                }
                if !fileSystem.isReached {
                    #expect(operation > 5)
                    break
                }
            }
        }
    }

    @Test(arguments: [
        (ENOSPC, "free some space"), (EACCES, "permission for"), (EROFS, "can be written"),
        (EDQUOT, "free some space"), (ENAMETOOLONG, "shorter name"), (EMFILE, "open files"),
    ])
    func theSentenceHasThePathTheSystemsWordsAndARemedy(code: Int32, remedy: String) throws {
        let path = directory.path("file")
        let error = #expect(throws: CheckpointError.self) {
            try AtomicFile.write([1], to: path, in: FaultyFileSystem(.failure(code), at: 1))
        }
        #expect(error?.kind == .system(code: code))
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.hasPrefix(path))
        #expect(sentence.contains(unsafe String(cString: strerror(code))))
        #expect(sentence.contains(remedy))
    }

    @Test func whatTheSystemReallyRefuses() throws {
        let missing = #expect(throws: CheckpointError.self) {
            try AtomicFile.write("x", to: directory.path("none/file"))
        }
        #expect(missing?.kind == .missing)
        try directory.write("", to: "plain")
        let notDirectory = #expect(throws: CheckpointError.self) {
            try AtomicFile.write("x", to: directory.path("plain/file"))
        }
        #expect(notDirectory?.kind == .missing)
        #expect(notDirectory?.path == directory.path("plain/file"))
        let folder = #expect(throws: CheckpointError.self) {
            try AtomicFile.write("x", to: directory.path)
        }
        #expect(folder?.explanation == "is a directory; give the path of a file")
        let long = String(repeating: "n", count: 300)
        #expect(throws: CheckpointError.self) {
            try AtomicFile.write("x", to: directory.path(long))
        }
        #expect(throws: CheckpointError.self) { try AtomicFile.write("x", to: "a\0b") }
    }

    #if os(Linux)
        @Test func aFullDiskIsReported() throws {
            let descriptor = unsafe open("/dev/full", O_WRONLY)
            defer { close(descriptor) }
            let error = #expect(throws: CheckpointError.self) {
                try unsafe [UInt8(1)].withUnsafeBytes { bytes in
                    try unsafe DiskFileSystem().write(bytes, to: descriptor, path: "model")
                }
            }
            #expect(error?.kind == .system(code: ENOSPC))
        }
    #endif

    @Test func filesThatAreThereAreNotOverwrittenByCreation() throws {
        try directory.write("x", to: "file")
        let error = #expect(throws: CheckpointError.self) {
            try DiskFileSystem().createFile(directory.path("file"))
        }
        #expect(error?.kind == .system(code: EEXIST))
    }
}
