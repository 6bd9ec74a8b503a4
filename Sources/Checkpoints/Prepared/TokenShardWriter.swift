/// Writes the ids of a part into files of a limited size.
struct TokenShardWriter {
    /// What has been written.
    private(set) var part = TokenManifest.Part()
    private let name: String
    private let directory: String
    private let width: Int
    private let shardTokens: Int
    private let fileSystem: any FileSystem
    private var file: OutputFile?
    private var countInFile = 0
    private var places: OutputFile?

    init(
        _ name: String, in directory: String, width: Int, shardTokens: Int, hasDocuments: Bool,
        fileSystem: any FileSystem
    ) throws {
        (self.name, self.directory, self.width) = (name, directory, width)
        (self.shardTokens, self.fileSystem) = (shardTokens, fileSystem)
        if hasDocuments {
            places = try OutputFile(
                creating: directory.appending(component: TokenManifest.documentsName(name)),
                in: fileSystem)
        }
    }

    /// Notes that a document begins here.
    mutating func beginDocument() throws {
        part.documentCount += 1
        let place = UInt64(part.tokenCount)
        try places?.append((0..<8).map { UInt8(truncatingIfNeeded: place >> (8 * UInt64($0))) })
    }

    /// Appends ids that spell so much text.
    mutating func append(_ ids: [Int32], characters: Int, bytes: Int) throws {
        part.characterCount += characters
        part.byteCount += bytes
        part.tokenCount += ids.count
        var start = 0
        while start < ids.count {
            if file == nil {
                guard part.shards.count < TokenManifest.mostTokenShards else {
                    throw CheckpointError(
                        .refused, path: directory,
                        "would have more than \(TokenManifest.mostTokenShards) files of"
                            + " \(shardTokens) tokens; give a greater --shard-tokens")
                }
                let name = TokenManifest.shardName(name, part.shards.count)
                file = try OutputFile(
                    creating: directory.appending(component: name), in: fileSystem)
                countInFile = 0
            }
            let end = min(ids.count, start + shardTokens - countInFile)
            var encoded: [UInt8] = []
            encoded.reserveCapacity((end - start) * width)
            for id in ids[start..<end] {
                let bits = UInt32(bitPattern: id)
                for byte in 0..<width {
                    encoded.append(UInt8(truncatingIfNeeded: bits >> (8 * UInt32(byte))))
                }
            }
            try file?.append(encoded)
            countInFile += end - start
            start = end
            if countInFile == shardTokens { try finishFile() }
        }
    }

    private mutating func finishFile() throws {
        guard let file else { return }
        let fingerprint = try file.finish()
        part.shards.append(.init(tokenCount: countInFile, sha256: fingerprint.sha256))
        self.file = nil
    }

    /// Brings everything to the disk.
    mutating func finish() throws -> TokenManifest.Part {
        try finishFile()
        part.documentsSHA256 = try places?.finish().sha256
        places = nil
        return part
    }
}
