internal import AttendText

/// The ids of files, read where they are needed.
struct TokenShards: TokenSource {
    /// How many there are.
    let count: Int
    private let files: [InputFile]
    /// How many ids there are up to and with each file.
    private let ends: [Int]
    private let width: Int
    private let vocabularySize: Int

    /// Opens the files of a part, and checks their sizes.
    init(
        _ part: TokenManifest.Part, named name: String, of manifest: TokenManifest, in path: String
    )
        throws(CheckpointError)
    {
        width = manifest.bytesPerToken
        vocabularySize = manifest.vocabularySize
        var (files, ends, sum) = ([InputFile](), [Int](), 0)
        for (number, shard) in part.shards.enumerated() {
            let file = try InputFile(
                path: path.appending(component: TokenManifest.shardName(name, number)),
                followingLinks: false)
            let (size, overflow) = shard.tokenCount.multipliedReportingOverflow(by: width)
            guard !overflow, size == file.size else {
                throw CheckpointError(
                    .damaged, path: file.path,
                    "has \(file.size) bytes where \(shard.tokenCount) tokens of \(width) bytes were"
                        + " written; prepare the data again")
            }
            sum += shard.tokenCount
            files.append(file)
            ends.append(sum)
        }
        (self.files, self.ends, count) = (files, ends, sum)
    }

    /// A part of the ids, in the order of the files.
    ///
    /// - Throws: ``CheckpointError`` for an id outside of the vocabulary, which nobody wrote.
    func ids(in range: Range<Int>) throws -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(range.count)
        var place = range.lowerBound
        var number = ends.firstPlace { $0 > place }
        while place < range.upperBound {
            let begin = number == 0 ? 0 : ends[number - 1]
            let end = min(range.upperBound, ends[number])
            let bytes = try files[number].bytes((place - begin) * width..<(end - begin) * width)
            for start in stride(from: 0, to: bytes.count, by: width) {
                var id = UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8
                if width == 4 {
                    id |= UInt32(bytes[start + 2]) << 16 | UInt32(bytes[start + 3]) << 24
                }
                guard Int(id) < vocabularySize else {
                    throw CheckpointError(
                        .damaged, path: files[number].path,
                        "has the id \(id), but its tokenizer has \(vocabularySize); prepare the data"
                            + " again")
                }
                ids.append(Int32(id))
            }
            place = end
            number += 1
        }
        return ids
    }
}

/// The places of documents in a file, 8 bytes each, the lowest first.
enum DocumentPlaces {
    /// Reads them all, and checks that they are places in so many tokens.
    static func read(at path: String, tokenCount: Int) throws(CheckpointError) -> [Int] {
        let file = try InputFile(path: path, followingLinks: false)
        func refuse(_ explanation: String) -> CheckpointError {
            CheckpointError(.damaged, path: path, "\(explanation); prepare the data again")
        }
        guard file.size.isMultiple(of: 8), file.size > 0 else {
            throw refuse("has \(file.size) bytes, which are no list of places")
        }
        var places: [Int] = []
        places.reserveCapacity(file.size / 8)
        var offset = 0
        while offset < file.size {
            let bytes = try file.bytes(offset..<min(offset + 1 << 20, file.size))
            offset += bytes.count
            for start in stride(from: 0, to: bytes.count, by: 8) {
                var number: UInt64 = 0
                for byte in bytes[start..<start + 8].reversed() {
                    number = number << 8 | UInt64(byte)
                }
                guard let place = Int(exactly: number), place < tokenCount,
                    places.last.map({ $0 < place }) ?? (place == 0)
                else { throw refuse("has the place \(number) where a later one is needed") }
                places.append(place)
            }
        }
        return places
    }
}
