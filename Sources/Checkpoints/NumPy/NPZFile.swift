internal import AttendText

/// Several named arrays of NumPy in one file, open for reading.
///
/// Such a file is a ZIP file with a `.npy` file for each array. Only what is stored as it is can be read; what
/// `numpy.savez_compressed` wrote is refused.
public struct NPZFile: Sendable {
    private let file: InputFile
    private let places: [String: Range<Int>]
    private let checksums: [String: UInt32]

    /// The names of the arrays in the order of the file.
    public let names: [String]

    /// Opens a file and reads its list of arrays.
    ///
    /// - Throws: ``CheckpointError`` where the file cannot be read, breaks a rule of the format, or is compressed.
    public init(path: String) throws {
        let file = try InputFile(path: path)
        let directory = try ZipDirectory(file)
        var places: [String: Range<Int>] = [:]
        var checksums: [String: UInt32] = [:]
        var names: [String] = []
        for entry in directory.entries {
            guard entry.name.hasSuffix(".npy") else {
                throw CheckpointError(
                    .malformed, path: path,
                    "has the entry \(entry.name.quoted), which is no .npy array; give a file that NumPy wrote"
                )
            }
            let name = String(entry.name.dropLast(4))
            let range = try Self.dataRange(of: entry, before: directory.start, in: file)
            guard places.updateValue(range, forKey: name) == nil else {
                throw ZipDirectory.damaged(file, "has the array \(name.quoted) a second time")
            }
            checksums[name] = entry.checksum
            names.append(name)
        }
        self.file = file
        self.places = places
        self.checksums = checksums
        self.names = names
    }

    /// Where the bytes of an entry lie, after a header of its own.
    private static func dataRange(
        of entry: ZipDirectory.Entry, before limit: Int, in file: InputFile
    ) throws(CheckpointError) -> Range<Int> {
        let start = entry.headerOffset
        guard limit - start >= 30 else {
            throw ZipDirectory.damaged(file, "has the entry \(entry.name.quoted) outside itself")
        }
        let header = try file.bytes(start..<start + 30)
        guard header.littleEndian32(at: 0) == 0x0403_4B50 else {
            throw ZipDirectory.damaged(file, "has no entry where its list says")
        }
        let dataStart =
            start + 30 + Int(header.littleEndian16(at: 26)) + Int(header.littleEndian16(at: 28))
        guard dataStart <= limit, entry.size <= limit - dataStart else {
            throw ZipDirectory.damaged(file, "has the entry \(entry.name.quoted) outside itself")
        }
        return dataStart..<dataStart + entry.size
    }

    /// One of the arrays, after a look at all of its bytes.
    ///
    /// - Throws: ``CheckpointError`` where there is none of this name, its checksum is wrong, or it is not an array
    ///   that ``NPYFile`` reads.
    public func array(_ name: String) throws -> NPYFile {
        guard let range = places[name], let checksum = checksums[name] else {
            let nearest = nearestName(to: name, in: names)
            let suggestion =
                nearest.map { "the nearest name is \($0.quoted)" }
                ?? "it has \(names.count) others"
            throw CheckpointError(
                .missing, path: file.path, "has no array \(name.quoted); \(suggestion)")
        }
        var found = CRC32()
        let pieceSize = 1 << 18
        for start in stride(from: range.lowerBound, to: range.upperBound, by: pieceSize) {
            found.update(
                try file.bytes(start..<min(start + pieceSize, range.upperBound)))
        }
        guard found.value == checksum else {
            throw CheckpointError(
                .damaged, path: file.path,
                "has the array \(name.quoted) with a wrong checksum; fetch or write it again")
        }
        return try NPYFile(file, range: range, place: "\(file.path), array \(name.quoted)")
    }
}
