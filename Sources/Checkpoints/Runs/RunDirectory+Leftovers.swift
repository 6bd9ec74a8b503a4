extension RunDirectory {
    /// Whether a directory with these names is one in which a process died before it had written `config.json`.
    ///
    /// Its lock says that it is one of ours, and nothing was logged yet, so nothing is lost with it.
    static func isUnfinishedStart(_ names: [String], at path: String) -> Bool {
        guard names.contains(lockName), !names.contains(configurationName) else { return false }
        let own = [lockName, metricsName, tokenizerName]
        let metrics = path.appending(component: metricsName)
        let isLogEmpty =
            !names.contains(metricsName)
            || (try? InputFile(path: metrics, followingLinks: false).size) == 0
        return isLogEmpty && names.allSatisfy { own.contains($0) || isPartial($0) }
    }

    /// Removes what a process left here that died before it had written `config.json`.
    ///
    /// To be called by whoever holds the lock.
    ///
    /// - Throws: ``CheckpointError`` where another has made a run of it in the meantime.
    public func removeUnfinishedStart() throws {
        let names = try DirectoryListing.names(in: path)
        guard names.allSatisfy({ $0 == Self.lockName }) || Self.isUnfinishedStart(names, at: path)
        else {
            throw CheckpointError(
                .refused, path: path,
                "holds a run already; resume it with --resume, or give a new directory")
        }
        for name in names where name != Self.lockName {
            try fileSystem.removeFile(path.appending(component: name))
        }
    }

    /// Removes the temporary files of a process that died while it wrote `report.html` or the like.
    ///
    /// To be called by whoever holds the lock.
    public func removePartialFiles() throws {
        for name in try DirectoryListing.names(in: path) where Self.isPartial(name) {
            try fileSystem.removeFile(path.appending(component: name))
        }
    }

    /// Whether a name is that of a file of ours which is not whole yet.
    private static func isPartial(_ name: String) -> Bool {
        name.hasSuffix(AtomicFile.partialSuffix)
            && [configurationName, tokenizerName, reportName, samplesName].contains {
                name.hasPrefix($0 + ".")
            }
    }
}
