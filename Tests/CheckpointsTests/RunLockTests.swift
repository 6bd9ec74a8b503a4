import AttendCheckpoints
import Foundation
import Testing

struct RunLockTests {
    @Test func aSecondHolderIsRefusedUntilTheFirstIsGone() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory.create(at: directory.path("run"))
        var first: RunLock? = try run.lock()
        #expect(first?.path == directory.path("run/lock"))
        let error = #expect(throws: CheckpointError.self) { try run.lock() }
        let processID = ProcessInfo.processInfo.processIdentifier
        #expect(error?.kind == .inUse(processID: processID))
        #expect(
            error?.description
                == "\(run.path): the run is in use by process \(processID); wait for it, stop it, or "
                + "give another directory.")
        first = nil
        _ = try run.lock()
    }

    @Test func aLockFileWithoutAHolderMeansNothing() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory.create(at: directory.path("run"))
        try directory.write("999999999999\n", to: "run/lock")
        let lock = try run.lock()
        let text = "\(ProcessInfo.processInfo.processIdentifier)\n"
        #expect(try directory.read("run/lock") == Array(text.utf8))
        _ = lock
    }

    @Test func theLockOfAProcessThatIsKilledIsFree() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory.create(at: directory.path("run"))
        let tool = "/usr/bin/flock"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return }
        try directory.write("4711\n", to: "run/lock")
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: tool)
        // Longer than the whole test run: it ends by the signal only.
        holder.arguments = ["--no-fork", directory.path("run/lock"), "sleep", "3600"]
        try holder.run()
        defer { kill(holder.processIdentifier, SIGKILL) }
        // The other process needs a moment to take the lock.
        for _ in 0..<6000 where !run.isInUse { usleep(10_000) }
        let error = #expect(throws: CheckpointError.self) { try run.lock() }
        #expect(error?.kind == .inUse(processID: 4711))
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        _ = try run.lock()
    }

    @Test func whetherARunIsInUseCanBeSeenWithoutTakingIt() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory.create(at: directory.path("run"))
        #expect(!run.isInUse)
        #expect(!FileManager.default.fileExists(atPath: directory.path("run/lock")))
        var lock: RunLock? = try run.lock()
        #expect(run.isInUse && lock != nil)
        lock = nil
        #expect(!run.isInUse)
        // Nothing that a name may lead to makes it wait.
        try FileManager.default.removeItem(atPath: directory.path("run/lock"))
        #expect(unsafe mkfifo(directory.path("run/lock"), 0o666) == 0)
        #expect(!run.isInUse)
    }

    @Test func whoeverLooksDoesNotKeepATrainingFromItsLock() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory.create(at: directory.path("run"))
        let looks = Thread { for _ in 0..<20_000 { _ = run.isInUse } }
        looks.start()
        for _ in 0..<200 { _ = try run.lock() }
        while !looks.isFinished { usleep(1000) }
    }

    @Test func aDirectoryThatIsGoneIsASentence() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory.create(at: directory.path("run"))
        try FileManager.default.removeItem(atPath: directory.path("run"))
        let error = #expect(throws: CheckpointError.self) { try run.lock() }
        #expect(error?.kind == .missing)
    }
}
